"""Compiled templates, kept from start to start: Jinja needs some 10 ms for one, and the first page is made of a dozen."""

from __future__ import annotations

import os
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from types import CodeType

from jinja2.bccache import Bucket, BytecodeCache


class Compiled(BytecodeCache):
    """What the templates of a language were compiled to, in memory for a process and in a folder for the next one.

    `meant` stands for all that a compiled template depends on beside its source and Python (Jinja's version, words, addresses
    of drawings). The folder must be the user's own: what is read there is run. A file that cannot be read or written is no
    trouble, the template is compiled.
    """

    def __init__(self, language: str, meant: str, folder: Path | None = None) -> None:
        self._language = language
        self._meant = meant
        self._folder = folder

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        return f"{name.replace('/', '.')}.{self._language}"

    def get_source_checksum(self, source: str) -> str:
        return super().get_source_checksum(self._meant + source)

    def load_bytecode(self, bucket: Bucket) -> None:
        code = _held.get((bucket.key, bucket.checksum))
        if code is not None:
            bucket.code = code
        elif self._folder is not None:
            try:
                bucket.load_bytecode(BytesIO((self._folder / bucket.key).read_bytes()))
            except Exception:  # no file, or one that was cut off, and then anything may be raised
                bucket.reset()
            if bucket.code is not None:
                _held[bucket.key, bucket.checksum] = bucket.code

    def dump_bytecode(self, bucket: Bucket) -> None:
        assert bucket.code is not None
        _held[bucket.key, bucket.checksum] = bucket.code
        if self._folder is None:
            return
        written = self._folder / f".{bucket.key}.{os.getpid()}"  # the next process of this number writes over what it left
        try:
            self._folder.mkdir(mode=0o700, exist_ok=True)
            written.write_bytes(bucket.bytecode_to_string())
            written.replace(self._folder / bucket.key)
        except OSError:
            with suppress(OSError):
                written.unlink(missing_ok=True)


_held: dict[tuple[str, str], CodeType] = {}
