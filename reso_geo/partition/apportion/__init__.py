"""Apportionment: how many beats each city gets, and what they are called."""
