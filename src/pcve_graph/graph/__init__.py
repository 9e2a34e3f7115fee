"""The saved graph and the readers that several packages share.

To change what a build writes where, open `generations` and `build_folder`; how damage is detected,
`sums`; how a saved graph is opened, `store`; how a label is chosen, `labels`; how claims are read,
`claims`; how triples are serialized, `serialize`.
"""
