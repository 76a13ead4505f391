"""One digest of a value, the same in every process and on every machine."""

from .errors import OverBudget, Refused, Unhashable
from .hashing import ALGORITHM, hash_bytes
from .walk import Names, digest, digest_and_objects

__all__ = ["ALGORITHM", "Names", "OverBudget", "Refused", "Unhashable", "digest", "digest_and_objects", "hash_bytes"]
