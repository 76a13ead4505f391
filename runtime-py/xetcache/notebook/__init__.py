"""The magic of notebooks, and what the user sees."""
