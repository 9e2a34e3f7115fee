"""Exports of the graph, or of a self-contained subset, in common formats.

To add a format, write its module and list it in `formats`. To change which statements a subset
contains, open `select`; the columns of CSV, Parquet and XLSX, `tables`; how all formats read
entities, `entities`.
"""
