"""Limits of time and memory hold for everything that reads foreign content, and the message names them."""

from __future__ import annotations

import contextlib
import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, World

from pcve_graph import KnowledgeGraph
from pcve_graph.model.problems import UsageError
from pcve_graph.system.sandbox import inside
from pcve_graph.system.sandbox.process import LimitedProcess
from pcve_graph.system.sandbox.watch import StoppedError

pytestmark = pytest.mark.long

ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
HUGE = "SELECT ?a ?d ?g { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?a ?d ?g"
SHAPES = """@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix e: <http://e/> .
e:S a sh:NodeShape ; sh:targetSubjectsOf e:p ; """
PATTERN = SHAPES + 'sh:property [ sh:path e:p ; sh:pattern "^(a+)+$" ] .'
PRODUCT = f"""{SHAPES}sh:sparql [ a sh:SPARQLConstraint ; sh:message "m" ; sh:select
"SELECT $this WHERE {{ ?a ?b ?c . ?d ?f ?g . ?h ?i ?j . ?k ?l ?m FILTER(STR(?c) = CONCAT(STR(?m), ?g, ?j)) }}" ] ."""
FACTS = "@prefix e: <http://e/> .\n" + "".join(f'e:s{i} e:p "{"a" * 40}!" .\n' for i in range(99))
DEEP = 50_000
DOCUMENTS = {
    "nested.jsonld": '{"http://e/p":' * DEEP + "1" + "}" * DEEP,
    "list.ttl": f"<http://e/s> <http://e/p> ({' 1' * 10**6} ) .",
    "lists.ttl": f"<http://e/s> <http://e/p> {'(' * 200_000}{')' * 200_000} .",
    "nested.rdf": '<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e/">'
    + "<e:C><e:p>" * DEEP
    + "</e:p></e:C>" * DEEP
    + "</r:RDF>",
}
"""Each takes gigabytes or does not end, where nothing bounds it."""
STOPPED_IN_TIME = "was stopped after 2 s; reduce the work, or raise the limit with --timeout"
TOO_LARGE = "needs more than 600 MB of memory; reduce the work, or raise the limit with --memory"
NUMBERS = ("nan", "inf", "-inf", "-1", "1e300", "9" * 400, "0x10", "", "five")


def command(world: World, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "pcve_graph", "--project", str(world.root), *arguments]


def run(
    world: World, *arguments: str, stdin: str = "", seconds: float = 60
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(world, *arguments), input=stdin, capture_output=True, text=True, timeout=seconds
    )


