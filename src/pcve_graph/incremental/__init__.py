"""What a build reads, what has changed since the last one, and which nodes a change can affect.

A first reading may skip this package: a whole build gives the same graph without it. To change how
changed files become added and removed triples, open `change`; what is stored between builds,
`dependency_index`; what a rule depends on, `rule_patterns`; how a changed triple leads to the nodes
to validate again, `affected`; how the graph after a change is read, `graph_view`.
"""
