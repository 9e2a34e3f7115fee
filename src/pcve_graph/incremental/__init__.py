"""From sheets to a checked graph on disk, and what a change can touch of it."""
