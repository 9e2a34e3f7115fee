"""Questions in plain words: the saved question or command that answers, with its parameters."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys

import pytest
from conftest import World

from pcve_graph import KnowledgeGraph
from pcve_graph.ask.askable import Askable, askables
from pcve_graph.ask.finder import QuestionFinder
from pcve_graph.model.problems import UsageError
from pcve_graph.query.asks import SLOT
from pcve_graph.query.results import Rows
from pcve_graph.query.saved import read_queries
from pcve_graph.search.search import SearchIndex, open_index

EXAMPLES = {
    "country": "Albania",
    "funder": "European Union",
    "group": "teachers",
    "id": "WBCTi",
    "pillar": "IISG",
    "since": "2018",
    "topic": "prisons",
    "until": "2020",
}
"""A value of each parameter of a command."""
PREFIXES = "PREFIX pcve: <https://w3id.org/pcve/ns#>\nPREFIX schema: <https://schema.org/>\n"


@pytest.fixture(scope="module")
def kg(shipped: World) -> KnowledgeGraph:
    return KnowledgeGraph.open(shipped.root)


@pytest.fixture(scope="module")
def listed(shipped: World) -> tuple[Askable, ...]:
    return askables(read_queries(shipped.project, "answers").values())


@pytest.fixture(scope="module")
def index(shipped: World) -> SearchIndex:
    return open_index(shipped.saved().folder)


@pytest.mark.parametrize(
    ("text", "command"),
    [
        (
            "who pays for prison work in Albania?",
            "pcve query projects-on-topic-in-country --set topic=prisons --set country=albania",
        ),
        ("what overlaps in Albania, and how do you know", "pcve overlaps --country albania"),
        ("who pays for prison work", "pcve query funders-by-topic --set topic=prisons"),
        ("what is WBCTi", "pcve show wbcti"),
    ],
)
def test_a_wording_has_the_answer_of_the_command_that_it_shows(
    shipped: World, text: str, command: str
) -> None:
    asked = shipped.pcve("ask", text)
    first, _, rest = asked.stdout.partition("\n")
    assert (asked.exit_code, first) == (0, command)
    answer = shipped.pcve(*shlex.split(command)[1:])
    assert answer.exit_code == 0
    assert answer.stdout.strip()
    assert rest.endswith(answer.stdout)


@pytest.mark.parametrize(
    ("text", "question", "parameters"),
    [
        ("what happened in 2018?", "events-in-period", ("2018-01-01", "2018-12-31")),
        ("what happened in May 2018?", "events-in-period", ("2018-05-01", "2018-05-31")),
        ("events between 2016 and 2019", "events-in-period", ("2016-01-01", "2019-12-31")),
        ("events from March to June 2019", "events-in-period", ("2019-03-01", "2019-06-30")),
        ("projects on prisons in Albania since 2015", "", ("2015-01-01", "")),
        ("projects on prisons in Albania after 2015", "", ("2016-01-01", "")),
        ("projects on prisons in Albania before 2021", "", ("", "2020-12-31")),
        ("projects on prisons in Albania until May 2021", "", ("", "2021-05-31")),
    ],
)
def test_periods_fill_the_first_and_the_last_day(
    kg: KnowledgeGraph, text: str, question: str, parameters: tuple[str, str]
) -> None:
    asked = kg.ask(text)
    assert asked.question == (question or "projects-on-topic-in-country")
    values = asked.parameters.get("from", ""), asked.parameters.get("until", "")
    assert values == parameters


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("which strategies were in force on 22 May 2018?", "2018-05-22"),
        ("which strategies were in force on 22.5.2018?", "2018-05-22"),
        ("which strategies are in force today?", "2026-11-30"),
    ],
)
def test_a_day_fills_the_parameter_for_a_day(kg: KnowledgeGraph, text: str, day: str) -> None:
    asked = kg.ask(text, today="2026-11-30")
    assert (asked.question, asked.parameters["day"]) == ("strategies-on-a-day", day)


def test_a_missing_parameter_is_a_choice_and_not_a_guess(shipped: World) -> None:
    result = shipped.pcve("ask", "who was secretary general of the RCC")
    assert result.exit_code == 1
    assert "--set 'day=…'" in result.stdout
    assert "requires: day" in result.stdout


def test_doubt_is_offered_as_a_choice(shipped: World, kg: KnowledgeGraph) -> None:
    text = "is there something on prisons in Serbia"
    result = shipped.pcve("ask", text)
    assert result.exit_code == 1
    asked = kg.ask(text)
    assert not asked.is_clear
    commands = [candidate.command for candidate in asked.candidates]
    assert [line.strip() for line in result.stdout.splitlines() if "pcve " in line] == commands
    second = shipped.pcve("ask", text, "--choice", "2")
    assert (second.exit_code, second.stdout.splitlines()[0]) == (0, commands[1])
    with pytest.raises(UsageError, match="several questions may be meant"):
        print(asked.rows)
    assert asked.choose(2).command == commands[1]
    assert isinstance(asked.choose(2).rows, Rows)
    assert shipped.pcve("ask", text, "--choice", "9").exit_code == 2


@pytest.mark.parametrize("text", ["asdf qwer zxcv", "?!", "--", "zebra xylophone quartz"])
def test_a_wording_that_nothing_fits_is_refused_with_the_next_step(
    shipped: World, text: str
) -> None:
    result = shipped.pcve("ask", "--", text)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "no question fits" in result.stderr or "has no words" in result.stderr


@pytest.mark.parametrize(
    "text",
    [
        "prison " * 50_000,
        "a b c d e f g " * 10,
        "who \ud800 pays",
        "\x1b[31mwho pays\x07",
        '" OR 1=1; drop table thing; --',
        'NEAR("prison" AND *) NOT ^pays:{}',
        "(" * 300,
        "{topic} {country} {nothing}",
        "\u202ewho pays for prisons",
        "99999-99-99 in 0000 since 12345678901234567890",
        "31 February 2019 and 30 February 2020",
        "what happened in 0001 after 9999",
    ],
)
def test_hostile_text_is_answered_or_refused_within_bounds(shipped: World, text: str) -> None:
    result = shipped.pcve("ask", "--no-run", "--", text)
    assert result.exit_code in (0, 2)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert len(result.output) < 5_000
    assert not {"\x1b", "\x07", "\u202e"} & {*result.output}


def test_the_answer_alone_is_on_stdout_in_the_formats_of_programs(shipped: World) -> None:
    text = "who pays for prison work in Albania?"
    result = shipped.pcve("ask", text, "--format", "records", "--limit", "1")
    assert len(json.loads(result.stdout)) == 1
    assert result.stderr.splitlines()[0].startswith("pcve query projects-on-topic-in-country")
    only = shipped.pcve("ask", text, "--only-command")
    assert only.stdout.splitlines() == [kg_command(shipped, text)]


def kg_command(world: World, text: str) -> str:
    return KnowledgeGraph.open(world.root).ask(text).command


def test_python_says_why_and_works_out_the_rows_when_they_are_read(kg: KnowledgeGraph) -> None:
    asked = kg.ask("who pays for prison work in Albania?")
    assert asked.is_clear
    assert asked.parameters == {"topic": "prisons", "country": "albania"}
    assert ("prison", "topic=prisons") in asked.why
    assert asked.score > asked.alternatives[0].score
    assert "answer" not in vars(asked)
    rows = kg.query("projects-on-topic-in-country", topic="prisons", country="albania")
    assert [row.asdict() for row in asked.rows] == [row.asdict() for row in rows]
    report = kg.ask("what overlaps in Albania, and how do you know")
    assert report.rows == kg.overlaps(country="albania").rows
    assert kg.ask("what is WBCTi").rows == kg.show("wbcti").view.facts


def test_the_names_that_a_question_cannot_take_are_listed(shipped: World) -> None:
    result = shipped.pcve("ask", "where do sources disagree about prisons", "--no-run")
    assert "not asked about: prisons" in result.stdout


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("projects in Georgia", "not asked about: Georgia"),
        ("PROJECTS IN GEORGIA", "not asked about: GEORGIA"),
        ("who funds prison work in Iceland", "not asked about: Iceland"),
        ("who funded youth projects in Tuzla", "not asked about: Tuzla"),
        ("Projects on cyber in Moldova and Ukraine", "not asked about: cyber, Ukraine"),
        ("events in Republika Srpska", "not asked about: Republika Srpska"),
        ("Which Unicorns fund prison work in Albania?", "not asked about: Unicorns"),
        ("how many projects for 500 teachers", "not asked about: 500"),
        ("who has been left out in Albania before 2015", "not asked about: the date"),
        ("events on returnees except in Kosovo", "no question takes 'except'"),
        ("projects not funded by the EU", "no question takes 'not'"),
        ("projects that aren't funded by the EU", "no question takes 'aren't'"),
        ("projects on prisons not in Serbia", "no question takes 'not'"),
        ("projects on youth but not in Albania", "no question takes 'not'"),
        ("projects on prisons without Serbia", "no question takes 'without'"),
        ("projects on prisons outside Serbia", "no question takes 'outside'"),
        ("projects other than on prisons", "no question takes 'other than'"),
        ("non-EU donors of prison work", "no question takes 'non"),
        ("who has never funded prison work", "no question takes 'never'"),
    ],
)
def test_what_an_answer_would_leave_out_makes_it_a_choice(
    shipped: World, text: str, line: str
) -> None:
    result = shipped.pcve("ask", text)
    assert result.exit_code == 1
    assert result.stdout.replace('"', "'").startswith(line)


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("WHO PAYS FOR PRISON WORK IN ALBANIA?", "pcve query projects-on-topic-in-country"),
        ("who leads the Brdo Process", "pcve show brdo-process"),
        ("projects without an evaluation", "pcve query without-evaluation"),
        ("Which projects has nobody ever reviewed?", "pcve query without-evaluation"),
        ("what is not known about projects?", "pcve query missing-facts"),
        ("which topics are not covered in Serbia?", "pcve query topic-gaps"),
        (
            "what happened in 2018 and 2019?",
            "pcve query events-in-period --set from=2018-01-01 --set until=2019-12-31",
        ),
        (
            "events between 2020 and 2018",
            "pcve query events-in-period --set from=2018-01-01 --set until=2020-12-31",
        ),
    ],
)
def test_what_an_answer_has_in_full_is_asked_at_once(
    shipped: World, text: str, command: str
) -> None:
    result = shipped.pcve("ask", text, "--only-command")
    assert result.exit_code == 0
    assert result.stdout.startswith(command)


def test_a_word_that_is_no_name_is_named_above_the_answer(
    shipped: World, kg: KnowledgeGraph
) -> None:
    text = "events on blockchain in Albania"
    result = shipped.pcve("ask", text)
    assert result.exit_code == 0
    assert "not asked about: blockchain" in result.stdout.splitlines()[:3]
    assert kg.ask(text).unused == ("blockchain",)
    asked = kg.ask("projects in Georgia")
    assert asked.doubts == ("not asked about: Georgia",)
    with pytest.raises(UsageError, match="not asked about: Georgia"):
        print(asked.rows)


@pytest.mark.parametrize("day", ["31 February 2019", "31.2.2019", "2019-02-30"])
def test_a_day_that_does_not_exist_is_refused(shipped: World, day: str) -> None:
    result = shipped.pcve("ask", f"what happened on {day}?")
    assert result.exit_code == 2
    assert f"'{day}' is no day" in result.stderr


def test_options_that_the_command_lacks_are_left_out_with_a_note(shipped: World) -> None:
    result = shipped.pcve("ask", "who leads the Brdo Process", "--limit", "5", "--format", "csv")
    assert result.exit_code == 0
    assert "has no --limit; it is left out" in result.stderr
    assert "has no --format; it is left out" in result.stderr
    assert "Brdo" in result.stdout


def test_the_order_of_questions_and_of_hashes_makes_no_difference(
    listed: tuple[Askable, ...], index: SearchIndex, shipped: World
) -> None:
    texts = ["who works on returnees in Kosovo", "is First Line alive", "trend of youth work"]
    finders = [QuestionFinder(order, index) for order in (listed, listed[::-1])]
    answers = [[finder.find(text) for text in texts] for finder in finders]
    assert answers[0] == answers[1]
    script = (
        "import sys; from pcve_graph import KnowledgeGraph\n"
        "kg = KnowledgeGraph.open(sys.argv[1])\n"
        "for text in sys.argv[2:]: print(kg.ask(text).candidates)"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", script, str(shipped.root), *texts],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(runs) == 1


@pytest.mark.long
def test_each_question_is_reached_by_its_own_wordings(
    listed: tuple[Askable, ...], index: SearchIndex
) -> None:
    finder = QuestionFinder(listed, index)
    total = right = 0
    for askable in listed:
        names = []
        for ask in askable.asks:
            values = {
                name: EXAMPLES.get(name, param.example) if askable.is_command else param.example
                for name, param in askable.params.items()
            }
            text = SLOT.sub(lambda match, values=values: values[match[1]], ask)  # type: ignore[misc]
            matches = finder.find(text).candidates
            names.append(matches[0].name if matches else "")
        assert askable.name in names, askable.name
        total += len(names)
        right += names.count(askable.name)
    assert right / total > 0.9


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        ("#+ asks: who is here?", "asks is not a list of wordings"),
        ("#+ asks: []", "asks is not a list of wordings"),
        ("#+ asks:\n#+   - who is in {town}?", "asks: no parameter is called 'town'"),
        ("#+ asks:\n#+   - [who, is]", "asks: this is not a wording"),
        (f"#+ asks:\n#+   - {'who ' * 101}", "asks: the wording has 403 characters"),
    ],
)
def test_a_header_with_wordings_that_are_not_valid_is_refused(
    world: World, lines: str, fault: str
) -> None:
    text = f"#+ summary: Who is here?\n{lines}\n{PREFIXES}SELECT ?s WHERE {{ ?s a pcve:Event }}\n"
    world.write("queries/answers/who.rq", text)
    result = world.pcve("queries")
    assert result.exit_code == 1
    assert fault in result.output


def test_a_question_of_ones_own_is_asked_by_its_wordings(world: World) -> None:
    world.write(
        "queries/answers/marbles.rq",
        "#+ summary: Which events have marbles?\n"
        "#+ params:\n#+   place: {type: thing, kinds: [Place], description: where}\n"
        "#+ asks:\n#+   - where do the marbles roll in {place}?\n"
        f"{PREFIXES}SELECT ?event ?place WHERE {{ ?event a pcve:Event ; schema:location ?place }}\n",
    )
    world.pcve("build")
    result = world.pcve("ask", "do marbles roll in Northtown", "--only-command")
    assert result.stdout == "pcve query marbles --set place=northtown\n"
