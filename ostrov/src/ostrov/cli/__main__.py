"""`python -m ostrov.cli` is the `ostrov` command."""

import sys

from ostrov.cli import main

sys.exit(main())
