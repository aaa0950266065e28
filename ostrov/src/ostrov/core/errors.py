"""The exception tree of Ostrov, drawn once. Every error a person meets says what was wrong, why, and what to do next."""

from __future__ import annotations


class OstrovError(Exception):
    """An error that a person can act on: `error` is what failed, `cause` why (file, key, line), `tip` what to do next.

    `exit_code` is what the command line returns, `status` what HTTP answers.
    """

    exit_code = 1
    status = 500

    def __init__(self, error: str, *, cause: str = "", tip: str = "") -> None:
        super().__init__(error)
        self.error = error
        self.cause = cause
        self.tip = tip

    def __str__(self) -> str:
        return "\n".join(filter(None, [self.error, self.cause and f"cause: {self.cause}", self.tip and f"tip: {self.tip}"]))

    def as_dict(self) -> dict[str, str]:
        """The three parts, as `--json` prints them and HTTP answers them."""
        return {"error": self.error, "cause": self.cause, "tip": self.tip}


class UsageError(OstrovError):
    """The command was given words it does not know."""

    exit_code = 2
    status = 400


class SettingsError(OstrovError):
    """A setting is unknown, of the wrong type, or a settings file cannot be read."""

    exit_code = 2
    status = 400


class ProjectError(OstrovError):
    """No project here, or its `ostrov.toml` names a component that cannot be loaded."""

    exit_code = 2


class NotFound(OstrovError):
    """The thing asked for does not exist, or the asker may not see it."""

    exit_code = 1
    status = 404


class Denied(OstrovError):
    """The actor lacks the permission."""

    exit_code = 77  # EX_NOPERM, sysexits(3)
    status = 403


class WrongPassword(OstrovError):
    """Nobody comes in with that."""

    exit_code = 77
    status = 401


class TooManyAttempts(OstrovError):
    """Earlier failures make the next try wait. `wait` is in seconds."""

    exit_code = 75
    status = 429

    def __init__(self, error: str, *, wait: float) -> None:
        self.wait = max(1, round(wait))
        super().__init__(error, cause=f"the next try counts in {self.wait} seconds", tip="wait, or use a one-time link")


class Conflict(OstrovError):
    """The state of the world changed or forbids it (a second `up`, a stale approval, a port in use)."""

    exit_code = 75  # EX_TEMPFAIL, sysexits(3)
    status = 409


class DataUnwritable(OstrovError):
    """`data_dir` cannot be made or written."""

    exit_code = 73  # EX_CANTCREAT, sysexits(3)


class StoreError(OstrovError):
    """The database refused."""

    exit_code = 74  # EX_IOERR, sysexits(3)
    status = 503


class StoreUnreachable(StoreError):
    """The database server or file cannot be opened."""


class StoreBusy(StoreError):
    """Another process held the write lock for longer than `db.busy_timeout`."""


class StoreFull(StoreError):
    """The disk under the database is full; what was not acknowledged was rolled back."""

    status = 507


class StoreNewer(StoreError):
    """The database was migrated by a newer version of the software."""


class StoreIntegrity(StoreError):
    """A unique or foreign key forbids the write."""

    exit_code = 75
    status = 409
