"""Programs of other people that speak Mastodon's API, each in a virtual environment of its own, made once."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

BASE = Path(sys.base_prefix) / "bin" / f"python{sys.version_info.major}.{sys.version_info.minor}"
"""The Python under this virtual environment, which has pip."""
HOME = Path(__file__).parents[3] / "var" / "venvs"
PINNED = {"toot": "toot==0.52.1", "mastodon_py": "Mastodon.py==2.3.3", "schemathesis": "schemathesis==4.32.5"}


def environment_of(name: str) -> Path:
    """The folder of a client's virtual environment, made at its first use."""
    folder, wanted = HOME / name, PINNED[name]
    HOME.mkdir(parents=True, exist_ok=True)
    with (HOME / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        made = folder / "installed"
        if not made.exists() or made.read_text() != wanted:
            subprocess.run([sys.executable, "-m", "venv", "--clear", "--without-pip", folder], check=True)
            pip = [BASE, "-m", "pip", "--python", folder / "bin" / "python", "install", "-q", wanted]
            subprocess.run(pip, check=True)
            made.write_text(wanted)
    return folder


class Toot:
    """The command `toot` with a configuration of its own: one person at one terminal."""

    def __init__(self, url: str, home: Path) -> None:
        self.url = url
        self._program = environment_of("toot") / "bin" / "toot"
        home.mkdir(parents=True, exist_ok=True)
        self._environ = {"HOME": str(home), "XDG_CONFIG_HOME": str(home), "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}

    def __call__(self, *arguments: str, answer: str = "") -> str:
        """What it prints. Fails when it fails."""
        done = subprocess.run(
            [self._program, *arguments],
            input=answer,
            capture_output=True,
            text=True,
            env=self._environ,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, f"toot {' '.join(arguments)}: {done.stdout}{done.stderr}"
        return done.stdout

    def json(self, *arguments: str) -> Any:
        """What it prints as JSON."""
        return json.loads(self(*arguments, "--json"))


PRELUDE = """
import json, os, sys, time
from mastodon import Mastodon, StreamListener
import mastodon as library
given = json.loads(sys.argv[1])
url = given["url"]

def until(condition, seconds=20):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError("it did not come true in time")

"""


class MastodonPy:
    """Runs a script with Mastodon.py; `given` holds what it is handed, `result` what it hands back."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._python = environment_of("mastodon_py") / "bin" / "python"

    def run(self, script: str, **given: Any) -> Any:
        """The script's `result`. Fails when it fails."""
        source = PRELUDE + script + "\nprint(json.dumps(result, default=str))"
        done = subprocess.run(
            [self._python, "-W", "ignore", "-c", source, json.dumps({"url": self.url} | given)],
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)
