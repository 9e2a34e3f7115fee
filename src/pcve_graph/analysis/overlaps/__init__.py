"""Overlaps: pairs of projects that do the same, and of events that meet or collide.

`profiles` prepares the works, `candidates` generates pairs, `score` assigns scores and verdicts,
`find` selects the pairs, `reasons` explains them, `report` and `diagram` write them. To change a
verdict, open score (its rules: docs/overlap-score.md); what makes works related, open related.
"""
