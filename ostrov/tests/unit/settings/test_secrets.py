"""Secrets are never shown: by name, by declaration, by file, by descent, nor inside addresses and errors."""

from __future__ import annotations

from typing import Any

import pytest

from ostrov.core.settings.secrets import masked, secret_name

WORD = "hunter2"


def shown(island: Any, key: str, *words: str, environ: dict[str, str] | None = None) -> tuple[str, bool]:
    rows = {row.key: row for row in island.load(*words, environ=environ).tree.shown(history=True)}
    return rows[key].value, rows[key].masked


@pytest.mark.parametrize(
    "name",
    ["password", "db_password", "PASSWORD", "secret", "client_secret", "token", "access_token", "tokens", "key", "api_key",
     "apikey", "keys", "private_key_pem", "credentials", "passphrase", "pass", "db-pass", "pwd", "passwd"],
)  # fmt: skip
def test_names_of_secrets(name: str) -> None:
    assert secret_name(name)


@pytest.mark.parametrize("name", ["monkey", "keyboard", "host", "compass", "passenger", "keyed", "author"])
def test_names_of_others(name: str) -> None:
    assert not secret_name(name)


def test_a_secret_by_name_is_masked(island: Any) -> None:
    assert shown(island, "web.password", f"web.password={WORD}") == ('"********"', True)


def test_a_secret_by_declaration_is_masked(island: Any) -> None:
    assert shown(island, "web.pepper", f"web.pepper={WORD}") == ('"********"', True)


def test_a_declaration_may_say_that_it_is_none(island: Any) -> None:
    assert shown(island, "web.public_key", "web.public_key=abc") == ('"abc"', False)


def test_a_number_or_a_switch_with_such_a_name_is_none(island: Any) -> None:
    assert shown(island, "web.token_lifetime") == ("60", False)
    assert shown(island, "web.max_keys") == ("true", False)


def test_an_empty_secret_is_seen_to_be_empty(island: Any) -> None:
    assert shown(island, "web.password") == ('""', False)


@pytest.mark.parametrize(
    ("word", "key"),
    [
        (f"+extra.token={WORD}", "extra.token"),
        ("+extra.pin_token=1234", "extra.pin_token"),
        (f"+extra.tokens.github={WORD}", "extra.tokens.github"),
        (f"+extra.api_keys=[{WORD}]", "extra.api_keys"),
        (f"+web.by_name.a.token={WORD}", "web.by_name.a.token"),
        (f"web.routes=[{{token: {WORD}}}]", "web.routes[0].token"),
        (f"+extra.list=[{{password: {WORD}}}]", "extra.list[0].password"),
    ],
)
def test_secrets_in_free_values_and_lists_are_masked(island: Any, word: str, key: str) -> None:
    assert shown(island, key, word) == ('"********"', True)


def test_everything_in_the_secrets_file_is_one_even_when_it_is_overridden(island: Any) -> None:
    island.write(".secrets.toml", f'[web]\nhost = "{WORD}"\n[extra]\nlist = [1]')
    assert shown(island, "web.host") == ('"********"', True)
    assert shown(island, "extra.list") == ('"********"', True)
    rows = {row.key: row for row in island.load("web.host=other").tree.shown(history=True)}
    assert WORD not in str(rows["web.host"])
    assert rows["web.host"].value == '"********"'


def test_what_was_overridden_is_masked_too(island: Any) -> None:
    island.write("ostrov.toml", f'[web]\npassword = "{WORD}"')
    assert WORD not in str(island.load("web.password=x").tree.shown(history=True))


@pytest.mark.parametrize(
    "value",
    [
        "${web.password}",
        "x${web.password}y",
        "@format {this.web.password}",
        "@format x{this.web.password!r}",
        "@jinja {{ this.web.password }}",
        "@jinja {{ this['web'].PASSWORD | length }}",
        "@jinja {% for name in this.web %}{{ this.web[name] }}{% endfor %}",
        "@str ${web.password}",
        "${extra.between}",
        "@format {this.extra.between}",
        "@format {env[DB_PASSWORD]}",
        "${oc.env:DB_PASSWORD}",
        "@jinja {{ env['DB_PASSWORD'] }}",
        "@jinja {% for name in env %}{{ env[name] }}{% endfor %}",
        "${extra.list[0].password}",
        "x${extra.list}",
        "@format {this.extra.list[0]}",
        "@jinja {{ this.extra.list[0].password }}",
        "@jinja {{ this.extra.address.split(':')[2] }}",
    ],
)
def test_what_is_built_from_a_secret_is_one(island: Any, value: str) -> None:
    island.write(
        "ostrov.toml",
        f"""[extra]
between = "<${{web.password}}>"
list = [{{password = "{WORD}", name = "x"}}]
address = "postgresql://ann:{WORD}@h/db"
""",
    )
    words = [f"web.password={WORD}", f"web.banner={value}"]
    if "this.web[name]" in value:  # not through itself
        words = [f"web.password={WORD}", f"+extra.all={value}"]
    loaded = island.load(*words, environ={"DB_PASSWORD": WORD})
    assert WORD not in str(loaded.tree.shown(history=True))
    assert loaded.tree.leaf("extra.all" if "+extra" in words[1] else "web.banner").secret


