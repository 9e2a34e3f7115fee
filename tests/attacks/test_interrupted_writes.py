"""Every file that a command writes is the old one or the new one, whatever happens meanwhile.

The process is killed, the disk is full, two write at once, the target is not a regular file.
"""

from __future__ import annotations

import contextlib
import errno
import os
import resource
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import World, make_world

from pcve_graph.publish.export.formats import FORMATS
from pcve_graph.system.atomic_writes import create_file, draft_name, remove_drafts, write_file
from pcve_graph.system.folders import create_folder, update_folder

pytestmark = pytest.mark.long

RECORD = "data/records/event/northtown-conference-2015.yml"
STEPS = """
import os, signal, sys
left = int(sys.argv[1])
def killed_at(name):
    real = getattr(os, name)
    def step(*arguments, **options):
        global left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*arguments, **options)
    setattr(os, name, step)
for name in ("open", "mkdir", "fsync", "link", "replace", "rename", "unlink", "rmdir"):
    killed_at(name)
from pathlib import Path
from pcve_graph.system.atomic_writes import create_file, write_file
from pcve_graph.system.folders import create_folder, update_folder
"""
"""A process that is killed instead of the n-th call that changes a file system."""


def pcve(world: World, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command, as a user runs it."""
    command = [sys.executable, "-m", "pcve_graph", "--project", str(world.root), *arguments]
    return subprocess.run(
        command, cwd=world.root, capture_output=True, text=True, timeout=120, check=False
    )


def drafts(folder: Path) -> list[str]:
    """What is left over in a folder."""
    return [path.name for path in folder.rglob(".*pcve*")]


@contextlib.contextmanager
def full_disk(size: int = 8) -> Iterator[None]:
    """No file can be larger than so many bytes; what exceeds it is refused as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def killed_at_each_step(work: str, between: Callable[[int], None]) -> int:
    """Kill a process at each step of `work` in turn; `between` looks at what is left after each."""
    for number in range(1, 200):
        command = [sys.executable, "-c", STEPS + work, str(number)]
        if subprocess.run(command, timeout=60, check=False).returncode == 0:
            return number - 1
        between(number)
    raise AssertionError("it never came to an end")


def test_a_file_is_old_or_new_at_each_step(tmp_path: Path) -> None:
    target = tmp_path / "file.txt"
    target.write_text("old")

    def whole(number: int) -> None:
        assert target.read_text() in ("old", "new")
        target.write_text("old")

    steps = killed_at_each_step(f"write_file(Path({str(target)!r}), 'new')", whole)
    assert steps >= 3
    assert (target.read_text(), drafts(tmp_path)) == ("new", [])


def test_a_new_file_is_whole_or_absent_at_each_step(tmp_path: Path) -> None:
    target = tmp_path / "file.txt"

    def whole(number: int) -> None:
        assert not target.exists() or target.read_text() == "new"
        target.unlink(missing_ok=True)

    steps = killed_at_each_step(f"create_file(Path({str(target)!r}), 'new')", whole)
    assert steps >= 3
    assert (target.read_text(), drafts(tmp_path)) == ("new", [])
    with pytest.raises(FileExistsError):
        create_file(target, "newer")
    assert (target.read_text(), drafts(tmp_path)) == ("new", [])


def test_a_new_folder_is_whole_or_absent_at_each_step(tmp_path: Path) -> None:
    target = tmp_path / "holder" / "folder"
    names = {"a.txt", "b/c.txt", "index.html"}

    def whole(number: int) -> None:
        if target.exists():
            assert {name for name in names if (target / name).read_bytes() == b"new"} == names
            (target / "b/c.txt").unlink()
            (target / "b").rmdir()
            for path in target.iterdir():
                path.unlink()

    work = f"create_folder(Path({str(target)!r}), dict.fromkeys({names!r}, b'new'))"
    assert killed_at_each_step(work, whole) >= 6
    assert drafts(tmp_path) == []
    with pytest.raises(OSError, match=r"not empty|exists"):
        create_folder(target, {"a.txt": b"newer"})
    assert (target / "a.txt").read_bytes() == b"new"
    assert drafts(tmp_path) == []


def test_a_mixture_of_old_and_new_pages_says_so_at_each_step(tmp_path: Path) -> None:
    names = ["a.html", "b/c.html", "d.html", "index.html"]
    update_folder(tmp_path / "site", dict.fromkeys(names, b"old"))
    (tmp_path / "site/mine.txt").write_text("mine")
    mixtures = 0

    def whole(number: int) -> None:
        nonlocal mixtures
        pages = [(tmp_path / "site" / name).read_bytes() for name in names]
        assert set(pages[:-1]) <= {b"old", b"new"}
        if len(set(pages[:-1])) > 1:
            mixtures += 1
            assert b"run it again" in pages[-1]
        elif pages[-1] in (b"old", b"new"):
            assert len(set(pages)) == 1
        update_folder(tmp_path / "site", dict.fromkeys(names, b"old"))

    work = f"update_folder(Path({str(tmp_path / 'site')!r}), dict.fromkeys({names!r}, b'new'))"
    assert killed_at_each_step(work, whole) >= 10
    assert mixtures >= 2
    assert [(tmp_path / "site" / name).read_bytes() for name in names] == [b"new"] * 4
    assert (tmp_path / "site/mine.txt").read_text() == "mine"
    assert drafts(tmp_path) == []


def test_only_what_dead_processes_left_is_removed(tmp_path: Path) -> None:
    command = [sys.executable, "-c", STEPS + f"write_file(Path({str(tmp_path / 'x')!r}), 'x')", "2"]
    assert subprocess.run(command, timeout=60, check=False).returncode < 0
    assert drafts(tmp_path) == [draft_name("x")]
    for name in (".x.tmp", ".x.swp", "x.pcve-tmp"):
        (tmp_path / name).write_text("mine")
    hold = (
        "from pathlib import Path; from pcve_graph.system.atomic_writes import replacing_file\n"
        f"with replacing_file(Path({str(tmp_path / 'y')!r})) as file:\n"
        "    print('begun', flush=True); input(); file.write(b'y')"
    )
    with subprocess.Popen(
        [sys.executable, "-c", hold], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as alive:
        assert alive.stdout
        assert alive.stdout.readline() == b"begun\n"
        remove_drafts(tmp_path)
        assert drafts(tmp_path) == [draft_name("y")]
        alive.communicate(b"\n", timeout=60)
    assert (tmp_path / "y").read_text() == "y"
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        ".x.swp", ".x.tmp", "x.pcve-tmp", "y",
    ]  # fmt: skip


# The owner of Northtown does not report to IATI, so there is nothing to write.
@pytest.mark.parametrize("form", sorted({*FORMATS} - {"iati"}))
def test_a_full_disk_leaves_the_old_export(northtown: World, tmp_path: Path, form: str) -> None:
    target = tmp_path / "export"
    target.write_text("old")
    with full_disk():
        result = northtown.pcve("export", form, "-o", str(target))
    assert (result.exit_code, result.exception.__class__) == (2, SystemExit)
    assert f"{target} cannot be written: File too large" in result.stderr
    assert (target.read_text(), drafts(tmp_path)) == ("old", [])


def own_files(world: World) -> dict[Path, bytes]:
    """What lies in a project outside of build/."""
    build = world.root / "build"
    paths = (path for path in world.root.rglob("*") if not path.is_relative_to(build))
    return {path: path.read_bytes() for path in paths if path.is_file()}


@pytest.mark.parametrize(
    "command",
    [
        "edit fmt",
        "edit new event some-event",
        "diff build build -o old.txt",
        "overlaps --format csv -o old.txt",
        "coverage --format csv -o old.txt",
        "timeline --format csv -o old.txt",
        "timeline --trend --picture old.svg",
        "docs rules pages",
        "docs ontology pages",
        "release release",
    ],
)
def test_a_full_disk_leaves_what_a_command_would_write_over(crowded: World, command: str) -> None:
    before = own_files(crowded)
    with full_disk():
        result = pcve(crowded, *command.split())
    assert result.returncode == 2, result.stderr
    assert "Traceback" not in result.stderr
    assert result.stderr.count("cannot be written: File too large") == 1, result.stderr
    assert own_files(crowded) == before
    assert drafts(crowded.root) == []


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Northtown, built, with a record to format and files in the place of what is written."""
    world = make_world(tmp_path_factory.mktemp("crowded") / "northtown")
    world.replace(RECORD, "status: held", "status:   held")
    for name in ("old.txt", "old.svg"):
        world.write(name, "old")
    world.write("pages/index.html", "<title>Rules of pcve-graph</title>")
    assert world.pcve("build").exit_code == 0
    return world


@pytest.mark.long
def test_a_full_device_gives_one_message(northtown: World) -> None:
    with Path("/dev/full").open("wb") as full:
        command = [sys.executable, "-m", "pcve_graph", "--project", str(northtown.root)]
        result = subprocess.run(
            [*command, "export", "ntriples"], stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert result.returncode == 2
    assert result.stderr == b"pcve: stdout cannot be written: No space left on device\n"
    result2 = pcve(northtown, "export", "ntriples", "-o", "/dev/full")
    assert result2.returncode == 2
    assert result2.stderr == "pcve: /dev/full cannot be written: No space left on device\n"


def test_the_output_goes_where_it_leads(northtown: World, tmp_path: Path) -> None:
    expected = northtown.pcve("export", "ntriples").stdout
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append(fifo.read_text("utf-8")))
    reader.start()
    assert pcve(northtown, "export", "ntriples", "-o", str(fifo)).returncode == 0
    reader.join(60)
    assert read == [expected]
    assert stat.S_ISFIFO(fifo.stat().st_mode)
    assert pcve(northtown, "export", "ntriples", "-o", "/dev/stdout").stdout == expected
    log = tmp_path / "log"
    log.write_text("before\n")
    with log.open("a") as end:
        command = [sys.executable, "-m", "pcve_graph", "--project", str(northtown.root)]
        subprocess.run(
            [*command, "export", "ntriples", "-o", "/dev/stdout"], stdout=end, check=True
        )
    assert log.read_text("utf-8") == "before\n" + expected
    real, link = tmp_path / "real.nt", tmp_path / "link.nt"
    link.symlink_to(real)
    for _ in range(2):
        assert northtown.pcve("export", "ntriples", "-o", str(link)).exit_code == 0
        assert link.is_symlink()
        assert real.read_text("utf-8") == expected
    assert drafts(tmp_path) == []


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("folder", "cannot be written: it is a folder"),
        ("nowhere/x.nt", "cannot be written: No such file or directory"),
        ("file/x.nt", "cannot be written: Not a directory"),
        ("loop", "cannot be written: Too many levels of symbolic links"),
        ("é" * 128, "cannot be written: File name too long"),
    ],
)
def test_what_cannot_be_written_gives_one_message(
    northtown: World, tmp_path: Path, name: str, message: str
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("mine")
    (tmp_path / "loop").symlink_to("loop")
    result = northtown.pcve("export", "ntriples", "-o", str(tmp_path / name))
    assert result.exit_code == 2
    assert message in result.stderr
    assert result.stderr.count("\n") == 1
    assert (tmp_path / "file").read_text() == "mine"
    assert drafts(tmp_path) == []


@contextlib.contextmanager
def somebody() -> Iterator[Path]:
    """A folder of a person without special rights, who runs what is inside."""
    root = os.geteuid() == 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        if root:
            os.chown(folder, 65534, 65534)
            os.seteuid(65534)
        try:
            yield folder
        finally:
            if root:
                os.seteuid(0)
            folder.chmod(0o755)


def test_what_is_protected_is_not_written() -> None:
    with somebody() as folder:
        target = folder / "file"
        target.write_text("old")
        target.chmod(0o444)
        with pytest.raises(PermissionError):
            write_file(target, "new")
        target.chmod(0o644)
        folder.chmod(0o555)
        with pytest.raises(PermissionError, match="no file can be created in its folder"):
            write_file(target, "new")
        for work in (create_folder, update_folder):
            with pytest.raises(PermissionError):
                work(folder / "new", {"a": b"new"})
        assert [path.name for path in folder.iterdir()] == ["file"]
        assert target.read_text() == "old"


def test_permissions_are_those_of_the_old_file_or_of_any_new_one(tmp_path: Path) -> None:
    target = tmp_path / "file"
    before = os.umask(0o027)
    try:
        write_file(target, "new")
        update_folder(tmp_path / "folder", {"b/a": b"new"})
    finally:
        os.umask(before)
    modes = [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("file", "folder")]
    assert modes == [0o640, 0o750]
    for mode in (0o600, 0o664):
        target.chmod(mode)
        write_file(target, str(mode))
        assert (target.read_text(), stat.S_IMODE(target.stat().st_mode)) == (str(mode), mode)


@pytest.mark.parametrize("length", [239, 240, 241, 255])
@pytest.mark.quick
def test_names_of_all_lengths_can_be_written(tmp_path: Path, length: int) -> None:
    for letter in ("x", "é", "😀"):
        size = len(letter.encode())
        name = letter * (length // size) + "x" * (length % size)
        for content in ("one", "two"):
            write_file(tmp_path / name, content)
            assert (tmp_path / name).read_text() == content
    assert drafts(tmp_path) == []


def test_many_write_one_file_and_it_is_one_of_theirs(tmp_path: Path) -> None:
    target = tmp_path / "file"
    script = (
        "import sys; from pathlib import Path; from pcve_graph.system.atomic_writes import write_file\n"
        "for _ in range(40): write_file(Path(sys.argv[1]), sys.argv[2] * 100_000)"
    )
    writers = [
        subprocess.Popen([sys.executable, "-c", script, str(target), letter]) for letter in "abc"
    ]
    seen: set[str] = set()
    while any(writer.poll() is None for writer in writers):
        with contextlib.suppress(FileNotFoundError):
            text = target.read_text()
            assert text == text[:1] * 100_000
            seen.add(text[0])
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    assert seen <= set("abc")
    assert drafts(tmp_path) == []


def test_of_many_who_begin_a_record_one_does(world: World) -> None:
    command = [sys.executable, "-m", "pcve_graph", "--project", str(world.root)]
    started = [
        subprocess.Popen(
            [*command, "edit", "new", "event", "some-event"],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )
        for _ in range(4)
    ]  # fmt: skip
    ends = [(process.communicate(timeout=120)[1], process.returncode) for process in started]
    assert sorted(code for _, code in ends) == [0, 2, 2, 2]
    for message, code in ends:
        assert "Traceback" not in message
        assert code == 0 or message.count("\n") == 1
    path = world.root / "data/records/event/some-event.yml"
    path.write_text("mine")
    assert pcve(world, "edit", "new", "event", "some-event").returncode == 2
    assert (path.read_text(), drafts(world.root)) == ("mine", [])


def test_what_another_program_saved_meanwhile_is_not_written_over(tmp_path: Path) -> None:
    target = tmp_path / "record.yml"
    target.write_text("edited")
    with pytest.raises(OSError, match="another program changed it") as caught:
        write_file(target, "formatted", expected=b"read before")
    assert caught.value.errno == errno.EBUSY
    assert (target.read_text(), drafts(tmp_path)) == ("edited", [])
    write_file(target, "formatted", expected=b"edited")
    assert target.read_text() == "formatted"


def test_fmt_leaves_what_differs_in_line_ends_alone(world: World) -> None:
    record = world.root / RECORD
    content = record.read_bytes().replace(b"\n", b"\r\n")
    record.write_bytes(content)
    before = record.stat()
    assert pcve(world, "edit", "fmt").returncode == 0
    assert record.read_bytes() == content
    assert record.stat().st_mtime_ns == before.st_mtime_ns
