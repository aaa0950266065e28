"""What a page says about the form that led to it."""

from __future__ import annotations


def N_(message: str) -> str:
    """Marks a message for translation where it is only kept."""
    return message


NOTICES = {
    "posted": N_("Poured. Your post is out."),
    "edited": N_("The post is changed."),
    "deleted": N_("The post is gone."),
    "scheduled": N_("It waits for its time."),
    "talk_away": N_("Put away, until somebody says more."),
    "revoked_quote": N_("Your post is not in it any more."),
    "saved": N_("Saved."),
    "password": N_("The password is changed. Other browsers and apps are logged out."),
    "email": N_("From now on you log in with the new address."),
    "unguarded": N_("Codes are not asked for any more."),
    "arriving": N_("It is being taken in. You may go on meanwhile."),
    "late": N_("That took too long. Log in again."),
    "session": N_("That browser is logged out."),
    "revoked": N_("The app may not act for you any more."),
    "cleared": N_("Nothing is left to read."),
    "let_in": N_("Let in. Their news comes at once from now on."),
    "put_away": N_("Put away."),
    "welcome": N_("Welcome to the island. Say hello, or follow somebody from the local feed."),
    "muted": N_("You will not see them in your feeds."),
    "blocked": N_("Neither of you sees the other now."),
    "pinned": N_("Pinned to your profile."),
    "unpinned": N_("Unpinned."),
    "requested": N_("Asked. They decide whether to let you in."),
    "removed": N_("They do not follow you any more."),
}
