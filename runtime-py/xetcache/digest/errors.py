"""Why a value has no digest."""

from __future__ import annotations


class Unhashable(TypeError):
    """A value that has no digest: it stands for something outside (a connection, a lock) or hides its state."""

    def __init__(self, type_: type, why: str = ""):
        self.type = type_
        self.why = why
        name = type_.__qualname__ if type_.__module__ == "builtins" else f"{type_.__module__}.{type_.__qualname__}"
        super().__init__(f"{name} can't be hashed" + (f" ({why})" if why else ""))


class OverBudget(Exception):
    """The value is larger than the budget given to ``digest``."""


class Refused(Exception):
    """Raised by ``sources`` for a class whose instances it doesn't want in the digest."""
