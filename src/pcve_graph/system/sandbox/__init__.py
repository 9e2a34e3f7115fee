"""Processes with bounds of time and memory, in which all that reads foreign content runs."""
