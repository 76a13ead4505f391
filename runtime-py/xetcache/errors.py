"""The error that this package raises at its user."""


class XetCacheError(Exception):
    """A call that can't be done as asked; the message says what to do instead."""
