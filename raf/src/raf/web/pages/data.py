"""What one takes along: files and the archive, out and in."""

from __future__ import annotations

import csv
import io
import secrets
from dataclasses import dataclass
from typing import Any

import msgspec
from litestar import get, post

from raf.archive.archive import Archive, open_archive
from raf.archive.exports import KEPT
from raf.archive.jobs import ARCHIVE, Job
from raf.archive.sheets import SHEETS
from raf.errors import Invalid, Missing, Refused
from raf.web.answer import Answer, FileAnswer, redirect
from raf.web.forms import read_form
from raf.web.languages import Language
from raf.web.notices import N_
from raf.web.pages.settings import draw
from raf.web.pages.signing import FilledIn
from raf.web.parameters import Here, Id, Word
from raf.web.visit import Visit
from raf.web.wording import problem, problems

CSV = "text/csv; charset=utf-8"
LARGEST_SHEET = 21 * 1024 * 1024
LARGEST_ARCHIVE = 2 * 1024 * 1024 * 1024
SHOWN = 8
"""Rows that could not be taken in, of each import on the page; the file has them all."""
NAMES = {
    "following": N_("Whom you follow"),
    "lists": N_("Your lists"),
    "blocking": N_("Whom you block"),
    "muting": N_("Whom you mute"),
    "domain_blocking": N_("Sites you block"),
    "bookmarks": N_("Bookmarks"),
    ARCHIVE: N_("Posts and pictures"),
}
"""What the files hold, in the order of the page."""
STATES = {
    "waiting": N_("It begins soon"),
    "working": N_("It is being taken in"),
    "done": N_("It is all in"),
    "failed": N_("It could not be read"),
}


@dataclass(frozen=True)
class JobRow:
    """An import as it is listed."""

    job: Job
    name: str
    error: str
    state: str
    left_out: list[tuple[str, str]]
    """The first rows that could not be taken in, and why."""


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
    return download(visit, file, content)


@post("/settings/archive", status_code=200)
async def order(visit: Here) -> Answer:
    """Ask for the whole archive."""
    account_id = visit.member()
    await read_form(visit)
    try:
        await archive_of(visit).order(account_id)
    except Refused as refusal:
        said = str(visit.language.say("You asked for one today. Ask again tomorrow."))
        return await show(visit, "", {"order": [said]}, refusal.status)
    visit.tell("packing")
    return redirect("/settings/data", visit.cookies)


@get("/settings/archive/archive.zip")
async def fetch(visit: Here) -> Answer:
    """The archive that was packed last. Raises Missing."""
    account_id = visit.member()
    path = await archive_of(visit).packed(account_id)
    account = await visit.own_account()
    return FileAnswer(path, "application/zip", f"raf-{account.username}.zip", visit.cookies)


@post("/settings/import/archive", status_code=200, request_max_body_size=LARGEST_ARCHIVE)
async def bring_archive(visit: Here) -> Answer:
    """Take posts and pictures in."""
    account_id = visit.member()
    form = await read_form(visit)
    archive = archive_of(visit)
    source = archive.folder / f"upload-{secrets.token_hex(16)}"
    try:
        name = await form.save("archive", source)
        if not name:
            raise Invalid({"file": [("ERR_BLANK", "can't be blank")]})
        await archive.bring_archive(account_id, name, source, profile=form.ticked("profile"))
    except Invalid as refusal:
        wrong = {"archive": problems(visit.language, refusal)["file"]}
        return await show(visit, "", wrong, refusal.status)
    except Refused as refusal:
        return await show(visit, "", {"archive": busy(visit)["file"]}, refusal.status)
    finally:
        source.unlink(missing_ok=True)
    visit.tell("arriving")
    return redirect("/settings/data#arrivals", visit.cookies)


@post("/settings/import", status_code=200, request_max_body_size=LARGEST_SHEET)
async def bring_sheet(visit: Here) -> Answer:
    """Take a CSV file in."""
    account_id = visit.member()
    form = await read_form(visit)
    name, data = await form.file("file")
    kind, mode = form.text("kind"), form.text("mode", "merge")
    try:
        await archive_of(visit).bring_sheet(account_id, kind, mode, name, data)
    except Invalid as refusal:
        return await show(visit, kind, problems(visit.language, refusal), refusal.status)
    except Refused as refusal:
        return await show(visit, kind, busy(visit), refusal.status)
    visit.tell("arriving")
    return redirect("/settings/data#arrivals", visit.cookies)


@get("/settings/import/{import_id:int}/failures")
async def failures(visit: Here, import_id: Id) -> Answer:
    """The rows that could not be taken in, each with the reason. Raises Missing."""
    account_id = visit.member()
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\n")
    for data, code in await archive_of(visit).failures(account_id, import_id):
        lines.writerow([*values_of(data), problem(visit.language, "row", code, code)])
    return download(visit, f"failures-{import_id}.csv", out.getvalue())


async def show(visit: Visit, kind: str = "", wrong: dict[str, list[str]] | None = None, status: int = 200) -> Answer:
    """The page."""
    account_id = visit.member()
    archive = archive_of(visit)
    counts = await archive.counts(account_id)
    say = visit.language.say
    files = [(key, say(name), counts[key], SHEETS[key].file) for key, name in NAMES.items() if key in SHEETS]
    found = await archive.imports(account_id)
    left_out = {job.id: await archive.failures(account_id, job.id, SHOWN) for job in found if job.failed}
    jobs = [job_row(visit.language, job, left_out.get(job.id, [])) for job in found]
    form, export = FilledIn({"kind": kind}, wrong or {}), await archive.export(account_id)
    arriving = any(job.state in ("waiting", "working") for job in found)
    kept_until = export.created_at + KEPT if export is not None else 0.0
    shown: dict[str, Any] = {"jobs": jobs, "export": export, "arriving": arriving, "kept_until": kept_until}
    return await draw(visit, "data", form, status, files=files, **shown)


def values_of(data: str) -> list[str]:
    """What a row of an import named: the columns of a CSV file, or the address of a post."""
    row = msgspec.json.decode(data)
    return [str(value) for value in row] if isinstance(row, list) else [str(row.get("uri", ""))]


def job_row(language: Language, job: Job, left_out: list[tuple[str, str]]) -> JobRow:
    """An import in words."""
    error = str(problem(language, "archive", job.error, job.error)) if job.error else ""
    rows = [(" ".join(values_of(data)), str(problem(language, "row", code, code))) for data, code in left_out]
    return JobRow(job, str(language.say(NAMES[job.kind])), error, str(language.say(STATES[job.state])), rows)


def busy(visit: Visit) -> dict[str, list[str]]:
    return {"file": [str(visit.language.say("Another file is being taken in. Wait until it is done."))]}


def download(visit: Visit, name: str, content: str) -> Answer:
    """A file to keep."""
    disposition = ("content-disposition", f'attachment; filename="{name}"')
    return Answer(content.encode(), CSV, headers=[disposition], cookies=visit.cookies)


def archive_of(visit: Visit) -> Archive:
    return visit.house.application.part(open_archive)


HANDLERS = (data_page, csv_file, order, fetch, bring_archive, bring_sheet, failures)
