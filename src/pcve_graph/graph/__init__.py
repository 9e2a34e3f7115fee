"""Answers from a graph, their evidence and their forms."""
