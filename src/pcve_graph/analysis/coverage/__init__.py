"""Coverage: who works where on what, and where nothing is recorded.

`matrix` counts by economy and a second axis, `basis` says what its numbers rest on, `searches`
which cells were searched, `gaps` finds those where nothing was found, `needs` what responds to
needs, `report` writes the matrix and `cells` one cell of it. To change an axis or a row, open
matrix; when a search covers a cell, searches; what is weak, gaps.
"""
