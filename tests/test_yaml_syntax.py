import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcve_graph.model.problems import ContentError
from pcve_graph.syntax.tree import MappingNode, ScalarNode, SequenceNode, decode_utf8
from pcve_graph.syntax.yaml import parse_yaml_record


def test_values_stay_as_they_were_typed() -> None:
    root = parse_yaml_record("a: no\nb: 0755\nc: 1.10\nd: 2015-01-19\ne: ~\n", "x.yml")
    assert isinstance(root, MappingNode)
    assert [value.text for _, value in root.entries if isinstance(value, ScalarNode)] == [
        "no", "0755", "1.10", "2015-01-19", "~"
    ]  # fmt: skip


def test_every_node_has_its_line_and_column() -> None:
    root = parse_yaml_record("a: x\nb:\n  - y\n  - {en: z}\n", "x.yml", first_line=10)
    assert isinstance(root, MappingNode)
    values = root.get("b")
    assert isinstance(values, SequenceNode)
    assert [str(node.position) for node in values.values] == ["x.yml:12:5", "x.yml:13:5"]
    assert str(root.entries[0][0].position) == "x.yml:10:1"


@pytest.mark.parametrize(
    ("text", "rule", "place"),
    [
        ("a: 1\na: 2", "duplicate-key", "2:1"),
        ("a: &x 1", "alias", "1:4"),
        ("a: !!str 1", "alias", "1:4"),
        ("a: *x", "alias", "1:4"),
        ("a:\n\t- 1", "yaml-syntax", "2:1"),
        ("a:\n  - x\n b: 1", "yaml-syntax", "3:2"),
        ("a: b: c", "yaml-syntax", "1:5"),
        ("a:", "empty-value", "1:1"),
        ("a: [1, '']", "empty-value", "1:8"),
        ("? [1]\n: 2", "structure", "1:3"),
        ("a: 1\n---\nb: 2", "structure", "2:1"),
        ("", "structure", "1:1"),
        ("a: \x01", "control-character", "1:4"),
        ('a: ["\\x1b"]', "control-character", "1:5"),
        ("a: b\u202ec", "control-character", "1:5"),
        ("a: b\nc: d\u0085e", "control-character", "2:5"),
        ("a: " + "[" * 40 + "]" * 40, "structure", "1:16"),
    ],
)
def test_what_a_record_may_not_hold_is_refused_at_its_place(
    text: str, rule: str, place: str
) -> None:
    with pytest.raises(ContentError) as caught:
        parse_yaml_record(text, "x.yml")
    (problem,) = caught.value.problems
    assert (problem.rule, str(problem.position)) == (rule, f"x.yml:{place}")


@pytest.mark.parametrize(
    ("raw", "place"), [(b"a: 1\nb: \xff", "2:4"), (b"\x89PNG\r\n", "1:1"), (b"ab\0", "1:3")]
)
def test_a_file_that_is_not_text_is_refused(raw: bytes, place: str) -> None:
    with pytest.raises(ContentError) as caught:
        decode_utf8(raw, "x.yml")
    (problem,) = caught.value.problems
    assert (problem.rule, str(problem.position)) == ("encoding", f"x.yml:{place}")


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_with_a_place(text: str) -> None:
    try:
        parse_yaml_record(text, "x.yml")
    except ContentError as error:
        assert all(
            problem.position.line >= 1 and problem.position.column >= 1
            for problem in error.problems
        )
