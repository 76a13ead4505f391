"""What a memo is found by."""
