"""The README and the citation file of a release."""

from __future__ import annotations

import json
from collections.abc import Iterable

from ...model.terms import from_iri
from .metadata import INPUTS, MANIFEST, REFERENCE, SUMS, ReleaseFile, ReleaseInfo


def citation(about: ReleaseInfo) -> bytes:
    """A Citation File Format 1.2.0 file, for a project without one."""
    lines = [
        "cff-version: 1.2.0",
        "message: If you use these data, please cite them as below.",
        "type: dataset",
        f"title: {_quoted(about.title)}",
        f"abstract: {_quoted(about.summary)}",
        "authors:",
        f"  - name: {_quoted(about.creator)}",
        f"version: {_quoted(about.version)}",
        f"date-released: {about.issued}",
    ]
    return "".join(line + "\n" for line in lines).encode()


def _quoted(text: str) -> str:
    """A text as a YAML string, whatever it contains: JSON strings are YAML."""
    return json.dumps(text, ensure_ascii=False)


def readme(about: ReleaseInfo, files: Iterable[ReleaseFile], left_out: Iterable[str]) -> bytes:
    """The README: what the data are, the files, and how to verify and rebuild them.

    `left_out` are lines about the formats that this release does not have.
    """
    release = about.version
    if about.version != about.ontology_version:
        release += f" of the data, {about.ontology_version} of ontology and program"
    lines = [f"Responsible: {about.owner}."] if about.owner else []
    lines += [f"Wrong facts and removals: {from_iri(about.contact)}."] if about.contact else []
    reach = f"\n{' '.join(lines)}\n" if lines else ""
    licence = f"Ontology, queries and records: {from_iri(about.licence)}. " if about.licence else ""
    return f"""# {about.title}

Version {release}, {about.issued}: {len(about.triples):,} statements. {about.summary}
{reach}
"No record" does not mean "no activity": the graph contains what its sources state, and no more.

## The graph

Each file is the whole graph, as far as its format can represent it.

{_formats(files, left_out)}
## The other files

- `ontology/`: the terms, closed lists and shapes; `{REFERENCE}/index.html` documents them.
- `void.ttl`, `dcat.ttl`, `prov.ttl`: the size of the graph, the files as catalogue entries, and the
  inputs of the build. `ro-crate-metadata.json` describes the files as an RO-Crate.
- `{MANIFEST}`: the versions of the tools, the SHA-256 of each input and of each file.
- `answers/`: the answer to each saved question, with the parameters that were set. `pcve queries
  --check --since THIS-FOLDER` shows which answers have changed since, and how.
- `CITATION.cff`: how to cite the data.

## Verify the files

```sh
sha256sum --check {SUMS}
```

## Rebuild the release

With the project at this version (the sums of its files are in `{INPUTS}`), on Python 3.11 to 3.13:

```sh
pip install "pcve-graph[release]=={about.ontology_version}"
pcve release --verify THIS-FOLDER
```

`pcve diff THIS-FOLDER OTHER-RELEASE` shows what changed from one release to another, and why.

## Licence

{licence}The rights to quoted passages remain with the publishers of the sources. The date above is
the latest day on which the ontology was issued or a source was read.
""".encode()


def _formats(files: Iterable[ReleaseFile], left_out: Iterable[str]) -> str:
    """The table of the exports, and a list of the formats without one."""
    lines = ["| file | content | bytes |", "| --- | --- | --- |"]
    lines += [
        f"| `{file.name}` | {file.title} | {len(file.content):,} |" for file in files if file.form
    ]
    if missing := [f"- {line}" for line in left_out]:
        lines += ["", "Formats without a file here:", "", *missing]
    return "".join(f"{line}\n" for line in lines)
