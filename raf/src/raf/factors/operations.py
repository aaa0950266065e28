"""What an operator does about keys and locked doors."""

from __future__ import annotations

from ostrov import Ostrov, UsageError, operation

PERMISSION = "raf.manage"
SURFACES = ("cli", "http")


@operation("raf.rekey", permission=PERMISSION, surfaces=SURFACES, long=True)
async def rekey(application: Ostrov) -> str:
    """Make a new key for the secrets that are kept sealed and seal them with it: after somebody saw the old one."""
    from raf.factors.factors import open_factors
    from raf.identity.keys import open_keys
    from raf.push.push import open_push

    keys, factors, push = application.part(open_keys), application.part(open_factors), application.part(open_push)
    await factors.reseal()  # nothing is left that only the key before this one opens
    await push.reseal()
    keys.change()
    await factors.reseal()
    await push.reseal()
    return f"sealed anew; the key before is kept in {keys.old.name} until the next time"


@operation("raf.unguard", permission=PERMISSION, surfaces=SURFACES, destructive=True)
async def unguard(application: Ostrov, name: str) -> str:
    """Ask somebody for no codes any more who has lost the authenticator and the recovery codes. Be sure who asks you for it."""
    from raf.factors.factors import open_factors

    wanted = name.strip().removeprefix("@").lower()
    sql = "SELECT account_id FROM credential WHERE username = ?"
    found = await application.store.read(lambda connection: connection.value(sql, (wanted,)))
    if found is None:
        raise UsageError(f"nobody here is called {name}", tip="give the user name without the server's")
    await application.part(open_factors).unguard(int(found))
    return f"{name} logs in with the password alone now"
