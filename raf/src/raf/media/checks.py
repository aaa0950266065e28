"""What `ostrov doctor` asks of the media."""

from __future__ import annotations

from ostrov import Finding, Ostrov, OstrovError
from raf.media.cache import Cache
from raf.media.storage import StorageAway, open_storage


def storage(application: Ostrov) -> list[Finding]:
    """Whether a file can be kept, read and deleted, and how much lies in the cache."""
    settings = application.settings.raf.media
    try:
        application.part(open_storage).check()
    except StorageAway as problem:
        return [Finding("failure", f"media: {problem.cause}", tip="uploads are refused until it answers again")]
    except OstrovError as problem:
        return [
            Finding("failure", f"{problem.error}: {problem.cause}" if problem.cause else problem.error, tip=problem.tip or "")
        ]
    if settings.storage == "local":
        return [Finding("ok", "media can be kept in the folder")]
    used = Cache(application.data_dir / settings.folder / "cache", settings.cache_budget).usage()
    full = f"{used.bytes / 2**20:.0f} of {settings.cache_budget / 2**20:.0f} MB"
    return [Finding("ok", f"media can be kept in the bucket; {full} lie in the cache ({used.pieces} pieces)")]
