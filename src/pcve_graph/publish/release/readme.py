"""What a release tells people: how to cite it, and what lies in it."""

from __future__ import annotations

import json
from collections.abc import Iterable

from .metadata import INPUTS, MANIFEST, REFERENCE, SUMS, About, File


def citation(about: About) -> bytes:
    """A Citation File Format 1.2.0 file for a project that has none of its own."""
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
    """A text as YAML reads it whatever is in it: JSON strings are YAML."""
    return json.dumps(text, ensure_ascii=False)


def readme(about: About, files: Iterable[File]) -> bytes:
    """The first page: what the data are, a line for each file, how to check and to rebuild them."""
    exported = [file for file in files if file.form]
    rows = "".join(
        f"| `{file.name}` | {file.title} | {len(file.content):,} |\n" for file in exported
    )
    licence = f"Ontology, queries and records: <{about.licence}>. " if about.licence else ""
    return f"""# {about.title}

Version {about.version}, {about.issued}: {len(about.triples):,} statements. {about.summary}

"No record" is never "no activity": the graph has what its sources say, and no more.

## The graph

Each file is the whole graph, as far as its format can hold it.

| file | what | bytes |
| --- | --- | --- |
{rows}
## Beside it

- `ontology/`: the terms, closed lists and shapes; `{REFERENCE}/index.html` shows them as pages.
- `void.ttl`, `dcat.ttl`, `prov.ttl`: how much there is, the files as a catalogue lists them, and
  what the build used. `ro-crate-metadata.json` says the same as an RO-Crate.
- `{MANIFEST}`: the versions of the tools, the SHA-256 of each input and of each file.
- `CITATION.cff`: how to cite it.

## Check it

```sh
sha256sum --check {SUMS}
```

## Rebuild it

With the project at this version (its files have the sums in `{INPUTS}`), on Python 3.11 to 3.13:

```sh
pip install "pcve-graph[release]=={about.version}"
pcve release --verify THIS-FOLDER
```

`pcve diff THIS-FOLDER OTHER-RELEASE` tells what changed from one release to another, and why.

## Licence

{licence}What a source is quoted with remains its publisher's. The day above is the newest on which
the ontology was issued or a source was read; no clock is asked.
""".encode()
