"""Queries of a graph: saved queries, their parameters, execution and rendering.

`saved` reads the project's queries and `foreign` those from outside; `parameters` and `binding`
substitute values; `execute` runs a query, `worker` with limits on time and memory. `why` explains a
row, `show` describes one thing. `remote` does the same on a SPARQL endpoint. To change the header
of a query open `saved`, a type of parameter `parameters`, the form of answers `render`.
"""
