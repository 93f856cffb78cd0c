"""Doors of a plan for who works in memory: what goes in, and what comes out."""
