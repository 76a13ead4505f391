"""The command ``xetcache``."""

from .command import main

__all__ = ["main"]
