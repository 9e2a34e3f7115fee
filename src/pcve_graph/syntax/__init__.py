"""Readers of the syntaxes of the project, with line and column of everything that they read.

To change how records are read, open `yaml`, `json` or `tree` (their common nodes and refusals);
which RDF files are refused before they are parsed, `turtle_check`,
`jsonld_check` or `rdfxml_check`; how SPARQL is tokenized or refused, the `sparql_` modules; where a
statement stands in an RDF file, the package `positions`.
"""
