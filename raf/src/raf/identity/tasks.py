"""What identity forgets in time."""

from __future__ import annotations

from ostrov import current, task


@task(name="raf.identity.prune", every="1 hour")
async def prune() -> int:
    """Delete browser sessions nobody uses, tries nobody remembers and codes long past; how many rows."""
    from raf.factors.factors import open_factors
    from raf.identity.identity import open_identity
    from raf.identity.oauth import open_oauth

    application = current()
    await application.part(open_factors).prune()
    return await application.part(open_identity).prune() + await application.part(open_oauth).prune()
