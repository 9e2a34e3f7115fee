"""Analyses of the saved graph: counts, timelines, gaps and overlaps of projects and events.

`load` reads the graph into the `Landscape` of `works`; all analyses work on that. `scope` selects
from it, `standing` says how facts stand, `tables` and `charts` write results. To change who works
where on what, open coverage/matrix; what counts as a gap, coverage/gaps; what responds to a need,
coverage/needs; which pairs are compared, overlaps/candidates; their score, overlaps/score; its
weights, queries/landscape/weights.yml.
"""
