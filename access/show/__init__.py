"""Handing over: the map, the report and the tables."""
