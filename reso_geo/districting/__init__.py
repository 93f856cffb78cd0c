"""The engine: connected regions, their beats, what a beat measures, moves, local search."""
