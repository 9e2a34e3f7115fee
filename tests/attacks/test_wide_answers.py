"""Answers of more columns than values, and memory that is reserved but not used."""

from __future__ import annotations

import json

import pytest
from conftest import World
from servers.bad import sends, talking

from .commands import one_message, pcve
from .endpoints import answer


def test_a_row_counts_all_variables_of_its_answer() -> None:
    """Rows without a value cost a parser as much as full ones: the command went on for minutes."""
    names = ",".join(f'"v{number}"' for number in range(10_000))
    rows = ",".join(["{}"] * 100_000)
    text = '{"head":{"vars":[' + names + ']},"results":{"bindings":[' + rows + "]}}"
    with talking(sends(answer(text.encode()))) as address:
        message = one_message(
            pcve("query", "-", "--format", "csv", "--timeout", "20", "--endpoint", address)
        )
    assert "10,000,000 values" in message or "--timeout allows more" in message


@pytest.mark.long
@pytest.mark.parametrize("kind", ["json", "xml"])
def test_a_head_of_countless_variables_is_refused(kind: str) -> None:
    """The parser compares each variable with all others: 300,000 of them took it many minutes."""
    names = [f"v{number}" for number in range(300_000)]
    if kind == "json":
        text = json.dumps({"head": {"vars": names}, "results": {"bindings": [{}, {}]}})
    else:
        head = "".join(f'<variable name="{name}"/>' for name in names)
        space = "http://www.w3.org/2005/sparql-results#"
        text = f'<sparql xmlns="{space}"><head>{head}</head><results/></sparql>'
    with talking(sends(answer(text.encode(), f"application/sparql-results+{kind}"))) as address:
        command = ("query", "-", "--format", "csv", "--timeout", "20", "--endpoint", address)
        message = one_message(pcve(*command))
    assert "it has more than 10,000 variables" in message


def test_a_small_question_needs_little_memory(northtown: World) -> None:
    """Threads of glibc reserve 64 MB each, which once counted as needed."""
    text = "SELECT ?s { ?s ?p ?o } LIMIT 1"
    for _ in range(3):
        result = pcve("query", "-", "--memory", "600M", project=northtown.root, stdin=text)
        assert result.returncode == 0, result.stderr
