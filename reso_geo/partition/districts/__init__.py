"""Districts: groups of neighbouring beats with equal load."""
