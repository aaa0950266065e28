"""What forms and command lines are drawn from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import msgspec

from ostrov import operation

if TYPE_CHECKING:
    from ostrov import Call, Ostrov


@operation("roast.start", permission="roast.manage", secret=("password",))
async def start(
    application: Ostrov,
    bean: Annotated[str, "which bean"],
    call: Call,
    degree: Literal["light", "dark"] = "light",
    kilos: Annotated[int, msgspec.Meta(ge=1, description="how much")] = 1,
    notes: list[str] | None = None,
    password: str = "",
) -> str:
    """Start the roaster. It takes a while.

    More about it.
    """
    return f"{bean} {degree}"


def test_a_field_says_its_type_default_choices_and_help() -> None:
    bean, degree, kilos, notes, password = start.fields()
    assert (bean.name, bean.type, bean.required, bean.help) == ("bean", str, True, "which bean")
    assert (degree.default, degree.choices, degree.required) == ("light", ("light", "dark"), False)
    assert (kilos.type, kilos.help, kilos.default) == (int, "how much", 1)
    assert (notes.many, notes.default) == (True, None)
    assert password.secret
    assert not bean.secret


def test_the_application_and_the_call_are_no_arguments() -> None:
    assert {"application", "call"}.isdisjoint(field.name for field in start.fields())


def test_the_docstring_is_the_help() -> None:
    assert start.help.startswith("Start the roaster. It takes a while.\n\nMore about it.")
    assert start.summary == "Start the roaster."


async def test_an_operation_is_still_its_function() -> None:
    assert await start(None, "arabica", None, degree="dark") == "arabica dark"  # type: ignore[arg-type]
