"""What a form sent, read once and checked for its token."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from litestar.datastructures import UploadFile
from litestar.exceptions import ClientException

from raf.errors import Forbidden
from raf.identity.csrf import FIELD, HEADER
from raf.web.visit import Visit

PIECE = 1024 * 1024


class Form:
    """Values by name. Lines end with a line feed alone; a field that is missing is empty."""

    def __init__(self, values: Mapping[str, list[Any]]) -> None:
        self._values = values

    def text(self, name: str, otherwise: str = "") -> str:
        for value in self._values.get(name, ()):
            if isinstance(value, str):
                return value.replace("\r\n", "\n").replace("\0", "")
        return otherwise

    def ticked(self, name: str) -> bool:
        return self.text(name) not in ("", "0")

    def all(self, name: str) -> list[str]:
        return [value for value in self._values.get(name, ()) if isinstance(value, str)]

    def number(self, name: str) -> int | None:
        """A positive id, or None when the field is empty. Raises ClientException for anything else."""
        value = self.text(name)
        if not value:
            return None
        if not value.isdecimal() or not value.isascii() or len(value) > 19 or int(value) >= 2**63:
            raise ClientException(f"{name} is not a number")
        return int(value)

    def names(self) -> list[str]:
        return list(self._values)

    async def upload(self, name: str) -> bytes | None:
        """A file's bytes; None when none was chosen. What it is, its content says, not its name."""
        for value in self._values.get(name, ()):
            if isinstance(value, UploadFile) and value.filename:
                data = await value.read()
                await value.close()
                return data or None
        return None

    async def file(self, name: str) -> tuple[str, bytes]:
        """A file's name and bytes, both empty when none was chosen. The name is what a browser said: to be shown only."""
        for value in self._values.get(name, ()):
            if isinstance(value, UploadFile) and value.filename:
                return value.filename, await self.upload(name) or b""
        return "", b""

    async def save(self, name: str, target: Path) -> str:
        """Write a file to `target`, piece by piece; its name as a browser said it, empty when none was chosen."""
        for value in self._values.get(name, ()):
            if isinstance(value, UploadFile) and value.filename:
                with target.open("wb") as file:
                    while piece := await value.read(PIECE):
                        await asyncio.get_running_loop().run_in_executor(None, file.write, piece)
                await value.close()
                return value.filename
        return ""


async def read_fields(visit: Visit) -> Form:
    """The form of a request, whoever made it."""
    multi = await visit.request.form()
    values: dict[str, list[Any]] = {}
    for name, value in multi.multi_items():
        values.setdefault(name, []).append(value)
    return Form(values)


async def read_form(visit: Visit) -> Form:
    """The form of a request. Raises Forbidden when it was not made by a page of ours for this browser."""
    form = await read_fields(visit)
    token = form.text(FIELD) or visit.request.headers.get(HEADER, "")
    if not visit.csrf_holds(token):
        raise Forbidden("This form is out of date")
    return form
