"""Functions: which code a cell or call reaches, and its source."""
