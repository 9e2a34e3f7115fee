"""`pcve mcp`: tools answer with evidence and addresses, within bounds, and nothing goes out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, World, make_world, require

pytestmark = pytest.mark.full
require("mcp", "jsonschema")

import anyio
import jsonschema
from mcp import Client, StdioServerParameters
from mcp.shared.exceptions import MCPError

RUNAWAY = """#+ summary: A question that does not end
SELECT (COUNT(*) AS ?number) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }
"""
OUTSIDE = """#+ summary: A question to another server
SELECT ?s WHERE { SERVICE <http://127.0.0.1:9/sparql> { ?s ?p ?o } }
"""
MODES = ("auto", "legacy")
GRADES = {"verified", "fingerprinted", "cited"}
LARGEST = 60_000
"""The most bytes of an answer: a client gives it to a model as it is."""


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Northtown with two more questions, built."""
    world = make_world(tmp_path_factory.mktemp("mcp") / "northtown")
    world.write("queries/answers/runaway.rq", RUNAWAY)
    world.write("queries/answers/outside.rq", OUTSIDE)
    result = world.pcve("build")
    assert result.exit_code == 0, result.output
    return world


def command(world: World, *options: str) -> list[str]:
    return [sys.executable, "-m", "pcve_graph", "--project", str(world.root), "mcp", *options]


def environment(*folders: Path) -> dict[str, str]:
    """The environment of a server; modules in `folders` are found first."""
    paths = [*map(str, folders), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {"PYTHONPATH": os.pathsep.join(paths)} if paths else {}


def serve(
    world: World,
    talk: Callable[[Client], Awaitable[None]],
    *options: str,
    mode: str = "auto",
    folders: tuple[Path, ...] = (),
) -> None:
    """Run `talk` with a client of the package that has started the command."""
    program, *arguments = command(world, *options)
    server = StdioServerParameters(command=program, args=arguments, env=environment(*folders))

    failures: list[BaseException] = []

    async def run() -> None:
        async with Client(server, mode=mode) as client:
            try:
                await talk(client)
            except Exception as error:  # or the client would wrap it in several groups of errors
                failures.append(error)

    anyio.run(run)
    for failure in failures:
        raise failure


async def answer(client: Client, tool: str, **arguments: Any) -> Any:
    """The structured content of a call that succeeds."""
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, result.content
    text = getattr(result.content[0], "text", "")
    assert text
    for size in (len(text.encode()), len(json.dumps(result.structured_content))):
        assert size < LARGEST
    return result.structured_content


async def refusal(client: Client, tool: str, arguments: dict[str, Any]) -> str:
    """The message of a call that fails."""
    result = await client.call_tool(tool, arguments)
    assert result.is_error, result.structured_content
    return str(getattr(result.content[0], "text", ""))


def evidence_behind(table: Any, row: int) -> list[tuple[str, str, str]]:
    """(grade, address, words) of the evidence behind a row of a table."""
    facts = {fact["number"]: fact for fact in table["facts"]}
    addresses = {source["id"]: source.get("address", "") for source in table["sources"]}
    entries = [
        piece
        for number in table["rows"][row]["facts"]
        for piece in facts[number].get("evidence", ())
    ]
    assert {fact["checked"] for fact in facts.values() if "evidence" in fact} <= GRADES
    return [
        (piece["checked"], addresses[piece["source"]], piece.get("quote") or piece.get("says", ""))
        for piece in entries
    ]


@pytest.mark.parametrize("mode", MODES)
def test_what_overlaps_in_albania_and_how_do_you_know(shipped: World, mode: str) -> None:
    async def talk(client: Client) -> None:
        asked = await answer(client, "ask", text="what overlaps in Albania, and how do you know?")
        choice = asked["choices"][asked["chosen"] - 1]
        assert (choice["tool"], choice["arguments"]) == ("overlaps", {"country": "albania"})
        table = await answer(client, choice["tool"], **choice["arguments"])
        assert asked["table"] == table
        first = table["rows"][0]["values"]
        assert (first["verdict"], first["one"]["id"]) == ("overlapping", "communities-first")
        assert first["one"]["iri"] == "https://w3id.org/pcve/id/project/communities-first"
        assert {"holds", "score", "reason"} <= first.keys()
        behind = evidence_behind(table, 0)
        assert {grade for grade, _, _ in behind} <= GRADES
        assert all(address.startswith("http") for _, address, _ in behind)
        assert any(words for _, _, words in behind)
        subjects = {
            table["facts"][number - 1]["subject"]["id"] for number in table["rows"][0]["facts"]
        }
        assert subjects == {"communities-first", "iom-local-voices"}
        assert any(note.startswith("Kosovo*") for note in table["notes"])
        assert any("Compared: " in note for note in table["notes"])
        page = await answer(client, "show", id=first["one"]["id"])
        assert page["thing"]["iri"] == first["one"]["iri"]
        assert sum(page["checked"].values()) >= 10
        assert all(source["address"].startswith("http") for source in page["sources"])

    serve(shipped, talk, mode=mode)


@pytest.mark.parametrize("mode", MODES)
def test_who_pays_for_prison_work(shipped: World, mode: str) -> None:
    async def talk(client: Client) -> None:
        asked = await answer(client, "ask", text="who pays for prison work?")
        assert asked["clear"]
        listed = await answer(client, "list_questions", theme="money")
        name = next(
            question["name"]
            for question in listed["questions"]
            if "pays" in question["summary"] and "topic" in question.get("parameters", ())
        )
        described = await answer(client, "describe_question", question=name)
        parameters = {"topic": "prisns"}
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({"topc": "prisons"}, described["schema"])
        message = await refusal(
            client, "run_question", {"question": name, "parameters": parameters}
        )
        assert "topic/prisons" in message
        parameters = {"topic": "prisons"}
        jsonschema.validate(parameters, described["schema"])
        table = await answer(client, "run_question", question=name, parameters=parameters)
        assert asked["table"] == table
        funders = [row["values"]["funder"]["id"] for row in table["rows"]]
        assert {"council-of-europe", "european-union"} <= set(funders)
        assert table["parameters"]["topic"]["iri"].endswith("/vocab/topic/prisons")
        for row in range(len(funders)):
            behind = evidence_behind(table, row)
            assert behind, funders[row]
            assert all(address.startswith("http") for _, address, _ in behind)
        number = funders.index("norway") + 1
        reasons = await answer(client, "why", question=name, parameters=parameters, row=number)
        behind = evidence_behind(reasons, 0)
        assert any("Norway" in words for _, _, words in behind)
        assert "left_out" not in reasons

    serve(shipped, talk, mode=mode)


@pytest.mark.parametrize("mode", MODES)
def test_tools_are_typed_and_only_read(asked: World, mode: str) -> None:
    async def talk(client: Client) -> None:
        assert "no record" in (client.instructions or "").casefold()
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert {
            "run_question",
            "search",
            "show",
            "overlaps",
            "coverage",
            "timeline",
            "why",
        } <= tools.keys()
        for tool in tools.values():
            assert tool.description
            assert tool.output_schema
            assert tool.input_schema["additionalProperties"] is False
            assert all("description" in part for part in tool.input_schema["properties"].values())
            assert tool.annotations
            assert tool.annotations.read_only_hint
            assert tool.annotations.open_world_hint is False
        for left_out, most in (({"output_schema"}, 18_000), (set(), 48_000)):
            listed = [
                tool.model_dump(mode="json", exclude_none=True, exclude=left_out)
                for tool in tools.values()
            ]
            assert len(json.dumps(listed)) < most

    serve(asked, talk, mode=mode)


CALLS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("ask", {"text": "timeline of work on prisons"}),
    ("ask", {"text": "who works on prisons?", "choice": 1}),
    ("ask", {"text": "events"}),
    ("list_questions", {}),
    ("describe_question", {"question": "events-on-topic"}),
    ("run_question", {"question": "events-by-date"}),
    ("run_question", {"question": "events-by-date", "limit": "2", "parameters": "{}"}),
    ("why", {"question": "events-by-date", "row": 1}),
    ("search", {"text": "Northtown"}),
    ("search", {"text": "Northtown", "kind": "event"}),
    ("search", {"text": "nothing like it"}),
    ("search", {"text": "training", "topic": ["prisons"], "year": "2020", "country": ""}),
    ("terms", {}),
    ("terms", {"list": "topic", "lang": "sq"}),
    ("show", {"id": "northtown"}),
    ("show", {"id": "northtown", "as_of": "2019-05-01", "limit": None}),
    ("overlaps", {}),
    ("coverage", {}),
    ("coverage", {"count": "money", "by": "funder"}),
    ("coverage", {"gaps": True}),
    ("coverage", {"needs": True}),
    ("timeline", {}),
    ("timeline", {"trend": True}),
)


def test_answers_conform_to_their_schemas(asked: World) -> None:
    async def talk(client: Client) -> None:
        schemas = {tool.name: tool.output_schema for tool in (await client.list_tools()).tools}
        assert {name for name, _ in CALLS} >= schemas.keys()
        for tool, arguments in CALLS:
            content = await answer(client, tool, **arguments)
            jsonschema.validate(content, schemas[tool] or {})
        table = await answer(client, "run_question", question="events-by-date", limit=2)
        assert [row["number"] for row in table["rows"]] == [1, 2]
        assert table["left_out"] == [
            f"rows shown: 1 to 2 of {table['total']}; call again with offset=2"
        ]
        later = await answer(client, "run_question", question="events-by-date", limit=2, offset=2)
        assert [row["number"] for row in later["rows"]] == [3, 4]

    serve(asked, talk)


WRONG: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("serch", {}, "there is no tool 'serch'; did you mean search?"),
    ("ask", {"txt": "x"}, "ask has no argument 'txt'; did you mean text?"),
    ("ask", {"text": "qwertz uiop"}, "no question fits 'qwertz uiop'; list_questions lists the questions"),
    ("ask", {"text": "who pays for prisons?", "choice": 99}, "choice is from 1 to "),
    ("list_questions", {"them": "money"}, "list_questions has no argument 'them'; did you mean theme?"),
    ("list_questions", {"theme": "mony"}, "there is no theme 'mony'; did you mean money?"),
    ("describe_question", {}, "describe_question requires question: "),
    ("describe_question", {"question": "events-by-dat"}, "there is no saved question 'events-by-dat'; did you mean"),
    ("run_question", {"question": ["x"]}, "question must be a text, not ['x']"),
    ("run_question", {"question": "zzz"}, "there is no saved question 'zzz'; list_questions has all"),
    ("run_question", {"question": "events-by-date", "limit": "many"}, "limit must be a whole number, not 'many'"),
    ("run_question", {"question": "events-by-date", "limit": -1}, "limit must be a whole number from 0"),
    ("run_question", {"question": "events-by-date", "offset": 1e20}, "offset must be a whole number"),
    ("run_question", {"question": "events-by-date", "parameters": {"x": {}}}, "parameters: x must be a text or a number"),
    ("run_question", {"question": "events-by-date", "parameters": "topic=x"}, "parameters must be an object such as"),
    ("run_question", {"question": "events-on-topic"}, 'events-on-topic requires topic; for instance parameters={"topic": '),
    ("run_question", {"question": "events-on-topic", "parameters": {"topc": "x"}}, "events-on-topic has no parameter 'topc'; did you mean topic?"),
    ("run_question", {"question": "events-on-topic", "parameters": {"topic": "prisns"}}, "topic: no topic matches 'prisns'; did you mean:"),
    ("run_question", {"question": "../../pcve.toml"}, "there is no saved question '../../pcve.toml'; "),
    ("why", {"question": "events-by-date", "row": 0}, "there is no row 0; the answer has rows 1 to "),
    ("why", {"question": "events-by-date", "row": 999}, "there is no row 999; the answer has rows 1 to "),
    ("search", {"txt": "x"}, "search has no argument 'txt'; did you mean text?"),
    ("search", {"text": "x", "kind": "evnt"}, "unknown kind 'evnt'; did you mean event?"),
    ("search", {"text": "x", "year": "next"}, "year must be a whole number or a list of these, not 'next'"),
    ("search", {"text": "x", "year": 12}, "a year has four digits, such as 2018, not '12'"),
    ("terms", {"list": "topc"}, "there is no list 'topc'; did you mean topic?"),
    ("terms", {"lang": "?", "list": "topic"}, "lang takes a language tag such as sq or sr-Latn"),
    ("search", {"text": "x", "kind": {"a": 1}}, "kind must be a text or a list of these, not {'a': 1}"),
    ("show", {"id": "northtwn"}, "no thing matches 'northtwn'; did you mean:"),
    ("show", {"id": "northtown", "as_of": "May"}, "'May'"),
    ("overlaps", {"country": "Albani"}, "country: no country or place matches 'Albani'; "),
    ("overlaps", {"kind": "projects"}, "kind must be one of all, project, event, not 'projects'; did you mean project?"),
    ("overlaps", {"min_score": 2}, "a score is a number from 0 to 1, not 2"),
    ("coverage", {"cell": "albania"}, "cell requires a row and a column, such as albania/prisons, not 'albania'"),
    ("coverage", {"cell": "albania/prisons", "gaps": True}, "cell cannot be combined with gaps or picture"),
    ("coverage", {"needs": "perhaps"}, "needs must be true or false, not 'perhaps'"),
    ("timeline", {"since": "yesterday"}, "'yesterday'"),
    ("timeline", {"topic": "x\ny" * 999}, "topic: no topic matches"),
)  # fmt: skip


