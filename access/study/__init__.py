"""The world in one record, what we ask of it, and the folder that holds both."""
