"""What each kind of letter says. Written in English; the other languages are in the catalogue of the pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from raf.letters.letter import Item, Letter
from raf.web.languages import Language
from raf.web.notices import N_


class Occasion(NamedTuple):
    """What a letter is written about. `key` is the secret of its link, when its kind has one."""

    language: Language
    title: str
    url: str
    name: str
    about: Mapping[str, Any]
    key: str = ""
    stop: str = ""

    def say(self, message: str, **values: Any) -> str:
        """Plain words in the language of the reader."""
        return self.language.words(message) % values if values else self.language.words(message)

    def told(self, name: str) -> str:
        return str(self.about.get(name, ""))


KEYS = {"confirm": "confirm", "new_address": "new_address", "old_address": "old_address", "reset": "reset"}
"""Which kinds hold a link that opens something, and its purpose."""

ACTIONS = {
    "none": N_("This is a warning. Nothing else has changed."),
    "delete_statuses": N_("Some of your posts were deleted."),
    "mark_statuses_as_sensitive": N_("Some of your posts are covered as sensitive now."),
    "sensitive": N_("Pictures in your posts are covered as sensitive from now on."),
    "silence": N_("Your posts are shown to your followers only, and not in common feeds."),
    "disable": N_("You cannot use your account for now. What you posted is still there."),
    "suspend": N_("Your account is suspended. Nobody sees it any more."),
}
"""What the moderators did, by the action of a strike."""
NEWS = {
    "mention": N_("%(name)s mentioned you"),
    "status": N_("%(name)s posted"),
    "reblog": N_("%(name)s boosted your post"),
    "follow": N_("%(name)s follows you now"),
    "follow_request": N_("%(name)s asks to follow you"),
    "favourite": N_("%(name)s likes your post"),
    "quote": N_("%(name)s quoted your post"),
}
"""The kinds of notifications that letters may tell of."""
PROTECTED = {
    "password_changed": (
        N_("Your password is changed"),
        N_("The password of @%(name)s was changed. Other browsers and apps are logged out."),
    ),
    "factor_on": (N_("Two factors are on"), N_("Whoever logs in to @%(name)s needs a code of your authenticator from now on.")),
    "factor_off": (N_("Two factors are off"), N_("The password alone opens @%(name)s again.")),
    "codes_renewed": (
        N_("You have new recovery codes"),
        N_("New recovery codes were made for @%(name)s. The old ones open nothing any more."),
    ),
    "passkey_added": (N_("A passkey was added"), N_("A new passkey opens @%(name)s.")),
    "passkey_removed": (N_("A passkey was removed"), N_("A passkey opens @%(name)s no more.")),
}
NOT_YOU = N_("If it was not you, set a new password at once and look at where you are logged in.")


def confirm(it: Occasion) -> Letter:
    return Letter(
        subject=it.say("Confirm your address for %(title)s", title=it.title),
        heading=it.say("Welcome, %(name)s", name=it.name),
        paragraphs=[it.say("One step is left: say that this mailbox is yours, and your account is open.")],
        button=(it.say("Confirm the address"), f"{it.url}/confirm?key={it.key}"),
        after=[it.say("The link holds for seven days. If you did not sign up, leave this letter alone and nothing happens.")],
        closing=_why(it),
    )


def new_address(it: Occasion) -> Letter:
    return Letter(
        subject=it.say("Confirm your new address for %(title)s", title=it.title),
        heading=it.say("Is this your mailbox?"),
        paragraphs=[it.say("@%(name)s is to get its letters here from now on.", name=it.name)],
        button=(it.say("Confirm the address"), f"{it.url}/confirm?key={it.key}"),
        after=[it.say("The link holds for two days. The change is made when the old mailbox has agreed as well.")],
        closing=_why(it),
    )


def old_address(it: Occasion) -> Letter:
    return Letter(
        subject=it.say("Your address at %(title)s is to be changed", title=it.title),
        heading=it.say("Another address for @%(name)s", name=it.name),
        paragraphs=[
            it.say("Somebody who knows your password wants letters to go to %(email)s instead.", email=it.told("email"))
        ],
        button=(it.say("Agree to the change"), f"{it.url}/confirm?key={it.key}"),
        after=[it.say("The link holds for two days. Without it nothing changes."), it.say(NOT_YOU)],
        closing=_why(it),
    )


def address_changed(it: Occasion) -> Letter:
    return Letter(
        subject=it.say("Your address at %(title)s is changed", title=it.title),
        heading=it.say("Your address is changed"),
        paragraphs=[it.say("Letters to @%(name)s go to %(email)s from now on.", name=it.name, email=it.told("email"))],
        button=(it.say("Look at your security"), f"{it.url}/settings/security"),
        after=[it.say("If it was not you, write to those who run this place.")],
        closing=_why(it),
    )


def reset(it: Occasion) -> Letter:
    return Letter(
        subject=it.say("A new password for %(title)s", title=it.title),
        heading=it.say("A new password for @%(name)s", name=it.name),
        paragraphs=[it.say("Somebody, we hope you, said that the password is forgotten. Choose another one here.")],
        button=(it.say("Choose a new password"), f"{it.url}/reset?key={it.key}"),
        after=[it.say("The link holds for one hour and opens once. If it was not you, leave this letter alone.")],
        closing=_why(it),
    )


def protected(it: Occasion) -> Letter:
    subject, words = PROTECTED[it.told("what")]
    return Letter(
        subject=it.say(subject),
        heading=it.say(subject),
        paragraphs=[it.say(words, name=it.name)],
        button=(it.say("Look at your security"), f"{it.url}/settings/security"),
        after=[it.say(NOT_YOU)],
        closing=_why(it),
    )


def log_in(it: Occasion) -> Letter:
    return Letter(
        subject=it.say("A new log-in to %(title)s", title=it.title),
        heading=it.say("Somebody logged in as @%(name)s", name=it.name),
        paragraphs=[it.say("It was from a browser that has not been here before.")],
        items=[Item(it.told("device"), it.told("address")), Item(it.language.long_date(float(it.about.get("at", 0))) + " UTC")],
        button=(it.say("Look at your security"), f"{it.url}/settings/security"),
        after=[it.say("If it was you, all is well."), it.say(NOT_YOU)],
        closing=_why(it),
    )


def warning(it: Occasion) -> Letter:
    action = ACTIONS.get(it.told("action"), ACTIONS["none"])
    return Letter(
        subject=it.say("The moderators of %(title)s decided about your account", title=it.title),
        heading=it.say("A decision about @%(name)s", name=it.name),
        paragraphs=[it.say(action)],
        quote=it.told("text"),
        button=(it.say("Read it and answer"), f"{it.url}/standing"),
        after=[it.say("If you think it is wrong, you may appeal there within twenty days. Another person will read it.")],
        closing=_why(it),
    )


def appeal(it: Occasion) -> Letter:
    good = bool(it.about.get("approved"))
    words = N_("The moderators agree with you, and have taken the decision back.")
    stands = N_("The moderators have read it. The decision stands.")
    return Letter(
        subject=it.say("Your appeal is decided"),
        heading=it.say("Your appeal is decided"),
        paragraphs=[it.say(words if good else stands)],
        button=(it.say("Your standing"), f"{it.url}/standing"),
        closing=_why(it),
    )


def welcome(it: Occasion) -> Letter:
    return Letter(
        subject=it.say("Your account at %(title)s is open", title=it.title),
        heading=it.say("Come in, %(name)s", name=it.name),
        paragraphs=[it.say("The moderators have let you in. Say hello, or follow somebody from the local feed.")],
        button=(it.say("Go to %(title)s", title=it.title), f"{it.url}/home"),
        closing=_why(it),
    )


def turned_away(it: Occasion) -> Letter:
    return Letter(
        subject=it.say("Your account at %(title)s was not opened", title=it.title),
        heading=it.say("Not this time"),
        paragraphs=[
            it.say("The moderators decided not to open the account @%(name)s. What you wrote is deleted.", name=it.name)
        ],
        closing=_why(it),
    )


def news(it: Occasion) -> Letter:
    found: list[dict[str, str]] = list(it.about.get("items", ()))
    words = [NEWS[one["kind"]] for one in found]
    told = zip(words, found, strict=True)
    items = [Item(it.say(happened, name=one["name"]), one["words"], it.url + one["place"]) for happened, one in told]
    more = int(it.about.get("more", 0))
    subject = items[0].heading if len(items) == 1 and not more else it.say("News at %(title)s", title=it.title)
    return Letter(
        subject=subject,
        heading=it.say("While you were away"),
        paragraphs=[],
        items=items,
        button=(it.say("All notifications"), f"{it.url}/notifications"),
        after=[str(it.language.plural("And %(num)s more.", "And %(num)s more.", more))] if more else [],
        closing=it.say("You get this because you asked %(title)s to write when something happens.", title=it.title),
        stop=(it.say("No more letters about news"), it.stop),
    )


def trial(it: Occasion) -> Letter:
    return Letter(
        subject=it.say("Mail of %(title)s works", title=it.title),
        heading=it.say("The mail works"),
        paragraphs=[it.say("Who runs this place asked for a letter, to see whether one arrives. It did.")],
        closing=_why(it),
    )


def _why(it: Occasion) -> str:
    return it.say("%(title)s writes because of the account @%(name)s.", title=it.title, name=it.name)


LETTERS: dict[str, Callable[[Occasion], Letter]] = {
    "confirm": confirm,
    "new_address": new_address,
    "old_address": old_address,
    "address_changed": address_changed,
    "reset": reset,
    "protected": protected,
    "log_in": log_in,
    "warning": warning,
    "appeal": appeal,
    "welcome": welcome,
    "turned_away": turned_away,
    "news": news,
    "trial": trial,
}
