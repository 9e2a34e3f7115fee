"""The differences that the arguments of `pcve diff` ask for."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

from ...model.problems import OptionError
from ...model.project import Project
from ...model.suggest import did_you_mean
from .compare import Diff, compare
from .render import DIFF_FORMATS
from .snapshot import Workspace, open_snapshot, snapshot_of_files


def check_form(form: str, brief: bool) -> None:
    """Raise OptionError for a format that there is not, and for counts in one that has them."""
    if form not in DIFF_FORMATS:
        hint = did_you_mean(form, DIFF_FORMATS) or "the formats are " + ", ".join(DIFF_FORMATS)
        raise OptionError("unknown format {form!r}; {hint}", form=form, hint=hint)
    if brief and form != "text":
        raise OptionError("--brief requires --format text; the other formats include the counts")


@contextlib.contextmanager
def differences(
    old: str, new: str, project: Project, build: Callable[[Project], object]
) -> Iterator[Diff]:
    """The differences between two states, which can be rendered within this context.

    `old` and `new` are folders or git revisions; an empty `new` stands for the current files.
    `build` builds a project. Raises UsageError for a state that cannot be read, ContentError for
    one that cannot be built.
    """
    with contextlib.ExitStack() as stack:
        workspace = Workspace(stack, build)
        before = open_snapshot(old, project, workspace)
        after = (
            open_snapshot(new, project, workspace)
            if new
            else snapshot_of_files("now", project, workspace)
        )
        yield compare(before, after)
