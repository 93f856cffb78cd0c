"""OSMnx graphs, of files or in memory: their streets, and where these are in degrees."""
