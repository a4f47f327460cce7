"""Pictures at other sizes: undo that they were enlarged, and bring cells to whole pixels."""
