"""The index of names and texts of a graph: how it is written, kept up to date and searched."""