def test_what_stands_beside_a_secret_is_none(island: Any) -> None:
    island.write("ostrov.toml", f'[[extra.list]]\npassword = "{WORD}"\nname = "x"')
    assert shown(island, "web.banner", "web.banner=${extra.list[0].name}") == ('"x"', False)


def test_the_order_of_reading_does_not_matter(island: Any) -> None:
    island.write(
        "ostrov.toml", '[extra]\na = "${extra.b}"\nb = "${extra.c}"\nc = "${web.pepper}"\nd = "${extra.b}"\ne = "${db.engine}"'
    )
    tree = island.load(f"web.pepper={WORD}").tree
    assert [tree.leaf(f"extra.{name}").secret for name in "abcde"] == [True, True, True, True, False]


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("postgresql://ann:hunter2@h:5432/db", "postgresql://ann:********@h:5432/db"),
        ("redis://:hunter2@h/0", "redis://:********@h/0"),
        ("postgresql://ann:hun@ter2@h/db", "postgresql://ann:********@h/db"),
        ("postgresql://ann:hun/ter2@h/db", "postgresql://ann:********@h/db"),
        ("postgresql://ann:123456@h/db", "postgresql://ann:********@h/db"),
        ("postgresql://h/db?user=ann&password=hunter2&x=1", "postgresql://h/db?user=ann&password=********&x=1"),
        ("host=h password='hunter2 x' user=ann", "host=h password=******** user=ann"),
        ("https://h:8000/path", "https://h:8000/path"),
        ("https://ann@h/path", "https://ann@h/path"),
        ("https://h:8000/@ann", "https://h:8000/@ann"),
        ("http://[::1]:8000/", "http://[::1]:8000/"),
    ],
)
def test_the_password_in_an_address_is_masked(text: str, safe: str) -> None:
    assert masked(text) == safe


def test_an_address_in_the_database_setting_is_masked(island: Any) -> None:
    word = f"db.url=postgresql://ann:{WORD}@h/db"
    assert shown(island, "db.url", word) == ('"postgresql://ann:********@h/db"', True)
    assert island.load(word).settings.db.url.endswith(f"{WORD}@h/db")


def test_asking_for_a_value_masks_it_unless_it_is_revealed(island: Any) -> None:
    tree = island.load(f"web.password={WORD}", f"db.url=postgresql://ann:{WORD}@h/db").tree
    assert WORD not in str(tree.told("web"))
    assert WORD not in str(tree.told("db.url"))
    assert tree.told("web.password", reveal=True) == WORD


@pytest.mark.parametrize(
    "words",
    [
        (f"web.password=[{WORD}]${{nope}}",),
        (f"web.password=${{{WORD}}}",),
        (f"web.pepper=@int {WORD}",),
        (f"web.pepper=@jinja {{{{ {WORD} }}}}",),
        (f"web.pepper=@format {{{WORD}}}",),
        (f"web.password={WORD}", "web.banner=@int ${web.password}"),
        (f"web.password={WORD}", "web.token_lifetime=${web.password}"),
        (f"web.password={WORD}", "web.mode=${web.password}"),
        (f"web.password={WORD}", "web.banner=${web.${web.password}}"),
        (f"db.url=postgresql://a:{WORD}@h/db", "web.banner=@int ${db.url}"),
        (f"web.password={{a: {WORD}", "web.port=0"),
        (f"+extra.tokens.a={WORD}", "web.port=${extra.tokens.a}"),
        (f"web.password=choice({WORD},x)",),
        (f"+extra.list=[{{password: '@int {WORD}'}}]",),
        (f"+extra.list=[{{a: {{password: '@format {{{WORD}}}'}}}}]",),
        (f"+extra.list=[{{password: {WORD}, a: '@int x'}}]",),
        (f"web.routes=[{{token: [{WORD}]}}]",),
        (f"+extra.url=postgresql://a:{WORD}@h/db", "web.port=${extra.url}"),
    ],
)
def test_errors_do_not_tell_a_secret(island: Any, words: tuple[str, ...]) -> None:
    assert WORD not in str(island.refused(*words))


def test_a_wrong_value_in_the_secrets_file_is_not_told(island: Any) -> None:
    island.write(".secrets.toml", f'[web]\nport = "{WORD}"\nmode = "{WORD}"')
    problem = island.refused()
    assert WORD not in str(problem)
    assert problem.cause.startswith(".secrets.toml:")


def test_the_settings_do_not_print_themselves(island: Any) -> None:
    loaded = island.load(f"+extra.a={WORD}")
    assert WORD not in repr(loaded.settings)
    assert WORD not in repr(loaded.tree.view)
