"""Where memos are kept, in which form, and whose are taken."""
