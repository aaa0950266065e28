"""Words that try to be more than words, and a reader of HTML that notices when they are.

Each carries `zq`: as an element, an attribute, a function. Whatever of it comes out as anything but text has broken out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html.parser import HTMLParser
from urllib.parse import urlsplit

PAYLOADS = (
    "<zq>",
    '"><zq x=1>',
    "'><zq x=1>",
    '" zqattr="1',
    "' zqattr='1",
    "` zqattr=`1",
    "</textarea></title></style></script></template></svg></math><zq>",
    "--><zq><!--",
    "]]><zq><![CDATA[",
    "<!--<zq>-->",
    "<script>zq()</script>",
    "<scr<script>ipt>zq()</scr</script>ipt>",
    "<img src=x onerror=zq()>",
    "<svg/onload=zq()>",
    "<svg><use href=\"data:image/svg+xml,<svg id='x' xmlns='http://www.w3.org/2000/svg'><script>zq()</script></svg>#x\"/></svg>",
    "<iframe srcdoc='<script>zq()</script>'></iframe>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=zq()&gt;'>",
    "<a href=javascript:zq()>x</a>",
    "javascript:zq()//https://a.example",
    "java\tscript:zq()",
    "&lt;zq&gt; &#60;zq&#62; &#x3c;zq&#x3e;",
    "\\u003czq\\u003e \\x3czq\\x3e",
    "＜zq＞ ‹zq› \u02c2zq\u02c3",
    "%3Czq%3E",
    "{{ 7 * 7 }} {% raise zq %} ${7*7} #{7*7} %(zq)s %s {zq} {0.__class__}",
    "https://a.example/\"zqattr='1'><zq>",
    "https://a.example/'onmouseover='zq()",
    'https://user:pass@a.example:80/<zq>?a="><zq>#<zq>',
    "@alice\" zqattr=1 @alice'><zq>",
    '#tag"zqattr #<zq> #a&b',
    ':soy:"><zq>: :soy" zqattr=1:',
    "\u202e<zq>\u202c\u0000<zq>\ufeff<zq>\ue000csrf\ue000",
    "<zq\n><zq\r\n/><zq\f>",
    "<base href=//evil.example><meta http-equiv=refresh content=0;url=//evil.example><link rel=stylesheet href=//evil.example>",
    "<form action=//evil.example><button formaction=javascript:zq()>",
    "<style>*{background:url(//evil.example)}</style><p style=background:url(//evil.example)>",
    '<input autofocus onfocus=zq()><details open ontoggle=zq()><video><source onerror="zq()">',
)
FORBIDDEN = frozenset(["style", "iframe", "frame", "object", "embed", "applet", "base", "marquee", "portal", "math"])
ADDRESSES = ("href", "src", "action", "formaction", "poster", "data", "xlink:href", "srcset", "cite", "background", "ping")
NAME = re.compile(r"[a-z][a-z0-9:-]*")
PLAIN = re.compile(r"[/#?]|[\w.@%~+-]*$")


class Watch(HTMLParser):
    """Reads a page or a piece of one; `problems` are what no page of ours has."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.problems: list[str] = []
        self.text: list[str] = []
        self.links: list[dict[str, str]] = []
        self.tags: set[str] = set()
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tags.add(tag)
        if tag in FORBIDDEN or tag.startswith("zq") or not re.fullmatch(r"[a-z][a-z0-9]*", tag):
            self.problems.append(f"element {tag[:40]}")
        if tag == "script" and not given.get("src", "").startswith("/static/") and given.get("type") != "application/json":
            self.problems.append("a script that is not ours")
        if tag == "meta" and "http-equiv" in given:
            self.problems.append("a page that leads away")
        if tag == "a":
            self.links.append(given)
        for name, value in given.items():
            if (
                name.startswith("on")
                or name in ("style", "srcdoc")
                or "zq" in name
                or not re.fullmatch(r"[a-z][a-z0-9:-]*", name)
            ):
                self.problems.append(f"attribute {name[:40]} of {tag}")
            if name in ADDRESSES and not self.fits(tag, value):
                self.problems.append(f"{tag} {name} leads to {value[:80]!r}")

    @staticmethod
    def fits(tag: str, value: str) -> bool:
        """Whether an address may stand there: one of ours, or for a link any of the web."""
        try:
            parts = urlsplit(value)
        except ValueError:
            return tag == "a" and value.startswith(("https://", "http://"))
        if parts.scheme in ("http", "https"):
            return tag == "a" or parts.hostname in ("127.0.0.1", "raf.test")
        return not parts.scheme and not value.startswith("//") and PLAIN.match(value) is not None

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def handle_comment(self, data: str) -> None:
        self.problems.append(f"comment {data[:40]}")

    def handle_pi(self, data: str) -> None:
        self.problems.append(f"instruction {data[:40]}")

    def handle_decl(self, decl: str) -> None:
        if decl.lower() != "doctype html":
            self.problems.append(f"declaration {decl[:40]}")

    def unknown_decl(self, data: str) -> None:
        self.problems.append(f"declaration {data[:40]}")
