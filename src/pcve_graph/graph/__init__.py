"""The saved graph, the ontology and the readers that several packages share.

To change what a build writes where, open `generations` and `build_folder`; how damage is detected,
`sums`; which files are inputs of a build and whether they changed, `inputs`; how a saved graph is
opened, `store`; how ontology/ is read, `ontology`; how pcve.toml is read, `settings`; how a label
is chosen, `labels`; how claims are read, `claims`; how triples are serialized, `serialize`.
"""
