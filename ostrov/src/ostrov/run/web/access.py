"""What `web.access_log` writes of a request: its path, and never what stands behind a question mark.

An address may hold a stream's token, the key of a link in a letter, or the words of a search.
"""

from __future__ import annotations

import logging


class WithoutQueries(logging.Filter):
    """Cuts the query off the third argument of uvicorn's record (`client, method, path, version, status`)."""

    def filter(self, record: logging.LogRecord) -> bool:
        match record.args:
            case (client, method, str(path), *rest):
                record.args = (client, method, path.partition("?")[0], *rest)
        return True


def keep_queries_out() -> None:
    """Let the log of requests be written without queries."""
    log = logging.getLogger("uvicorn.access")
    if not any(isinstance(found, WithoutQueries) for found in log.filters):
        log.addFilter(WithoutQueries())
