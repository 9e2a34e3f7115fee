"""Anybody's files against the shapes: located, explained and reported."""
