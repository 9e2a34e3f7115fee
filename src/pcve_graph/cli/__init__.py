"""What `pcve` does: the only rooms that print, exit, and read the clock or the environment."""
