"""Releases: the graph in all formats with its descriptions, reproducible byte for byte.

To change which files a release has, open `build`; the facts about it (version, date, licence),
`metadata`; VoID, DCAT, PROV and RO-Crate, `void_dcat_prov`; the SPARQL service description,
`service_description`; README and citation, `readme`; the comparison with a rebuild, `verify`.
"""
