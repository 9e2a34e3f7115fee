"""JSON with places, and JSON Lines: the same trees and refusals as YAML, at their line and column."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcve_graph.model.problems import ContentError
from pcve_graph.syntax import yaml as yamltext
from pcve_graph.syntax.json import JsonError, parse_json_lines, parse_json_record, read_json
from pcve_graph.syntax.tree import MappingNode, RecordNode, ScalarNode, SequenceNode


def plain(node: RecordNode) -> object:
    if isinstance(node, ScalarNode):
        return node.text
    if isinstance(node, SequenceNode):
        return [plain(value) for value in node.values]
    return {key.text: plain(value) for key, value in node.entries}


def places(node: RecordNode, text: str) -> list[tuple[str, str]]:
    """(text of a scalar, what stands at its place) of every scalar, keys included."""
    if isinstance(node, ScalarNode):
        return [(node.text, text[node.position.column - 1 :])]
    if isinstance(node, SequenceNode):
        return [pair for value in node.values for pair in places(value, text)]
    return [pair for entry in node.entries for part in entry for pair in places(part, text)]


def test_values_stay_as_they_were_typed() -> None:
    root = parse_json_record(
        '{"a": 0.10, "b": true, "c": -1e3, "d": "no", "e": "\\u0161\\n"}', "x.jsonl"
    )
    assert plain(root) == {
        "a": "0.10",
        "b": "true",
        "c": "-1e3",
        "d": "no",
        "e": "š\n",
    }


def test_every_node_has_its_line_and_column() -> None:
    root = parse_json_record('{"a": [1, {"en": "z"}]}', "x.jsonl", 7)
    assert isinstance(root, MappingNode)
    (key, values) = root.entries[0]
    assert str(key.position) == "x.jsonl:7:2"
    assert isinstance(values, SequenceNode)
    assert [str(node.position) for node in (values, *values.values)] == [
        "x.jsonl:7:7", "x.jsonl:7:8", "x.jsonl:7:11"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "rule", "column"),
    [
        ('{"a": 1, "a": 2}', "duplicate-key", 10),
        ('{"a": null}', "empty-value", 2),
        ('{"a": " "}', "empty-value", 2),
        ('{"a": [1, ""]}', "empty-value", 11),
        ('{"a": [' + "[" * 40 + "]" * 41 + "}", "structure", 18),
        ('{"a": 1,}', "json-syntax", 8),
        ("{'a': 1}", "json-syntax", 2),
        ('{"a": 01}', "json-syntax", 7),
        ('{"a": 1} x', "json-syntax", 10),
        ('{"a"', "json-syntax", 5),
        ('{"a": "\\ud800"}', "json-syntax", 7),
        ("", "json-syntax", 1),
    ],
)
def test_what_a_record_may_not_hold_is_refused_at_its_place(
    text: str, rule: str, column: int
) -> None:
    with pytest.raises(ContentError) as caught:
        parse_json_record(text, "x.jsonl", 3)
    (problem,) = caught.value.problems
    assert (problem.rule, str(problem.position)) == (rule, f"x.jsonl:3:{column}")


@pytest.mark.parametrize(
    ("yaml", "lines"),
    [
        ("a: 1\na: 2", '{"a": 1, "a": 2}'),
        ("a:", '{"a": null}'),
        ("a: [1, '']", '{"a": [1, ""]}'),
        ("a: " + "[" * 40 + "]" * 40, '{"a": ' + "[" * 40 + "]" * 40 + "}"),
    ],
)
def test_a_fault_has_one_rule_and_cure_in_both(yaml: str, lines: str) -> None:
    problems = []
    for read_, text in ((yamltext.parse_yaml_record, yaml), (parse_json_record, lines)):
        with pytest.raises(ContentError) as caught:
            read_(text, "x")
        problems += [(problem.rule, problem.why, problem.fix) for problem in caught.value.problems]
    assert problems[0] == problems[1]


def test_a_line_that_is_wrong_stops_no_other() -> None:
    lines = [
        b'{"a": "1"}\r\n',
        b"\n",
        b'{"a": }\n',
        b"{\n",
        b'  "a": 1\n',
        b"}\n",
        b'{"a": "\xc5\xa1"}',
    ]
    parsed = [record for _, record in parse_json_lines(lines, "x.jsonl")]
    assert [plain(record) for record in parsed if not isinstance(record, ContentError)] == [
        {"a": "1"}, {"a": "š"}
    ]  # fmt: skip
    problems = [record.problems[0] for record in parsed if isinstance(record, ContentError)]
    assert [(problem.position.line, problem.position.column) for problem in problems] == [
        (3, 7),
        (4, 2),
    ]


def test_a_file_that_is_not_text_is_one_problem() -> None:
    lines = [b"\xff\xfe{\0\n", b"\0}\0\n"]
    ((_, error),) = parse_json_lines(lines, "x.jsonl")
    assert isinstance(error, ContentError)
    assert error.problems[0].rule == "encoding"


JSON = st.recursive(
    st.text() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.booleans(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@pytest.mark.long
@given(JSON, st.sampled_from([None, 1]), st.booleans())
def test_any_json_is_read_as_the_standard_reader_does(
    value: object, indent: int | None, ascii_: bool
) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_)

    def back(node: object) -> object:
        kind = node.kind  # type: ignore[attr-defined]
        if kind == "[":
            return [back(value) for value in node.values]  # type: ignore[attr-defined]
        if kind == "{":
            return {key: back(value) for key, _, value in node.members}  # type: ignore[attr-defined]
        return node.text if kind == '"' else json.loads(node.text)  # type: ignore[attr-defined]

    assert back(read_json(text)) == json.loads(text)


RECORD = st.recursive(
    st.from_regex(
        r"[^\s\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]{1,9}",
        fullmatch=True,
    ),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.from_regex(r"[a-z]{1,4}", fullmatch=True), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(RECORD)
def test_what_stands_at_a_place_is_what_was_read_there(value: object) -> None:
    text = json.dumps(value, ensure_ascii=False)
    for scalar, there in places(parse_json_record(text, "x.jsonl"), text):
        assert there.startswith(json.dumps(scalar, ensure_ascii=False))


@given(st.text(max_size=80))
def test_any_text_is_read_or_refused_as_the_standard_reader_does(text: str) -> None:
    try:
        expected = json.loads(text, parse_constant=lambda name: 1 / 0)
    except (ValueError, ZeroDivisionError):
        with pytest.raises(JsonError):
            read_json(text)
    else:
        assert read_json(text) is not None, expected
