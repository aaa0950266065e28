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
    "packing": N_("Your archive is being packed."),
    "arriving": N_("It is being taken in. You may go on meanwhile."),
    "passkey": N_("The passkey is here. Next time it will let you in."),
    "passkey_gone": N_("That passkey opens nothing any more."),
    "gone": N_("Your account is deleted. Fare well."),
    "connected": N_("Connected. Next time you can log in with it."),
    "disconnected": N_("It opens this account no more."),
    "unconnected": N_("It was not connected: another account has it, or it took too long."),
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
    "done": N_("Done. It stands in the log."),
    "reported": N_("Thank you. A moderator will look at it."),
    "appealed": N_("Your appeal is sent. A moderator will read it."),
    "list_gone": N_("The list is gone. You go on following its people."),
    "filter_gone": N_("The filter is gone."),
    "filtered": N_("The post is filtered."),
    "no_tag": N_("This cannot be a tag."),
    "noted": N_("The note is kept."),
    "removed": N_("They do not follow you any more."),
}
