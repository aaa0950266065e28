"""An operation: one typed function that is a command, an HTTP endpoint with a form, and a chat command at once."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, TypeVar

if TYPE_CHECKING:
    from ostrov.core.operations.field import Field

P = ParamSpec("P")
R = TypeVar("R")
SURFACES = ("cli", "http", "chat")


class Operation(Generic[P, R]):
    """What `@operation` makes of a function. Called like the function, it is the function: the door is `Operations.call`."""

    def __init__(
        self,
        function: Callable[P, R],
        name: str,
        *,
        permission: str,
        plan: Callable[..., Any] | None = None,
        approvals: int = 0,
        secret: tuple[str, ...] = (),
        surfaces: tuple[str, ...] = SURFACES,
        destructive: bool = False,
        long: bool = False,
        audited: bool = True,
        keep_result: bool = True,
        offline: bool = False,
        by_position: tuple[str, ...] = (),
    ) -> None:
        self.function = function
        self.name = name
        self.permission = permission
        self.plan = plan
        self.approvals = approvals
        self.secret = secret
        self.surfaces = surfaces
        self.destructive = destructive
        self.long = long
        self.audited = audited
        self.keep_result = keep_result
        self.offline = offline
        self.by_position = by_position
        self.__doc__ = function.__doc__

    def __call__(self, *arguments: P.args, **options: P.kwargs) -> R:
        return self.function(*arguments, **options)

    def __repr__(self) -> str:
        return f"<operation {self.name}>"

    @property
    def help(self) -> str:
        """The docstring, without its indentation."""
        return inspect.cleandoc(self.__doc__ or "")

    @property
    def summary(self) -> str:
        """The first sentence of the help."""
        return self.help.split("\n\n")[0].replace("\n", " ").split(". ")[0].strip().rstrip(".") + "."

    def fields(self) -> list[Field]:
        """The arguments, in the order of the signature."""
        return self._fields

    @cached_property
    def _fields(self) -> list[Field]:
        from ostrov.core.operations.field import fields_of

        return fields_of(self.function, self.secret)


def operation(
    name: str,
    *,
    permission: str,
    plan: Callable[..., Any] | None = None,
    approvals: int = 0,
    secret: tuple[str, ...] = (),
    surfaces: tuple[str, ...] = SURFACES,
    destructive: bool = False,
    long: bool = False,
    audited: bool = True,
    keep_result: bool = True,
    offline: bool = False,
    by_position: tuple[str, ...] = (),
) -> Callable[[Callable[P, R]], Operation[P, R]]:
    """Make a typed function, sync or async, an operation called `name` (`"tasks.retry"` is `ostrov tasks retry`).

    The docstring is its help, the signature its arguments; a parameter annotated `Ostrov` or `Call` is filled in. A sync
    function runs in a thread. What it returns is shown: text, a struct or dict, or a list of them (a table).

    `plan` takes the same arguments (those it names) and returns text or rows that say what would happen, changing nothing.
    `approvals` is how many other people must approve the plan first. `secret` arguments are masked everywhere and never come
    from chat. `destructive` operations ask before they run. `long` ones may run as a task. With `audited=False` a call
    leaves no audit row: only for what merely looks. With `keep_result=False` the result is shown once and stored nowhere.
    `offline` ones need no database: the command line neither opens nor makes it for them. `by_position` names optional
    arguments that the command line also takes as plain words, after the required ones.
    """

    def decorate(function: Callable[P, R]) -> Operation[P, R]:
        return Operation(
            function,
            name,
            permission=permission,
            plan=plan,
            approvals=approvals,
            secret=secret,
            surfaces=surfaces,
            destructive=destructive,
            long=long,
            audited=audited,
            keep_result=keep_result,
            offline=offline,
            by_position=by_position,
        )

    return decorate
