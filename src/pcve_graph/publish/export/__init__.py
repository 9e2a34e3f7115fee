"""The graph, or a coherent part of it, in other people's formats."""
