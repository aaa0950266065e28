"""Letters leave by tasks: a relay that is away is asked again later, and holds nobody up."""

from __future__ import annotations

from ostrov import Backoff, current, task

QUEUE = "letters"
PATIENCE = Backoff("exponential", first="30 seconds", cap="2 hours")


@task(name="raf.letters.deliver", queue=QUEUE, retries=20, backoff=PATIENCE, concurrency=4)
async def deliver(letter_id: int) -> str:
    """Send a letter, once; what became of it."""
    from raf.letters.letters import open_letters

    return await current().part(open_letters).deliver(letter_id)


@task(name="raf.letters.reset", queue=QUEUE, retries=5)
async def reset(name: str, address: str) -> bool:
    """Write to who forgot a password, if there is such an account; whether there was."""
    from raf.letters.letters import open_letters

    return await current().part(open_letters).write_reset(name, address)


@task(name="raf.letters.news", queue=QUEUE, retries=5)
async def news(account_id: int) -> bool:
    """Tell somebody who is away of their notifications; whether there was something to tell."""
    from raf.letters.letters import open_letters

    return await current().part(open_letters).write_news(account_id)


@task(name="raf.letters.prune", queue=QUEUE, every="1 day")
async def prune() -> int:
    """Forget letters sent long ago, and links that open nothing any more; how many."""
    from raf.letters.letters import open_letters

    return await current().part(open_letters).prune()
