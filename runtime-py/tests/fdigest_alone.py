"""xetcache.fdigest for tests, also where the packages that the rest of xetcache needs are not installed."""

import pathlib
import sys
import types

FOLDER = pathlib.Path(__file__).resolve().parents[1]

sys.path.insert(0, str(FOLDER))
try:
    from xetcache.source import fdigest
except ImportError:
    package = types.ModuleType("xetcache")
    package.__path__ = [str(FOLDER / "xetcache")]
    sys.modules["xetcache"] = package
    from xetcache.source import fdigest

__all__ = ["fdigest"]
