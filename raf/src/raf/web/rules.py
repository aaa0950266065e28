"""The usual rules, in force until somebody writes down others."""

from __future__ import annotations

from raf.web.notices import N_

RULES = (
    N_("Be kind. Argue about roast levels, not about people."),
    N_("No hate, no harassment, no threats, no spreading of other people’s private data."),
    N_("Nothing illegal, and no pictures of children that should not be pictures."),
    N_("Cover what not everybody wants to see at breakfast: use a content warning."),
    N_("Describe your pictures for those who cannot see them."),
    N_("No spam, no undisclosed bots, no pretending to be somebody else."),
)
