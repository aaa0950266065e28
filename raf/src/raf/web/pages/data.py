"""What one takes along: files and the archive, out and in."""

from __future__ import annotations

from litestar import get

from raf.archive.archive import Archive, open_archive
from raf.archive.sheets import SHEETS
from raf.errors import Missing
from raf.web.answer import Answer
from raf.web.notices import N_
from raf.web.pages.settings import draw
from raf.web.pages.signing import FilledIn
from raf.web.parameters import Here, Word
from raf.web.visit import Visit

CSV = "text/csv; charset=utf-8"
NAMES = {
    "following": N_("Whom you follow"),
    "lists": N_("Your lists"),
    "blocking": N_("Whom you block"),
    "muting": N_("Whom you mute"),
    "domain_blocking": N_("Sites you block"),
    "bookmarks": N_("Bookmarks"),
}
"""What the files hold, in the order of the page."""


@get("/settings/data")
async def data_page(visit: Here) -> Answer:
    """Everything that goes out or in."""
    visit.member()
    return await show(visit)


@get("/settings/export/{file:str}")
async def csv_file(visit: Here, file: Word) -> Answer:
    """One of Mastodon's CSV files. Raises Missing."""
    account_id = visit.member()
    kind = next((sheet.kind for sheet in SHEETS.values() if sheet.file == file), None)
    if kind is None:
        raise Missing
    content = await archive_of(visit).sheet(account_id, kind)
    disposition = ("content-disposition", f'attachment; filename="{file}"')
    return Answer(content.encode(), CSV, headers=[disposition], cookies=visit.cookies)


async def show(visit: Visit, wrong: dict[str, list[str]] | None = None, status: int = 200) -> Answer:
    """The page."""
    account_id = visit.member()
    counts = await archive_of(visit).counts(account_id)
    files = [(kind, visit.language.say(name), counts[kind], SHEETS[kind].file) for kind, name in NAMES.items()]
    return await draw(visit, "data", FilledIn({}, wrong or {}), status, files=files)


def archive_of(visit: Visit) -> Archive:
    return visit.house.application.part(open_archive)


HANDLERS = (data_page, csv_file)
