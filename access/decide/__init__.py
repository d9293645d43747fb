"""Decide: which places should open, how sure that is the best choice, and what else there is."""
