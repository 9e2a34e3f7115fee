"""Sorted lines in a file are found by their subject, and replaced without reading the rest."""

from __future__ import annotations

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pcve_graph.incremental.sorted_ntriples import SortedLines
from pcve_graph.model.terms import subject_of

LINES = st.sets(
    st.tuples(st.sampled_from("abö"), st.text(alphabet="abö|", max_size=3)).map(
        lambda pair: f'<{pair[0]}{pair[1]}> <p> "{pair[1]}" .'
    )
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(base=LINES, gone=LINES, fresh=LINES)
def test_what_is_written_is_what_sorting_would_give(
    tmp_path: Path, base: set[str], gone: set[str], fresh: set[str]
) -> None:
    path, target = tmp_path / "old.nt", tmp_path / "new.nt"
    path.write_text("".join(f"{line}\n" for line in sorted(base)), "utf-8")
    lines = SortedLines(path)
    lines.replace(target, gone, fresh)
    both = gone & fresh
    expected = sorted((base - (gone - both)) | (fresh - both))
    assert target.read_text("utf-8").split("\n") == [*expected, ""]
    for subject in set(map(subject_of, base | gone)):
        assert list(lines.of(subject)) == sorted(
            line for line in base if line.startswith(f"{subject} ")
        )