def test_a_wrong_call_gets_one_message(asked: World) -> None:
    async def talk(client: Client) -> None:
        tools = {tool.name for tool in (await client.list_tools()).tools}
        assert {name for name, *_ in WRONG} >= tools
        for tool, arguments, message in WRONG:
            text = await refusal(client, tool, arguments)
            assert message in text, (tool, arguments)
            assert "Traceback" not in text
            assert "--" not in text

    serve(asked, talk)


def test_a_runaway_question_is_stopped_and_others_are_answered_meanwhile(asked: World) -> None:
    async def talk(client: Client) -> None:
        seconds: dict[str, float] = {}
        start = time.monotonic()

        async def runaway(name: str) -> None:
            text = await refusal(client, "run_question", {"question": "runaway"})
            assert (
                "was stopped after 8 s; reduce the work, or raise the limit with --timeout" in text
            )
            seconds[name] = time.monotonic() - start

        async def usual(name: str) -> None:
            await answer(client, "show", id="northtown")
            seconds[name] = time.monotonic() - start

        await usual("warm")
        start = time.monotonic()
        async with anyio.create_task_group() as group:
            for name in ("first", "second"):
                group.start_soon(runaway, name)
            for name in ("third", "fourth", "fifth"):
                group.start_soon(usual, name)
        assert max(seconds[name] for name in ("third", "fourth", "fifth")) < 8
        await usual("after")

    serve(asked, talk, "--timeout", "8")


