"""Shared definitions: problems and their rules, namespaces, the ontology as data, bounds.

To add a rule, open `problems`; to change a namespace or an IRI, `namespaces`; to change how a value
is explained in a message, `messages`; to change what a class or a key holds, `schema` (it is read
from ontology/ by `graph.ontology`).
"""
