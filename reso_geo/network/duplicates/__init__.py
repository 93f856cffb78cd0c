"""Each street once: points that coincide, streets drawn twice, sidewalks, second carriageways."""
