"""Coverage: who works where on what, and where nothing is recorded.

`matrix` counts by economy and a second axis, `gaps` finds cells with no or weak records, `report`
writes the matrix. To change an axis or a row, open matrix; what counts as weak, open gaps.
"""
