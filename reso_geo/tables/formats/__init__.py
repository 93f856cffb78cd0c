"""Formats of tables: each file format as sheets of cells."""
