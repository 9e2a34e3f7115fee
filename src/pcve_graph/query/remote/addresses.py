"""The addresses of a SPARQL server: for queries, updates and its graph store."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from ...system.http.addresses import normal_url


@dataclass(frozen=True, slots=True)
class EndpointAddresses:
    """The URLs of a server for queries, updates and its graph store; empty if not given."""

    query: str
    update: str = ""
    store: str = ""

    def __post_init__(self) -> None:
        """Raises UsageError for an invalid http or https URL, and for one with a password."""
        object.__setattr__(self, "query", normal_url(self.query))
        for name in ("update", "store"):
            if url := getattr(self, name):
                object.__setattr__(self, name, normal_url(url))

    def with_derived(self, server: str, authenticated: bool) -> EndpointAddresses:
        """These addresses, with missing ones derived from the query address.

        `/query` goes with `/update` and `/store` (Oxigraph), `/<dataset>/query` or `/sparql` with
        `/update` and `/data` (Fuseki), `/repositories/<name>` with its `/statements` and
        `/rdf-graphs/service` (RDF4J, GraphDB); other servers receive updates at the query address.
        Virtuoso (recognized by `server`, its `Server` header) has `/sparql-graph-crud`, and `-auth`
        variants for an `authenticated` user. `store` stays empty for other servers.
        """
        parts = urlsplit(self.query)
        base, _, last = parts.path.rstrip("/").rpartition("/")
        update, store = parts.path, ""
        if "virtuoso" in server.lower():
            suffix = "-auth" if authenticated else ""
            update, store = f"{base}/sparql{suffix}", f"{base}/sparql-graph-crud{suffix}"
        elif last == "query" or (last == "sparql" and base):
            update, store = f"{base}/update", f"{base}/{'data' if base else 'store'}"
        elif base.endswith("/repositories"):
            update, store = f"{base}/{last}/statements", f"{base}/{last}/rdf-graphs/service"
        derived = [
            urlunsplit(parts._replace(path=path)) if path else "" for path in (update, store)
        ]
        return EndpointAddresses(self.query, self.update or derived[0], self.store or derived[1])
