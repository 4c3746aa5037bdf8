"""A real Home Assistant with simulated DMED4 meters, to look at or to check."""
