"""What an application asks for, in words for people. Translated with the pages' catalogues."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from raf.identity.scopes import grants

if TYPE_CHECKING:
    from raf.web.languages import Language


def N_(message: str) -> str:
    """Marks a message for translation where it is only kept."""
    return message


SENTENCES = {
    "read": N_("Read everything you can see, your private posts and notifications too"),
    "write": N_("Post, edit and delete in your name, and change your profile"),
    "follow": N_("Change whom you follow, block and mute"),
    "profile": N_("Read your name and picture"),
    "push": N_("Send you notifications"),
    "read:accounts": N_("Read accounts"),
    "read:blocks": N_("See whom you block"),
    "read:bookmarks": N_("See your bookmarks"),
    "read:favourites": N_("See what you like"),
    "read:filters": N_("See your filters"),
    "read:follows": N_("See whom you follow"),
    "read:lists": N_("See your lists"),
    "read:mutes": N_("See whom you mute"),
    "read:notifications": N_("See your notifications"),
    "read:search": N_("Search in your name"),
    "read:statuses": N_("Read every post you can see"),
    "write:accounts": N_("Change your profile"),
    "write:blocks": N_("Block people"),
    "write:bookmarks": N_("Bookmark posts"),
    "write:conversations": N_("Mute and delete conversations"),
    "write:favourites": N_("Like posts"),
    "write:filters": N_("Make filters"),
    "write:follows": N_("Follow people"),
    "write:lists": N_("Make lists"),
    "write:media": N_("Upload pictures"),
    "write:mutes": N_("Mute people"),
    "write:notifications": N_("Clear your notifications"),
    "write:reports": N_("Report people"),
    "write:statuses": N_("Post and delete in your name"),
    "admin:read": N_("See all that moderators see"),
    "admin:write": N_("Moderate in your name"),
    "admin:read:accounts": N_("See what moderators see of accounts"),
    "admin:read:reports": N_("See reports"),
    "admin:read:domain_allows": N_("See which servers are allowed"),
    "admin:read:domain_blocks": N_("See which servers are blocked"),
    "admin:read:ip_blocks": N_("See which network addresses are blocked"),
    "admin:read:email_domain_blocks": N_("See which e-mail domains are blocked"),
    "admin:read:canonical_email_blocks": N_("See which e-mail addresses are blocked"),
    "admin:write:accounts": N_("Judge accounts in your name"),
    "admin:write:reports": N_("Work on reports in your name"),
    "admin:write:domain_allows": N_("Allow servers"),
    "admin:write:domain_blocks": N_("Block servers"),
    "admin:write:ip_blocks": N_("Block network addresses"),
    "admin:write:email_domain_blocks": N_("Block e-mail domains"),
    "admin:write:canonical_email_blocks": N_("Block e-mail addresses"),
}


def sentences(language: Language, scopes: Sequence[str]) -> list[str]:
    """One sentence a scope; what a wider scope says already is not said again."""
    implied = {child for scope in scopes for child in grants([scope]) if child != scope}
    return [str(language.say(SENTENCES[scope])) for scope in scopes if scope not in implied]
