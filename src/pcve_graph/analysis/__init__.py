"""The landscape: projects and events as they are compared, counted and set in time."""
