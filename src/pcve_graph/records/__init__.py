"""Records: files are read, their quotes checked, and their keys mapped to statements and claims.

To change how a file becomes entries, open `files`; which keys a record and a block have, `reader`;
which quads a key becomes, `mapping`; how a quote is matched, `quotes`; what counts as a likely
duplicate, `duplicates`; the canonical text, `formatter`; what `pcve edit new` writes,
`template`.
"""
