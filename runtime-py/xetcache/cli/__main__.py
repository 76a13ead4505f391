"""``python -m xetcache.cli``."""

import sys

from . import main

sys.exit(main())
