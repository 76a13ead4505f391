"""Memoized functions and calls."""
