"""Memoized notebook cells and functions: run once, replay everywhere.

    import xetcache                                    # in a notebook: registers %%xetmemo

    %%xetmemo input=df,clean_data output=model
    @xetmemo
    xeteval(slow_function, x)
"""

from .config import (
    get_line,
    get_max_size,
    get_memo_path,
    get_runtime_threshold,
    login,
    set_line,
    set_max_size,
    set_memo_path,
    set_require_signed,
    set_runtime_threshold,
    set_store,
    set_versions,
    set_xet_project,
)
from .calls.decorator import xeteval, xeteval_always, xetmemo
from .errors import XetCacheError
from .key.standins import file, opaque
from .notebook.extension import load_ipython_extension
from .notebook.status import explain, stats

__version__ = "1.0.0"

__all__ = [
    "XetCacheError",
    "explain",
    "file",
    "get_line",
    "get_max_size",
    "get_memo_path",
    "get_runtime_threshold",
    "load_ipython_extension",
    "login",
    "opaque",
    "set_line",
    "set_max_size",
    "set_memo_path",
    "set_require_signed",
    "set_runtime_threshold",
    "set_store",
    "set_versions",
    "set_xet_project",
    "stats",
    "xeteval",
    "xeteval_always",
    "xetmemo",
]


def _register() -> None:
    from IPython import get_ipython

    shell = get_ipython()
    if shell is not None:
        load_ipython_extension(shell)


_register()
