"""A knowledge graph of work against violent extremism: every fact with its source."""

__version__ = "0.1.0"
