"""The tables of a plan and the files that hold them."""
