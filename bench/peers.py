"""The virtual environment of the peers, made once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
WANTED = TOP / "bench" / "peers.txt"
BASE = Path(sys.base_prefix) / "bin" / f"python{sys.version_info.major}.{sys.version_info.minor}"
HOME = TOP / "var" / "venvs" / "peers"
WORK = TOP / "var" / "bench"


def peers_bin() -> Path:
    """The `bin` folder of the peers' environment, installed when it is missing or its pins changed."""
    stamp = HOME / "installed.txt"
    if not stamp.exists() or stamp.read_text() != WANTED.read_text():
        print("installing the peers …", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", "--clear", HOME], check=True)
        subprocess.run([BASE, "-m", "pip", "--python", HOME / "bin" / "python", "install", "-q", "-r", WANTED], check=True)
        stamp.write_text(WANTED.read_text())
    return HOME / "bin"
