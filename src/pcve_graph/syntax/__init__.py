"""How people write: YAML, JSON and SPARQL, read with the place of every word."""