def test_a_call_that_is_cancelled_ends_its_process(asked: World) -> None:
    async def talk(client: Client) -> None:
        for _ in range(4):  # more than run at a time
            with anyio.move_on_after(1.5) as scope:
                await client.call_tool("run_question", {"question": "runaway"})
            assert scope.cancelled_caught
        with anyio.fail_after(60):
            await answer(client, "show", id="northtown")

    for mode in MODES:
        serve(asked, talk, "--timeout", "0", mode=mode)


@pytest.mark.long
def test_memory_is_bounded(asked: World) -> None:
    asked.write(
        "queries/answers/vast.rq",
        "#+ summary: A question whose answer is vast\nSELECT * WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }\n",
    )

    async def talk(client: Client) -> None:
        text = await refusal(client, "run_question", {"question": "vast"})
        assert "needs more than 600 MB of memory; reduce the work, or raise" in text
        await answer(client, "search", text="Northtown")

    serve(asked, talk, "--memory", "600M", "--timeout", "300")


def test_nothing_goes_out(asked: World, tmp_path: Path) -> None:
    """A hook in every Python process of the server notes each connection and each lookup of a name."""
    log = tmp_path / "connections"
    (tmp_path / "sitecustomize.py").write_text(
        "import os, sys\n"
        "def hook(event, arguments):\n"
        "    if event in ('socket.connect', 'socket.getaddrinfo', 'socket.sendto', 'urllib.Request'):\n"
        f"        os.write(os.open({str(log)!r}, os.O_CREAT | os.O_APPEND | os.O_WRONLY), event.encode())\n"
        "    if event == 'open' and isinstance(arguments[0], str) and arguments[0].endswith('hook-works'):\n"
        f"        os.write(os.open({str(log)!r} + '-on', os.O_CREAT | os.O_APPEND | os.O_WRONLY), b'on')\n"
        "sys.addaudithook(hook)\n"
        "try:\n"
        "    open('hook-works')\n"
        "except OSError:\n"
        "    pass\n"
    )

    async def talk(client: Client) -> None:
        text = await refusal(client, "run_question", {"question": "outside"})
        assert "SERVICE" in text
        for tool, arguments in CALLS:
            await answer(client, tool, **arguments)

    serve(asked, talk, folders=(tmp_path,))
    assert (tmp_path / "connections-on").stat().st_size >= 4  # the server and a worker
    assert not log.exists()


