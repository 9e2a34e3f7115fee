"""Coverage: who works where on what, and where nothing is recorded.

`matrix` counts by economy and a second axis, `searches` says which cells were searched, `gaps`
finds those where nothing was found, `report` writes the matrix and `cells` one cell of it. To
change an axis or a row, open matrix; when a search covers a cell, searches; what is weak, gaps.
"""
