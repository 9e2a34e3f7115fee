"""Graphs on SPARQL 1.1 servers: queries, updates and the upload of a build.

`endpoint` sends queries and updates through `http` (retries, redirects, authentication) over
`connection` (sockets, deadlines). To change the parsing of responses open `answers`, the limits
against harmful ones `guards`, the error messages `messages`, the steps of an upload `upload`.
"""
