"""What a browser says it is, in two words."""

from __future__ import annotations

import re

BROWSERS = ("Edg", "OPR", "YaBrowser", "Vivaldi", "Firefox", "Chrome", "Safari")
NAMES = {"Edg": "Edge", "OPR": "Opera", "YaBrowser": "Yandex Browser"}
SYSTEMS = ("Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux")


def device_of(user_agent: str) -> str:
    """A browser and its system in two words, as far as its name tells."""
    browser = next((name for name in BROWSERS if name in user_agent), "")
    system = next((name for name in SYSTEMS if name in user_agent.replace("Mac OS X", "Mac OS")), "")
    words = [NAMES.get(browser, browser), system]
    return " · ".join(word for word in words if word) or re.split(r"[/ ]", user_agent)[0][:40] or "?"
