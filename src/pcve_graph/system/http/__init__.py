"""HTTP as a client, within limits of time and size: addresses, a request, the body of a response.

Servers of SPARQL (`query.remote`) and the pages of sources (`evidence.fetching`) use it. To change
which addresses may be connected to, open `public_addresses`.
"""