def test_things_are_resources(asked: World) -> None:
    async def talk(client: Client) -> None:
        templates = (await client.list_resource_templates()).resource_templates
        assert {template.uri_template for template in templates} == {
            "pcve://id/{id}",
            "pcve://source/{id}",
        }
        hits = (await answer(client, "search", text="Northtown", limit=5))["rows"]
        thing = hits[0]["values"]["thing"]
        for uri in (f"pcve://id/{thing['id']}", thing["iri"]):
            content = (await client.read_resource(uri)).contents[0]
            assert thing["iri"] in getattr(content, "text", "")
        for uri, message in (
            ("pcve://id/northtwn", "no thing matches 'northtwn'; did you mean:"),
            ("file:///etc/passwd", "no thing matches 'file:///etc/passwd'"),
            ("pcve://id/../../pcve.toml", "no thing matches"),
        ):
            with pytest.raises(MCPError, match=message):
                await client.read_resource(uri)

    serve(asked, talk)


def test_what_search_prints_show_opens(asked: World) -> None:
    async def talk(client: Client) -> None:
        for row in (await answer(client, "search", text="north", kind=["event", "place"]))["rows"]:
            thing = row["values"]["thing"]
            page = await answer(client, "show", id=thing["id"])
            assert page["thing"] == thing

    serve(asked, talk)


