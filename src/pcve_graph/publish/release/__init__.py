"""What is published: the graph and its description, whole, to rebuild, and with what changed."""
