"""Reading a request's body within bounds; files of a multipart form go to the disk as they arrive."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from raf.errors import RafError
from raf.mastodon.parameters import MOST, Malformed, Tree, grow, parse_json, parse_query

Receive = Callable[[], Awaitable[Mapping[str, Any]]]
TEXT_LIMIT = 256 * 1024
BOUNDARY = re.compile(rb'boundary="?([^\s";,]{1,200})"?', re.IGNORECASE)
NAMED = re.compile(rb'\bname="((?:[^"\\]|\\.)*)"')
FILE_NAMED = re.compile(rb'\bfilename\*?="?((?:[^"\\]|\\.)*)"?')


class TooLarge(RafError):
    """The body is larger than the endpoint takes."""

    status = 413

    def __init__(self, limit: int) -> None:
        super().__init__(f"The request is too large (maximum is {limit / 2**20:.0f} MB)")


class Disconnected(Exception):
    """The client went away in the middle of its request."""


class UploadedFile:
    """A file of a form, at `path` while the request lasts."""

    def __init__(self, path: Path, filename: str) -> None:
        self.path = path
        self.filename = filename


async def read_body(receive: Receive, limit: int) -> bytes:
    """The whole body. Raises TooLarge, Disconnected."""
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Disconnected
        part = message.get("body", b"")
        size += len(part)
        if size > limit:
            raise TooLarge(limit)
        parts.append(part)
        if not message.get("more_body"):
            return b"".join(parts)


async def read_form(headers: Mapping[str, str], receive: Receive, limit: int, folder: Callable[[], Path]) -> Tree:
    """The parameters in the body, whatever its type. Files become UploadedFile, kept in `folder()`.

    Raises TooLarge, Disconnected, Malformed.
    """
    declared = headers.get("content-length", "")
    if declared.isascii() and declared.isdigit() and int(declared[:15]) > limit:
        raise TooLarge(limit)
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        found = BOUNDARY.search(headers["content-type"].encode("latin-1", "replace"))
        if found is None:
            raise Malformed("The form has no boundary")
        return await _Multipart(found[1], limit, folder).read(receive)
    body = await read_body(receive, limit)
    if kind.endswith("json"):
        return parse_json(body)
    if kind in ("application/x-www-form-urlencoded", ""):
        return parse_query(body)
    return {}


class _Multipart:
    """A form in the making (RFC 7578)."""

    def __init__(self, boundary: bytes, limit: int, folder: Callable[[], Path]) -> None:
        from python_multipart import MultipartParser

        self._limit = limit
        self._folder = folder
        self._pairs: list[tuple[str, Any]] = []
        self._header = b""
        self._value = b""
        self._disposition = b""
        self._text: bytearray | None = None
        self._file: BinaryIO | None = None
        self._texts = 0
        self._ended = False
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": self._header_field,
                "on_header_value": self._header_value,
                "on_header_end": self._header_end,
                "on_headers_finished": self._headers_finished,
                "on_part_data": self._data,
                "on_part_end": self._end,
                "on_end": self._finish,
            },
        )

    async def read(self, receive: Receive) -> Tree:
        from python_multipart.exceptions import FormParserError

        size = 0
        try:
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise Disconnected
                part = message.get("body", b"")
                size += len(part)
                if size > self._limit:
                    raise TooLarge(self._limit)
                self._parser.write(part)
                if not message.get("more_body"):
                    break
            if not self._ended:
                raise Malformed("The form ends in the middle")
        except FormParserError as problem:
            raise Malformed("The form cannot be read") from problem
        finally:
            if self._file is not None:
                self._file.close()
        return grow(self._pairs)

    def _begin(self) -> None:
        if len(self._pairs) >= MOST:
            raise Malformed("Too many parameters")
        self._disposition, self._text, self._file = b"", None, None

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]
        if len(self._value) > 4096:
            raise Malformed("A header of the form is too long")

    def _header_end(self) -> None:
        if self._header.lower() == b"content-disposition":
            self._disposition = self._value
        self._header = self._value = b""

    def _headers_finished(self) -> None:
        named = NAMED.search(self._disposition)
        name = named[1].decode("utf-8", "replace") if named else ""
        filed = FILE_NAMED.search(self._disposition)
        if filed is None:
            self._text = bytearray()
            self._pairs.append((name, self._text))
            return
        target = tempfile.NamedTemporaryFile(dir=self._folder(), delete=False)  # noqa: SIM115 - lives as long as the request
        self._file = target  # type: ignore[assignment]
        self._pairs.append((name, UploadedFile(Path(target.name), filed[1].decode("utf-8", "replace"))))

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._file is not None:
            self._file.write(data[start:end])
        elif self._text is not None:
            self._texts += end - start
            if self._texts > TEXT_LIMIT:
                raise TooLarge(TEXT_LIMIT)
            self._text += data[start:end]

    def _end(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
        elif self._text is not None:
            self._pairs[-1] = (self._pairs[-1][0], self._text.decode("utf-8", "replace"))
            self._text = None

    def _finish(self) -> None:
        self._ended = True
