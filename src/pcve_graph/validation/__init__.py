"""Shapes and checks: validating the graph, a change to it, or any RDF document.

To change how a SHACL engine is called, open `shacl` and `engines`; what a message says, `results`
(and `model/messages`); what a build requires, `gate` and `incremental_gate`; what `pcve validate`
reads and writes, `run`, `documents`, `document_check` and `report`; what `pcve explain` shows,
`class_help`, `rule_help` and `rules/<class>.yml`, and `northtown.ttl` for the examples.
"""