def test_a_build_is_read_as_soon_as_it_is_there(world: World) -> None:
    assert world.pcve("build").exit_code == 0

    async def talk(client: Client) -> None:
        assert (await answer(client, "search", text="zzqqxx"))["total"] == 0
        world.write(
            "queries/answers/fresh.rq",
            "#+ summary: fresh\nSELECT ?s WHERE { ?s a <urn:nothing> }\n",
        )
        names = {item["name"] for item in (await answer(client, "list_questions"))["questions"]}
        assert "fresh" in names
        assert world.pcve("build", "--whole").exit_code == 0
        await answer(client, "search", text="Northtown")

    serve(world, talk)


REQUEST = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-11-25",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "0"},
    },
}


def lines(*messages: dict[str, Any] | str) -> bytes:
    texts = (part if isinstance(part, str) else json.dumps(part) for part in messages)
    return "".join(f"{text}\n" for text in texts).encode()


@pytest.mark.parametrize("busy", [False, True])
def test_the_end_of_stdin_ends_the_server(asked: World, busy: bool) -> None:
    call = {"name": "run_question", "arguments": {"question": "runaway"}}
    messages: list[dict[str, Any] | str] = [
        REQUEST,
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        "no JSON",
        '{"jsonrpc": 1}',
    ]
    if busy:
        messages.append({"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": call})
    with subprocess.Popen(
        command(asked, "--timeout", "0"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write(lines(*messages))
        process.stdin.flush()
        first = process.stdout.readline()
        time.sleep(3 if busy else 0)
        process.stdin.close()
        rest = process.stdout.read()
        assert process.wait(30) == 0
    for line in (first + rest).splitlines():
        assert json.loads(line)["jsonrpc"] == "2.0"
    assert json.loads(first)["result"]["serverInfo"]["name"] == "pcve"


def test_without_a_build_one_line_says_so(world: World) -> None:
    result = subprocess.run(command(world), input=b"", capture_output=True, check=False)
    assert (result.returncode, result.stdout) == (2, b"")
    assert len(result.stderr.splitlines()) == 1
    assert b"pcve build" in result.stderr


def test_without_the_extra_one_line_says_how_to_install_it(asked: World, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("import sys\nsys.modules['mcp'] = None\n")
    result = subprocess.run(
        command(asked),
        env=os.environ | environment(tmp_path),
        input=b"",
        capture_output=True,
        check=False,
    )
    assert (result.returncode, result.stdout) == (2, b"")
    assert result.stderr == b"pcve: mcp is not installed; pip install 'pcve-graph[mcp]'\n"


@pytest.mark.long
def test_every_saved_question_answers_within_bounds(shipped: World) -> None:
    async def talk(client: Client) -> None:
        for question in (await answer(client, "list_questions"))["questions"]:
            name = question["name"]
            described = await answer(client, "describe_question", question=name)
            parameters = described.get("example", {})
            jsonschema.validate(parameters, described["schema"])
            table = await answer(
                client, "run_question", question=name, parameters=parameters, limit=0, evidence=2
            )
            assert [column["name"] for column in table["columns"]]
            assert len(table["rows"]) == table["total"] or table["left_out"]

    serve(shipped, talk, "--timeout", "120")


def test_the_page_shows_the_settings_of_a_client() -> None:
    page = (ROOT / "docs/how-to/mcp.md").read_text()
    block = page.split("```json\n")[1].split("```")[0]
    assert json.loads(block)["mcpServers"]["pcve"]["args"][-1] == "mcp"
