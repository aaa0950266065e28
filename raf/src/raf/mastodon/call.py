"""One request to the API: who asks, with which parameters, and what goes back beside the body."""

from __future__ import annotations

import shutil
from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias, TypeVar
from urllib.parse import quote, urlencode

import msgspec

from raf.identity.tokens import Access
from raf.mastodon.access import NoPerson
from raf.mastodon.answers import Headers, encode
from raf.mastodon.parameters import Tree, convert, parse_query
from raf.mastodon.uploads import read_form
from raf.paging import Paging

if TYPE_CHECKING:
    from raf.mastodon.house import House

Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
S = TypeVar("S", bound=msgspec.Struct)
Id: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
CURSORS = frozenset({"max_id", "since_id", "min_id"})


class PageQuery(msgspec.Struct):
    """The parameters of a list."""

    limit: Annotated[int, msgspec.Meta(ge=-(2**31), le=2**31)] | None = None
    max_id: Id | None = None
    since_id: Id | None = None
    min_id: Id | None = None


class Call:
    """A request. `headers` are sent with the answer; `access` is what its token opens, `given` whether it had one."""

    __slots__ = ("_folder", "_tree", "access", "address", "given", "headers", "house", "receive", "scope")

    def __init__(self, house: House, scope: MutableMapping[str, Any], receive: Receive, address: str) -> None:
        self.house = house
        self.scope = scope
        self.receive = receive
        self.address = address
        self.access: Access | None = None
        self.given = False
        self.headers: Headers = []
        self._tree: Tree | None = None
        self._folder: Path | None = None

    # ---- who --------------------------------------------------------------------------------------------------------

    @property
    def account_id(self) -> int:
        """The person who asks. Raises NoPerson."""
        if self.access is None or self.access.account_id is None:
            raise NoPerson
        return self.access.account_id

    @property
    def viewer_id(self) -> int | None:
        """The person who asks, or None for an anonymous reader."""
        return self.access.account_id if self.access is not None else None

    # ---- what -------------------------------------------------------------------------------------------------------

    def header(self, name: bytes) -> str:
        """A request header by its lower-case name, empty when there is none."""
        for key, value in self.scope["headers"]:
            if key == name:
                return str(value.decode("latin-1"))
        return ""

    def query(self, kind: type[S]) -> S:
        """The parameters of the address. Raises Malformed."""
        return convert(parse_query(self.scope["query_string"]), kind)

    async def tree(self, limit: int | None = None) -> Tree:
        """The parameters of the address and of the body as one tree. Raises Malformed, TooLarge."""
        if self._tree is None:
            body = await read_form(_Lookup(self), self.receive, limit or self.house.settings.max_body, self._scratch)
            self._tree = parse_query(self.scope["query_string"]) | body
        return self._tree

    async def form(self, kind: type[S], limit: int | None = None) -> S:
        """The same as a Struct."""
        return convert(await self.tree(limit), kind)

    def _scratch(self) -> Path:
        if self._folder is None:
            self._folder = self.house.library.storage.scratch()
        return self._folder

    def close(self) -> None:
        """Take away the files of the form."""
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    # ---- lists ------------------------------------------------------------------------------------------------------

    def paging(self, usual: int = 20, most: int = 40) -> Paging:
        """Which part of a list is asked for, held within bounds."""
        asked = self.query(PageQuery)
        limit = usual if asked.limit is None or asked.limit < 1 else min(asked.limit, most)
        return Paging(limit, asked.max_id, asked.since_id, asked.min_id)

    def link(self, older: int | None, newer: int | None) -> None:
        """Point at the pages around this one: `older` is the next page's max_id, `newer` the previous one's min_id."""
        kept = {name: value for name, value in parse_query(self.scope["query_string"]).items() if name not in CURSORS}
        address = f"{self.house.url}{quote(self.scope['path'], safe='/@:')}?"
        if kept:
            address += urlencode(_flat(kept)) + "&"
        found = [
            f'<{address}{cursor}={identity}>; rel="{name}"'
            for identity, cursor, name in ((older, "max_id", "next"), (newer, "min_id", "prev"))
            if identity is not None
        ]
        if found:
            self.headers.append((b"link", ", ".join(found).encode("ascii", "ignore")))

    async def posts(self, ids: Sequence[int], older: int | None = None, newer: int | None = None) -> bytes:
        """The documents of these statuses, and links to the pages around: by default those of the first and the last."""
        if ids:
            self.link(older if older is not None else ids[-1], newer if newer is not None else ids[0])
        return b"[" + b",".join(await self.house.raf.documents(ids, self.viewer_id)) + b"]"

    def listing(self, items: Sequence[Any], limit: int, older: int | None, newer: int | None) -> bytes:
        """A list of entities; there is a next page only when this one is full."""
        self.link(older if len(items) >= limit else None, newer)
        return encode(items)


class _Lookup(Mapping[str, str]):
    """Request headers by name."""

    def __init__(self, call: Call) -> None:
        self._call = call

    def __getitem__(self, name: str) -> str:
        if value := self._call.header(name.encode()):
            return value
        raise KeyError(name)

    def __iter__(self) -> Any:
        return (key.decode("latin-1") for key, _ in self._call.scope["headers"])

    def __len__(self) -> int:
        return len(self._call.scope["headers"])


def _flat(tree: Tree) -> list[tuple[str, str]]:
    """The pairs of a query string that grow into this tree again."""
    pairs: list[tuple[str, str]] = []
    for name, value in tree.items():
        if isinstance(value, list):
            pairs += [(f"{name}[]", str(item)) for item in value if isinstance(item, str)]
        elif isinstance(value, str):
            pairs.append((name, value))
    return pairs
