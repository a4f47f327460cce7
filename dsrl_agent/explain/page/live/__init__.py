"""Show a running agent: its board and its beliefs can be edited, and it acts on them."""
