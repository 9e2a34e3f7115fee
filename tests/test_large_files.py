"""Large files: progress while they are read, and reports that are written in pieces."""

from __future__ import annotations

import json
from dataclasses import asdict
from itertools import chain

from conftest import ROOT

from pcve_graph.graph.ontology import read_ontology
from pcve_graph.model.namespaces import nterm
from pcve_graph.model.problems import Position, Problem, rule_problem
from pcve_graph.model.project import Project
from pcve_graph.model.terms import NTriple
from pcve_graph.validation.claim_index import ClaimIndex
from pcve_graph.validation.documents import read_document
from pcve_graph.validation.report import REPORTS, rule_address

ONTOLOGY = read_ontology(Project(ROOT, ROOT / "build"))
PROBLEMS = tuple(
    rule_problem("rdf-syntax", Position("a.ttl", line, 2), f'found "é"\n[] {line}', "write x")
    for line in range(1, 4)
)


def row_of(problem: Problem) -> dict[str, object]:
    row = {**problem.position._asdict(), **asdict(problem), "help": rule_address(problem.rule)}
    del row["position"]
    return row


def written(form: str, problems: tuple[Problem, ...]) -> str:
    return "".join(REPORTS[form](problems, ["a.ttl"], 0, ()))


def test_json_in_pieces_is_what_json_dumps_writes() -> None:
    for problems in (PROBLEMS, PROBLEMS[:1], ()):
        rows = [row_of(problem) for problem in problems]
        assert written("json", problems) == json.dumps(rows, ensure_ascii=False, indent=2) + "\n"
        for form in ("json-report", "sarif"):
            text = written(form, problems)
            assert text == json.dumps(json.loads(text), ensure_ascii=False, indent=2) + "\n"


def test_json_and_sarif_have_all_problems() -> None:
    assert json.loads(written("json-report", PROBLEMS))["problems"] == list(map(row_of, PROBLEMS))
    (run,) = json.loads(written("sarif", PROBLEMS))["runs"]
    assert [result["locations"][0]["physicalLocation"]["region"] for result in run["results"]] == [
        {"startLine": line, "startColumn": 2} for line in range(1, 4)
    ]


def test_progress_is_reported_each_time_a_large_file_is_read() -> None:
    raw = "".join(f"<http://e.example/{n}> <http://e.example/p> _:b{n} .\n" for n in range(60_000))
    reported: list[str] = []
    for progress, expected in ((None, 0), (reported.append, 2)):
        document = read_document(raw.encode(), "big.nt", "ntriples")
        object.__setattr__(document, "progress", progress)
        assert sum(1 for _ in document.lines()) == 60_000
        assert len(reported) == expected
    assert reported[0].startswith("reading big.nt: 50,000 statements, ")
    assert reported[1] == "checking big.nt …"


def test_a_file_that_is_read_again_is_counted_once() -> None:
    """A build that is read in part only may turn out not to suffice; then all is read again."""
    event = "<https://w3id.org/pcve/id/event/northtown>"
    lines = [
        NTriple(f"{event} {nterm('rdf:type')} {nterm('pcve:Event')} ."),
        NTriple(f'{event} {nterm("skos:prefLabel")} "Northtown"@en .'),
        NTriple(f'{event} <http://e.example/p> "1" .'),
    ]
    claims = ClaimIndex(ONTOLOGY)
    for _ in chain(claims.index_lines(lines[:2]), claims.index_lines(lines)):
        pass
    assert list(claims.index.uses.values()) == [1]
    assert claims.unclaimed(set()) == (2, 1)
