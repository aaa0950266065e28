"""A small choice of emojis of our own, for people whose keyboard has none at hand, with their names."""

from __future__ import annotations

from raf.web.notices import N_

CHOICE = (
    (
        N_("From the counter"),
        (
            *(("☕", N_("coffee")), ("🥥", N_("coconut")), ("🌱", N_("soy sprout")), ("🫘", N_("beans"))),
            *(("🥛", N_("milk")), ("🍵", N_("tea")), ("🧉", N_("mate")), ("🧊", N_("ice"))),
            *(("🍯", N_("honey")), ("🥐", N_("croissant")), ("🍪", N_("biscuit")), ("🍰", N_("cake"))),
        ),
    ),
    (
        N_("From the shore"),
        (
            *(("🌴", N_("palm")), ("🏝️", N_("island")), ("🌊", N_("wave")), ("🐚", N_("shell"))),
            *(("🐢", N_("turtle")), ("🦜", N_("parrot")), ("⛵", N_("sail")), ("☀️", N_("sun"))),
            *(("🌙", N_("moon")), ("⭐", N_("star")), ("🌧️", N_("rain")), ("🔥", N_("fire"))),
        ),
    ),
    (
        N_("Faces"),
        (
            *(("🙂", N_("smile")), ("😀", N_("grin")), ("😂", N_("tears of joy")), ("😉", N_("wink"))),
            *(("😍", N_("in love")), ("😎", N_("cool")), ("🤔", N_("thinking")), ("😮", N_("surprised"))),
            *(("😴", N_("asleep")), ("🥲", N_("smile with a tear")), ("😢", N_("sad")), ("🫠", N_("melting"))),
        ),
    ),
    (
        N_("Hands and hearts"),
        (
            *(("👍", N_("thumb up")), ("👎", N_("thumb down")), ("👏", N_("applause")), ("🙏", N_("thanks"))),
            *(("👋", N_("wave of a hand")), ("🤝", N_("handshake")), ("💪", N_("strength")), ("🎉", N_("celebration"))),
            *(("❤️", N_("heart")), ("💚", N_("green heart")), ("🤎", N_("brown heart")), ("💔", N_("broken heart"))),
        ),
    ),
)
"""Headings, each with its emojis and what they show."""
REACTIONS = ("☕", "🥥", "❤️", "👍")
"""What is offered under an announcement."""
