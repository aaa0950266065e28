"""What handlers are called with: the visit, and parts of the address."""

from __future__ import annotations

from typing import Annotated

from litestar.di import NamedDependency
from litestar.params import FromPath, PathParameter, QueryParameter

from raf.web.visit import Visit

Here = NamedDependency[Visit]
Word = FromPath[str]
Id = Annotated[int, PathParameter(ge=1, le=2**63 - 1)]
MaxId = Annotated[int | None, QueryParameter(ge=0, le=2**63 - 1)]
