"""Templates: each component's own `templates/` folder, with the console's layout and macros within reach of all of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import urlencode

import jinja2
import msgspec
from markupsafe import Markup, escape

from ostrov.console.http import PREFIX
from ostrov.console.static import static_url

if TYPE_CHECKING:
    from ostrov.console.view import View

HOME = "console"
Translate: TypeAlias = Callable[[str], str]
SCALES = ((86400, 3600, "d", "h"), (3600, 60, "h", "m"), (60, 1, "m", "s"))


class Templates(jinja2.Environment):
    """Names are `component:file`. A template's own `extends`, `include` and `import` look in its component first, and names
    below `console/` are always the console's, so every component shares one compiled layout."""

    def __init__(self, packages: Mapping[str, str]) -> None:
        self.packages = dict(packages)
        self._loaders: dict[str, jinja2.PackageLoader] = {}
        super().__init__(
            loader=jinja2.FunctionLoader(self._source),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self.globals.update(static=static_url, prefix=PREFIX)
        self.filters |= {"duration": _duration, "number": number, "size": _size, "ago": _ago, "moment": moment, "iso": iso}
        self.filters |= {"json": as_json, "ucfirst": ucfirst, "ticks": ticks, "query": query_string}

    def join_path(self, template: str, parent: str) -> str:
        if template.startswith(f"{HOME}/"):
            return f"{HOME}:{template}"
        return template if ":" in template else f"{parent.partition(':')[0]}:{template}"

    def draw(self, component: str, template: str, view: View, values: Mapping[str, Any]) -> bytes:
        """The page as bytes. `console` and `_` are in reach of every template."""
        drawn = self.get_template(f"{component}:{template}" if ":" not in template else template)
        return drawn.render({**values, "console": view, "_": view.texts, "now": view.now}).encode()

    def _source(self, name: str) -> tuple[str, str | None, Any] | None:
        component, _, file = name.partition(":")
        package = self.packages.get(component)
        if package is None:
            return None
        if component not in self._loaders:
            self._loaders[component] = jinja2.PackageLoader(package, "templates")
        try:
            return self._loaders[component].get_source(self, file)
        except jinja2.TemplateNotFound:
            return None


def query_string(values: Mapping[str, Any]) -> str:
    """`?a=b`, without what is empty."""
    pairs = {name: value for name, value in values.items() if value is not None and value is not False and value != ""}
    return f"?{urlencode(pairs)}" if pairs else ""


def duration(seconds: float | None, texts: Translate = str) -> str:
    """A length of time in at most two units: `12 ms`, `3.4 s`, `5 m 20 s`, `2 h 5 m`, `3 d 4 h`."""
    if seconds is None:
        return "—"
    if seconds < 0:
        return "−" + duration(-seconds, texts)
    if seconds < 0.9995:
        if seconds >= 0.001 or seconds == 0:
            return f"{seconds * 1000:.0f} {texts('ms')}"
        return f"{seconds * 1e6:.0f} {texts('µs')}"
    if seconds < 59.5:
        return f"{seconds:.1f} {texts('s')}" if seconds < 9.95 else f"{seconds:.0f} {texts('s')}"
    whole = round(seconds)
    unit, below, name, lesser = next(scale for scale in SCALES if whole >= scale[0])
    rest = whole % unit // below
    return f"{whole // unit} {texts(name)}" + (f" {rest} {texts(lesser)}" if rest else "")


def ago(at: float | None, now: float, texts: Translate = str) -> str:
    """How far a point in time is from now, in one unit."""
    if at is None:
        return "—"
    away = abs(now - at)
    if away < 2:
        return texts("just now")
    length, unit = next(((length, name) for length, _, name, _ in SCALES if away >= length), (1, "s"))
    far = f"{int(away // length)} {texts(unit)}"
    return (texts("{time} ago") if at <= now else texts("in {time}")).format(time=far)


def number(value: float | None) -> str:
    """Thousands apart by a thin space; what is not whole keeps at most two decimals."""
    if value is None:
        return "—"
    text = f"{value:,.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else f"{value:,}"
    return text.replace(",", "\u202f")


def size(count: float | None, texts: Translate = str) -> str:
    """Bytes in the nearest binary unit."""
    if count is None:
        return "—"
    value = float(count)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if value < 1024:
            return f"{value:.0f} {texts(unit)}" if unit == "B" or value >= 100 else f"{value:.1f} {texts(unit)}"
        value /= 1024
    return f"{value:.1f} {texts('TiB')}"


def moment(at: float | None) -> str:
    """A point in time for people, UTC, to the second; without the date when it is today."""
    if at is None:
        return "—"
    then = datetime.fromtimestamp(at, UTC)
    today = datetime.fromtimestamp(time.time(), UTC).date() == then.date()
    return then.strftime("%H:%M:%S" if today else "%Y-%m-%d %H:%M:%S")


def iso(at: float) -> str:
    """A point in time for machines."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")


def as_json(value: Any) -> str:
    """A value as JSON; what JSON has no form for becomes its text."""
    if value is None:
        return "—"
    return msgspec.json.encode(value, enc_hook=str).decode()


def ucfirst(text: str) -> str:
    """A sentence begins with a capital, unless it begins with the name of a thing (`tasks.retry: …`)."""
    first = text.partition(" ")[0]
    return text if "." in first or ":" in first else text[:1].upper() + text[1:]


def ticks(text: str) -> Markup:
    """Text whose words in backticks are code, as our messages write them."""
    parts = [str(escape(part)) for part in text.split("`")]
    if len(parts) % 2 == 0:
        return escape(text)
    return Markup("".join(f"<code>{part}</code>" if place % 2 else part for place, part in enumerate(parts)))  # noqa: S704


@jinja2.pass_context
def _duration(context: jinja2.runtime.Context, seconds: float | None) -> str:
    return duration(seconds, context["_"])


@jinja2.pass_context
def _size(context: jinja2.runtime.Context, count: float | None) -> str:
    return size(count, context["_"])


@jinja2.pass_context
def _ago(context: jinja2.runtime.Context, at: float | None) -> str:
    return ago(at, context["now"], context["_"])
