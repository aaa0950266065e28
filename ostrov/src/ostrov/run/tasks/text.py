"""Text of any origin, made fit for both databases: no NUL, no lone surrogates, bounded."""

from __future__ import annotations


def storable(text: str, longest: int) -> str:
    """The text with what cannot be stored replaced; of a longer one the beginning and the end."""
    if not text.isascii() or "\0" in text:
        text = text.replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "backslashreplace").decode()
    if len(text) > longest:
        half = longest // 2
        text = f"{text[:half]}\n… {len(text) - 2 * half} characters left out …\n{text[-half:]}"
    return text