def script(text: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A command that does what `text` says in its watched process."""
    return subprocess.run(
        [sys.executable, "-c", f"{ENTER}\n{text}", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
    )


ENTER = """
import os, signal, subprocess, sys, time
from pcve_graph.system.sandbox import command, inside, watch
command.enter_child(lambda message: print(message, file=sys.stderr))
inside.report_task("it")
"""


def running(number: int) -> bool:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def gone(number: int, seconds: float = 10) -> bool:
    end = time.monotonic() + seconds
    while running(number) and time.monotonic() < end:
        time.sleep(0.05)
    return not running(number)


def child(number: int) -> int:
    """The process that a process has started; waits until there is one."""
    path = Path(f"/proc/{number}/task/{number}/children")
    while not path.read_text():
        time.sleep(0.02)
    return int(path.read_text().split()[0])


# --- files ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_ends_within_the_bounds(northtown: World, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text(DOCUMENTS[name])
    result = run(northtown, "validate", str(path), "--timeout", "2", "--memory", "600M")
    assert result.returncode in (1, 2)
    assert name in result.stdout + result.stderr
    assert "Traceback" not in result.stderr
    assert "memory allocation" not in result.stderr
    if result.stderr.startswith("pcve: "):
        causes = (STOPPED_IN_TIME, TOO_LARGE)
        assert result.stderr in [f"pcve: checking {path} {cause}\n" for cause in causes]


@pytest.mark.parametrize(("shapes", "engine"), [(PATTERN, "pyshacl"), (PRODUCT, "pyshacl"), (PRODUCT, "turbo")])  # fmt: skip
def test_shapes_that_never_end_are_stopped(
    northtown: World, tmp_path: Path, shapes: str, engine: str
) -> None:
    good, bad, own = tmp_path / "good.ttl", tmp_path / "never.ttl", tmp_path / "own.ttl"
    good.write_text("<http://e/s> <http://e/q> 1 .")
    bad.write_text(FACTS)
    own.write_text(shapes)
    files = str(good), str(bad), "--shapes", str(own), "--engine", engine
    result = run(northtown, "validate", *files, "--timeout", "2")
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == f"pcve: checking {bad} {STOPPED_IN_TIME}\n"


def test_each_run_of_watch_has_the_bounds(northtown: World, tmp_path: Path) -> None:
    data, own = tmp_path / "data.ttl", tmp_path / "own.ttl"
    data.write_text(FACTS)
    own.write_text(PATTERN)
    options = "--shapes", str(own), "--engine", "pyshacl", "--timeout", "2", "--watch"
    with subprocess.Popen(
        command(northtown, "validate", str(data), *options),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as watched:
        assert watched.stderr
        try:
            lines = iter(watched.stderr)
            assert next(lines).count(":") == 2
            assert next(lines) == f"pcve: checking {data} {STOPPED_IN_TIME}\n"
            data.write_text('<http://e/s> <http://e/p> "aaa" .')
            assert next(lines).count(":") == 2
            assert watched.stdout
            report = iter(watched.stdout)
            assert any(line.startswith("0 errors, ") for line in report)
        finally:
            watched.send_signal(signal.SIGINT)
            watched.wait(20)
        assert watched.returncode == 1
        assert watched.stderr.read().strip() == "Aborted!"


@pytest.mark.parametrize("forks", [True, False])
@pytest.mark.parametrize("grouped", ["edit fmt --check", "docs ontology DIR", "docs rules DIR"])
def test_a_command_of_a_group_is_stopped_under_its_whole_name(
    tmp_path: Path, grouped: str, forks: bool
) -> None:
    arguments = grouped.replace("DIR", str(tmp_path / "pages")).split()
    code = f"from pcve_graph.system.sandbox import command; command.FORKS = {forks}; from pcve_graph.cli.main import main; main()"
    start = [sys.executable, "-c", code, "--project", str(ROOT), *arguments]
    result = subprocess.run(
        [*start, "--timeout", "0.01"], capture_output=True, text=True, timeout=60
    )
    name = " ".join(arguments[:2])
    limit = "0.01 s; reduce the work, or raise the limit with --timeout"
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == f"pcve: {name} was stopped after {limit}\n"
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("attempt", range(6))
def test_the_least_memory_is_enough_or_the_message_says_so(northtown: World, attempt: int) -> None:
    result = run(northtown, "edit", "fmt", "--check", "--memory", "100M")
    reason = "needs more than 100 MB of memory; reduce the work, or raise the limit with --memory"
    ended = (result.returncode, result.stderr)
    assert ended == (2, f"pcve: edit fmt {reason}\n") or result.returncode == 0


def test_the_status_of_the_evidence_is_stopped_as_its_query_is(world: World) -> None:
    assert world.pcve("build").exit_code == 0
    query = world.root / "queries/answers/sources.rq"
    query.write_text(f"#+ summary: Does it end?\n#+ timeout: 1.5\n{ENDLESS}")
    result = run(world, "evidence", "status", "--timeout", "2")
    assert (result.returncode, result.stdout) == (2, "")
    assert f"queries/answers/sources.rq {STOPPED_IN_TIME}\n" in result.stderr
    result = run(world, "evidence", "status")
    assert (result.returncode, result.stdout) == (2, "")
    assert "queries/answers/sources.rq was stopped after 1.5 s; " in result.stderr


# --- queries -------------------------------------------------------------------------------------


@pytest.mark.long
def test_a_question_is_stopped_with_its_true_cause(northtown: World) -> None:
    result = run(northtown, "query", "-", "--timeout", "2", stdin=ENDLESS)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == f"pcve: stdin {STOPPED_IN_TIME}\n"
    result = run(northtown, "query", "-", "--memory", "600M", stdin=HUGE)
    assert (result.returncode, result.stdout, result.stderr) == (
        2,
        "",
        f"pcve: stdin {TOO_LARGE}\n",
    )


def test_a_header_gives_the_time(northtown: World, tmp_path: Path) -> None:
    path = tmp_path / "endless.rq"
    path.write_text(f"#+ timeout: 1.5\n{ENDLESS}")
    result = run(northtown, "query", str(path))
    assert (result.returncode, f"{path} was stopped after 1.5 s" in result.stderr) == (2, True)
    path.write_text("#+ timeout: " + "9" * 400 + "\nASK {}")
    result = run(northtown, "query", str(path))
    assert (result.returncode, "write it in seconds" in result.stderr) == (1, True)


@pytest.mark.parametrize("arguments", [("query", "-"), ("queries", "--queries", "{folder}")])
def test_the_time_covers_reading_the_text(
    northtown: World, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    text = "SELECT * { ?s ?p ?o FILTER(" + "?o = 1 || " * 60_000 + "?o = 2) } LIMIT wrong"
    (tmp_path / "long.rq").write_text(text)
    folder = str(tmp_path)
    settings = [argument.format(folder=folder) for argument in arguments]
    result = run(northtown, *settings, "--timeout", "2", stdin=text, seconds=20)
    assert result.returncode in (1, 2)
    assert "Traceback" not in result.stderr
    assert "memory" not in result.stderr


def test_every_question_of_a_check_has_the_time(northtown: World, tmp_path: Path) -> None:
    (tmp_path / "a.rq").write_text(ENDLESS)
    (tmp_path / "b.rq").write_text("ASK {}")
    result = run(northtown, "queries", "--queries", str(tmp_path), "--check", "--timeout", "2")
    failed, reason, passed = result.stdout.splitlines()
    assert (result.returncode, failed[:6], passed[:2]) == (1, "failed", "ok")
    assert "a.rq was stopped after 2 s" in reason


# --- from Python ---------------------------------------------------------------------------------


@pytest.fixture
def kg(northtown: World) -> KnowledgeGraph:
    return KnowledgeGraph.open(northtown.root)


def test_calls_from_python_have_bounds(kg: KnowledgeGraph, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"^query was stopped after 1\.5 s; .* with timeout=$"):
        kg.sparql(ENDLESS, timeout=1.5)
    with pytest.raises(UsageError, match=r"needs more than 600 MB of memory; .* with memory=$"):
        kg.sparql(HUGE, memory="600M")
    assert kg.sparql("ASK { ?s ?p ?o }") is True
    path = tmp_path / "list.ttl"
    path.write_text(DOCUMENTS["list.ttl"])
    with pytest.raises(UsageError, match=r"^checking .*list\.ttl was stopped after 1 s; "):
        kg.validate(path, timeout=1)
    path.write_text("<http://e/s> a <https://w3id.org/pcve/ns#Event> .")
    problems = kg.validate(path)
    assert problems
    assert problems == kg.validate(path, timeout=0, memory=0)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -1, 1e300, 10**400, "soon"])
@pytest.mark.quick
def test_a_number_from_python_is_one_or_refused(kg: KnowledgeGraph, value: Any) -> None:
    for name in ("timeout", "memory", "limit"):
        calls: list[Callable[..., object]] = [kg.sparql, kg.query, kg.validate]
        for call in calls:
            if call == kg.validate and name == "limit":
                continue
            with pytest.raises(
                UsageError, match=r"^(a (time|memory) limit is|limit must be) .*, not "
            ):
                call("ASK {}", **{name: value})
    with pytest.raises(UsageError, match=r"^limit must be a whole number .*, not "):
        kg.search("a", limit=value)


def test_a_call_leaves_this_process_as_it_is(kg: KnowledgeGraph) -> None:
    import resource

    before = resource.getrlimit(resource.RLIMIT_AS)
    assert kg.sparql("ASK {}") is True
    number = kg._process.pid
    assert number
    assert resource.getrlimit(resource.RLIMIT_AS) == before
    kg._process.close()
    assert gone(number)


def test_a_process_is_gone_with_what_used_it() -> None:
    process = LimitedProcess()
    assert process.call(len, "four", name="it") == 4
    number = process.pid
    assert number
    del process
    assert gone(number)


def test_a_crash_from_python_is_a_message() -> None:
    with LimitedProcess() as process:
        with pytest.raises(StoppedError, match=r"it crashed in native code \(SIGSEGV\)"):
            process.call(signal.raise_signal, signal.SIGSEGV, name="it")
        with pytest.raises(ZeroDivisionError):
            process.call(divmod, 1, 0, name="it")
        assert process.call(divmod, 7, 2, name="it") == (3, 1)


# --- numbers -------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize(
    "arguments",
    [
        ("validate", "--timeout"),
        ("validate", "--memory"),
        ("validate", "--limit"),
        ("build", "--timeout"),
        ("query", "everything", "--timeout"),
        ("query", "everything", "--limit"),
        ("query", "everything", "--why"),
        ("queries", "--timeout"),
        ("search", "x", "--limit"),
        ("export", "--memory"),
        ("overlaps", "--limit"),
        ("overlaps", "--min-score"),
        ("coverage", "--gaps", "--limit"),
        ("publish", "--endpoint", "http://localhost:1/", "--timeout"),
    ],
)
def test_what_is_not_a_number_gives_one_usage_message(
    northtown: World, arguments: tuple[str, ...], number: str
) -> None:
    result = northtown.pcve(*arguments, number)
    assert (result.exit_code, result.stdout) == (2, "")
    refused = (
        "No such option" if "--why" in arguments and number[:1] == "-" else "Invalid value for"
    )
    if not number:
        refused = f"Error: {arguments[-1]} is followed by an empty value; give it one"
    assert refused in result.stderr
    assert "Traceback" not in result.stderr


def test_zero_means_no_bound(northtown: World) -> None:
    bounds = "--timeout", "0", "--memory", "0"
    assert run(northtown, "query", "-", *bounds, stdin="ASK {}").stdout == "yes\n"
    assert run(northtown, "validate", *bounds, "--limit", "0").returncode == 0
    assert run(northtown, "search", "a", *bounds, "--limit", "0").returncode == 0


# --- how a process ends --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ending", "message"),
    [
        ("os.kill(os.getpid(), 11)", "it crashed in native code (SIGSEGV); "),
        (
            "os.write(2, b'oh no\\n'); os.abort()",
            "it crashed in native code (SIGABRT): oh no; ",
        ),
        (
            "os.write(2, b'thread has overflowed its stack\\n'); os.abort()",
            "it is nested too deeply: ",
        ),
        (
            "os.kill(os.getpid(), 9)",
            "it was ended by a signal from outside (SIGKILL), perhaps because the machine ran out of memory",
        ),
        (
            "inside.set_limits(memory=600 << 20); os.write(2, b'memory allocation of 9 bytes failed\\n'); os.abort()",
            "it needs more than 600 MB of memory; ",
        ),
        (
            "inside.set_limits(memory=600 << 20); os.write(2, b'memory allocation of 9 bytes failed\\n'); time.sleep(60)",
            "it needs more than 600 MB of memory; ",
        ),
        ("os.kill(os.getpid(), 15)", "it was ended by a signal from outside (SIGTERM)"),
        ("inside.set_limits(seconds=0.5); time.sleep(60)", "it was stopped after 0.5 s; "),
    ],
)
def test_an_abnormal_end_is_reported_with_its_cause(ending: str, message: str) -> None:
    result = script(ending)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith(f"pcve: {message}")
    assert result.stderr.count("\n") == 1


def test_an_exit_code_and_both_streams_are_those_of_the_work() -> None:
    result = script("print('out'); print('err', file=sys.stderr); sys.exit(7)")
    assert (result.returncode, result.stdout, result.stderr) == (7, "out\n", "err\n")


def test_a_lower_limit_of_the_system_is_the_one_that_is_reported(northtown: World) -> None:
    line = 'ulimit -v 614400; exec "$0" "$@"'
    start = ["bash", "-c", line, *command(northtown, "query", "-")]
    result = subprocess.run(start, input=HUGE, capture_output=True, text=True, timeout=60)
    assert (result.returncode, result.stderr) == (2, f"pcve: stdin {TOO_LARGE}\n")


def test_a_part_of_the_work_has_its_own_time() -> None:
    part = "with inside.time_limit('a part', 30):\n    time.sleep(1)\n"
    result = script(f"inside.set_limits(seconds=1.5)\n{part}time.sleep(60)")
    assert result.stderr.startswith("pcve: it was stopped after 1.5 s; ")
    result = script(f"inside.set_limits(seconds=30)\n{part.replace('30', '0.5')}")
    assert result.stderr.startswith("pcve: a part was stopped after 0.5 s; ")


def test_without_a_bound_by_the_system_the_resident_size_is_polled() -> None:
    end = "inside.ENFORCES_MEMORY = False; inside.set_limits(memory=200 << 20)\nx = b'1' * (400 << 20); time.sleep(60)"
    code = ENTER.replace(
        "command.enter_child", "inside.ENFORCES_MEMORY = False; command.enter_child"
    )
    result = subprocess.run(
        [sys.executable, "-c", code + end], capture_output=True, text=True, timeout=60
    )
    assert result.returncode == 2
    assert result.stderr.startswith("pcve: it needs more than 200 MB of memory; ")


def test_where_nothing_forks_the_command_is_started_again(northtown: World) -> None:
    code = "from pcve_graph.system.sandbox import command; command.FORKS = False; from pcve_graph.cli.main import main; main()"
    start = [sys.executable, "-c", code, "--project", str(northtown.root), "query", "-"]
    for text, options, outcome in (
        ("ASK {}", (), (0, "yes\n", "")),
        (ENDLESS, ("--timeout", "2"), (2, "", f"pcve: stdin {STOPPED_IN_TIME}\n")),
        (HUGE, ("--memory", "600M"), (2, "", f"pcve: stdin {TOO_LARGE}\n")),
    ):
        result = subprocess.run(
            [*start, *options], input=text, capture_output=True, text=True, timeout=60
        )
        assert (result.returncode, result.stdout, result.stderr) == outcome


# --- signals, pipes and terminals ----------------------------------------------------------------


def take_signals() -> None:
    """Undo what a run in the background (nohup) passes on: signals that are ignored."""
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


@pytest.fixture
def endless(northtown: World) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        command(northtown, "query", "-"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=take_signals,
    ) as started:
        assert started.stdin
        started.stdin.write(ENDLESS)
        started.stdin.close()
        started.stdin = None
        time.sleep(1)
        yield started
        started.kill()


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 1), (signal.SIGTERM, -15), (signal.SIGHUP, -1), (signal.SIGKILL, -9)]
)  # fmt: skip
def test_a_signal_ends_both_processes(
    endless: subprocess.Popen[str], number: int, code: int
) -> None:
    working = child(endless.pid)
    endless.send_signal(number)
    out, err = endless.communicate(timeout=20)
    assert (endless.returncode, out) == (code, "")
    assert gone(working)
    assert err.strip() == ("Aborted!" if number == signal.SIGINT else "")


def test_what_a_command_has_started_is_stopped_with_it(tmp_path: Path) -> None:
    result = script(
        "p = subprocess.Popen(['sleep', '60'], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)\n"
        "print(p.pid, flush=True); inside.set_limits(seconds=0.5); time.sleep(60)"
    )
    assert result.returncode == 2
    assert gone(int(result.stdout))


def test_a_reader_that_goes_away_is_not_an_error(northtown: World) -> None:
    started = subprocess.Popen(
        command(northtown, "export", "turtle"), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert started.stdout
    assert started.stderr
    started.stdout.read(10)
    started.stdout.close()
    assert (started.stderr.read(), started.wait(30)) == (b"", 0)
    started.stderr.close()


def test_a_terminal_stays_one_and_ctrl_c_works(northtown: World) -> None:
    number, terminal = pty.fork()
    if number == 0:
        os.execv(sys.executable, [*command(northtown, "query", "-")])
    with os.fdopen(terminal, "r+b", buffering=0) as screen:
        screen.write(f"{ENDLESS}\n".encode())
        time.sleep(0.5)
        screen.write(b"\x04")  # the end of what is typed
        time.sleep(1.5)
        screen.write(b"\x03")  # Ctrl-C
        shown = b""
        with contextlib.suppress(OSError):
            while part := screen.read(1000):
                shown += part
    assert os.waitstatus_to_exitcode(os.waitpid(number, 0)[1]) == 1
    assert b"Traceback" not in shown
    assert script("print(sys.stdout.isatty(), sys.stderr.isatty())").stdout == "False False\n"


def test_in_this_process_nothing_is_bounded(northtown: World) -> None:
    import resource

    before = resource.getrlimit(resource.RLIMIT_AS), signal.getsignal(signal.SIGINT), sys.stderr
    assert northtown.pcve("validate", "--timeout", "1", "--memory", "200M").exit_code == 0
    after = resource.getrlimit(resource.RLIMIT_AS), signal.getsignal(signal.SIGINT), sys.stderr
    assert (after, inside.is_watched()) == (before, False)
