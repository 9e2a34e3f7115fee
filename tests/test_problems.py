"""Each mistake a curator can make gives one message: where, what was found, which rule, the fix."""

from __future__ import annotations

import pytest
from conftest import INFERRED, World

from pcve_graph.system.cache import CACHE_FOLDER

EVENT = "data/records/event/northtown-conference-2015.yml"
PLACE = "data/records/place/northtown.yml"
NEWS = "data/sources/northtown-news.yml"

CHANGES: dict[str, tuple[str, str, str, str, str, str, str]] = {
    # name: (file, old, new, line:column, rule, found, fix)
    "unknown key": (
        EVENT, "    edition: 3", "    editon: 3", "10:5", "unknown-key",
        'Event has no key "editon"', "did you mean edition?",
    ),
    "unknown top key": (
        EVENT, "type: Event", "type: Event\nlabel: x", "3:1", "unknown-key",
        'a record has no key "label"', "under `claims:`",
    ),
    "key of another class": (
        PLACE, "    kind: city", "    kind: city\n    edition: 1", "8:5", "unknown-key",
        'Place has no key "edition"', "did you mean",
    ),
    "number that is none": (
        EVENT, "edition: 3", "edition: third", "10:14", "pcvesh:Event-edition", 'edition is "third"', "digits",
    ),
    "number out of range": (
        EVENT, "edition: 3", "edition: 0", "10:14", "pcvesh:Event-edition", 'is "0"', "",
    ),
    "bad date": (
        EVENT, "startDate: 2015-01-19\n    location", "startDate: 2015-13-01\n    location", "11:16", "pcvesh:Event-startDate",
        'start is "2015-13-01"', "a day, month or year",
    ),
    "date in EDTF of a form that is not taken": (
        EVENT, "startDate: 2015-01-19\n    location", "startDate: 2015-21~\n    location", "11:16", "pcvesh:Event-startDate",
        'start is "2015-21~"', "the forms of EDTF that are taken are 2018-05~, 2018?, 2018%, 201X,",
    ),
    "interval that ends before it begins": (
        EVENT, "startDate: 2015-01-19\n    location", "startDate: 2015/2014\n    location", "11:16", "pcvesh:Event-startDate",
        'start is "2015/2014"', "the earlier date is first",
    ),
    "date in words": (
        EVENT, "startDate: 2015-01-19\n    location", "startDate: about 2015\n    location", "11:16", "pcvesh:Event-startDate",
        'start is "about 2015"', "",
    ),
    "end before start": (
        EVENT, "endDate: 2015-01-20", "endDate: 2015-01-18\n" + INFERRED.rstrip(), "11:16", "pcvesh:Dated-earliest",
        "earliest day of", "Correct the date",
    ),
    "dangling reference": (
        EVENT, "location: northtown", "location: nothtown", "12:15", "pcvesh:Event-location",
        'location is "nothtown"', "did you mean northtown?",
    ),
    "reference to the wrong class": (
        EVENT, "assistant: river-institute", "assistant: northtown", "22:16",
        "pcvesh:Event-assistant", 'is "Northtown"', "of another class",
    ),
    "reference by an IRI": (
        EVENT, "location: northtown", "location: https://w3id.org/pcve/id/place/northtown", "12:15",
        "pcvesh:Event-location", 'location is "https:', "write the id alone: northtown",
    ),
    "reference to a class of none below": (
        EVENT, "location: northtown", "location: river-institute", "12:15", "pcvesh:Event-location",
        'is "River Institute"', "write the id of Country or Place",
    ),
    "number with an exponent": (
        EVENT, "edition: 3", "edition: 1e3", "10:14", "pcvesh:Event-edition", 'edition is "1e3"',
        "write 1000",
    ),
    "number below the least": (
        EVENT, "edition: 3", "edition: -1", "10:14", "pcvesh:Event-edition", 'is "-1"',
        "write one whole number, 1 or more",
    ),
    "number too long": (
        EVENT, "edition: 3", "edition: 12345678901234567890123", "10:14", "pcvesh:Event-edition",
        'is "123', "at most 18 digits",
    ),
    "year before the common era": (
        EVENT, "startDate: 2015-01-19\n    location", "startDate: -2015-01-19\n    location", "11:16", "pcvesh:Event-startDate",
        'start is "-2015-01-19"', "write a day, month or year",
    ),
    "two values where one belongs": (
        EVENT, "startDate: 2015-01-19\n    location", "startDate: [2015-01-19, 2015-01-20]\n    location", "11:17",
        "pcvesh:Event-startDate", "has too many values", "keep one of",
    ),
    "half a surrogate pair": (
        PLACE, "prefLabel: {en: Northtown}", 'prefLabel: {en: "\\ud800"}', "6:24", "yaml-syntax",
        "invalid Unicode character escape", "write the character itself",
    ),
    "placeholder of the template": (
        EVENT, "location: northtown", "location: <id of Place>", "12:15", "empty-value",
        "the placeholder <id of Place> is not filled in", "delete the key",
    ),
    "term of no list": (
        EVENT, "kind: conference", "kind: conferense", "7:11", "pcvesh:Event-kind",
        'kind is "conferense"', "did you mean conference?",
    ),
    "unknown source": (
        EVENT, "- source: southport-bulletin", "- source: southport-buletin", "30:13",
        "unknown-source", 'no source has the id "southport-buletin"', "did you mean southport-bulletin?",
    ),
    "unknown type": (
        EVENT, "type: Event", "type: Evnt", "2:7", "unknown-type", 'no class is called "Evnt"',
        "did you mean Event?",
    ),
    "type of another folder": (
        EVENT, "type: Event", "type: Document", "2:7", "folder",
        "is in data/records/event", "move it to data/records/document/",
    ),
    "text without language": (
        PLACE, "prefLabel: {en: Northtown}", "prefLabel: Northtown", "6:16", "pcvesh:Thing-prefLabel",
        'name is "Northtown"', "add the language of the text",
    ),
    "language that is none": (
        PLACE, "altLabel: {sq: Qyteti", "altLabel: {Albanian: Qyteti", "11:16", "language",
        '"Albanian" is not a language tag', "a code",
    ),
    "keys where one value belongs": (
        PLACE, "kind: city", "kind: {is: city}", "7:11", "structure", "does not take nested keys", "one value",
    ),
    "membership without an id": (
        "data/records/person/ana-vale.yml", "{id: mayor, startDate: 2014}", "{startDate: 2014}",
        "10:20", "structure", "beginning with an id", "id: a-name",
    ),
    "person without a public role": (
        "data/records/person/ana-vale.yml",
        "    hasMembership: {id: mayor, organization: northtown-council, role: head, roleName: {en: Mayor}}\n"
        "  - source: atlas\n    hasMembership: {id: mayor, startDate: 2014}\n",
        "", "1:1", "pcvesh:Person-hasMembership", "is missing", "",
    ),
    "name missing": (
        PLACE, "    prefLabel: {en: Northtown}\n", "", "1:1", "pcvesh:Thing-prefLabel",
        "is missing", "",
    ),
    "no web address": (
        "data/records/place/southport.yml", "sameAs: https://gazetteer.example/southport",
        "sameAs: gazetteer.example/southport", "6:13", "pcvesh:Thing-sameAs", "same as is", "full",
    ),
    "quote not in the text": (
        EVENT, "quote: The conference concluded that mentors need more training",
        "quote: The conference concluded that mentors need less training", "28:12",
        "quote-not-found", 'the quote continues "less training", the text "more training', "verbatim",
    ),
    "quote from nowhere": (
        EVENT, 'quote: Mayor Ana Vale opened it and spoke of "patience first"', "quote: remained silent", "25:12",
        "quote-not-found", "not even its first word", "verbatim",
    ),
    "quote that stands twice": (
        PLACE, "quote: in Northtown, a town in Landia", "quote: Northtown", "5:12",
        "quote-ambiguous", "the quote occurs 3 times", "occurrence:",
    ),
    "occurrence that is none": (
        PLACE, "quote: in Northtown, a town in Landia",
        "quote: in Northtown, a town in Landia\n    occurrence: 2", "6:17", "quote-ambiguous",
        "the quote occurs 1 time", "occurrence:",
    ),
    "quote too long": (
        "data/records/project/steady-hands.yml",
        "quote: The mentoring scheme “Steady Hands” began in March 2015",
        "quote: The mentoring scheme “Steady Hands” began in March 2015. It is funded by the Lake Fund and run by the River Institute in Northtown. It is part of the Lake Programme, and builds up the Mentors' Network, which originates from the Harbour Process. A roundtable on prisons will be held on 3 June 2016 in Southport. The River Institute will present a report there.",
        "4:5", "pcvesh:QuoteWords-exact", "words of", "only the words",
    ),
    "fact without the words of a held text": (
        "data/records/organization/river-institute.yml",
        "    quote: assisted by the River Institute\n", "", "4:5", "quote-missing",
        "is held, but the block has no quote", "quote the words",
    ),
    "quote of a text that is not held": (
        "data/records/organization/mentoring-office.yml", "  - source: atlas",
        "  - source: atlas\n    quote: the Mentoring Office", "5:12", "quote-not-held", "is not held",
        "cited",
    ),
    "inference without a reason": (
        PLACE, "    containedInPlace: landia", "    containedInPlace: landia\n    certainty: inferred",
        "9:16", "reason", "this block is inferred but has no note", "with the reason",
    ),
    "certainty that is none": (
        PLACE, "    containedInPlace: landia", "    containedInPlace: landia\n    certainty: sure",
        "9:16", "pcvesh:Evidence-certainty", 'certainty is "sure"', "inferred, stated",
    ),
    "block without a fact": (
        PLACE, "    altLabel: {sq: Qyteti i Veriut}\n", "", "9:5", "missing-key", "this block states no fact",
        "add a fact",
    ),
    "record without claims": (
        "data/records/place/southport.yml", "claims:", "claim:", "3:1", "unknown-key",
        'no key "claim"', "under `claims:`",
    ),
    "id of another file": (
        PLACE, "id: northtown", "id: nothtown", "1:5", "file-name", 'the id "nothtown" is not the name of the file', "make them equal",
    ),
    "key twice": (
        PLACE, "    kind: city", "    kind: city\n    kind: region", "8:5", "duplicate-key",
        "occurs twice, first on line 7", "delete one",
    ),
    "tab": (
        PLACE, "    kind: city", "\tkind: city", "7:1", "yaml-syntax", "found a tab", "two spaces",
    ),
    "held text changed": (
        "data/sources/texts/northtown-news.txt", "Third", "third", "11:9", "checksum",
        "does not match", "restore the file",
    ),
    "held text missing": (
        NEWS, "textFile: northtown-news.txt", "textFile: nowhere.txt", "10:11", "held-text",
        'file not found: "nowhere.txt"', "put the file there",
    ),
    "held text outside its folder": (
        NEWS, "textFile: northtown-news.txt", "textFile: ../northtown-news.yml", "10:11", "held-text",
        "file not found", "put the file there",
    ),
    "held text without its checksum": (
        "data/sources/atlas.yml", "language: en", "language: en\ntextFile: northtown-news.txt", "1:1",
        "held-text", "one of textFile and sha256", "both",
    ),
    "city in no country": (
        "data/records/place/southport.yml", "    containedInPlace: landia\n", "", "1:1",
        "check:place-has-a-country", "is not within a country", "containedInPlace",
    ),
    "name in no English": (
        "data/records/place/southport.yml", "prefLabel: {en: Southport}", "prefLabel: {sq: Portojug}",
        "5:21", "check:name-in-english", "has no name in English", "add the name in English",
    ),
}  # fmt: skip


def snapshot(world: World) -> dict[str, bytes]:
    """The files of a build, except the cache of rules, which does not depend on the data."""
    build = world.root / "build"
    files = (path for path in sorted(build.rglob("*")) if path.is_file())
    return {str(path): path.read_bytes() for path in files if path.parent.name != CACHE_FOLDER}


def test_there_are_as_many_mistakes_as_ever() -> None:
    assert len(CHANGES) >= 40


@pytest.mark.long
@pytest.mark.parametrize("name", CHANGES)
def test_a_mistake_gives_one_message_and_changes_nothing(world: World, name: str) -> None:
    assert world.pcve("build").exit_code == 0
    before = snapshot(world)
    file, old, new, place, rule, message, fix = CHANGES[name]
    world.replace(file, old, new)
    result = world.pcve("build")
    text = result.stderr
    at = NEWS if name == "held text changed" else file
    problems = [line for line in text.splitlines() if ": error " in line]
    expected = [line for line in problems if line.startswith(f"{at}:{place}: error {rule}: ")]
    assert result.exit_code == 1, text
    assert expected, text
    if name != "record without claims":
        assert len(problems) == 1, text
    assert message in text
    assert fix in text
    assert "    rule: " in text
    assert "Traceback" not in text
    assert snapshot(world) == before


def test_two_files_with_one_id_are_one_message(world: World) -> None:
    text = (world.root / "data/records/event/northtown-conference-2016.yml").read_text()
    twin = text.replace("id: northtown-conference-2016", "id: northtown")
    world.write("data/records/event/northtown.yml", twin)
    result = world.pcve("build")
    assert result.exit_code == 1
    assert result.stderr.count(": error ") == 1
    assert f"{PLACE}:1:1: error duplicate-id" in result.stderr
    assert "already used in data/records/event/northtown.yml" in result.stderr


@pytest.mark.long
@pytest.mark.parametrize(
    "content", [b"\x89PNG\r\n\x1a\n\0\0", b"id: x\0", "id: é".encode("latin-1")]
)
def test_a_binary_file_is_one_message(world: World, content: bytes) -> None:
    world.write("data/records/place/picture.yml", content)
    result = world.pcve("build")
    assert result.exit_code == 1
    assert result.stderr.count(": error ") == 1
    assert "data/records/place/picture.yml:1:" in result.stderr
    assert "error encoding" in result.stderr


def test_a_broken_record_does_not_accuse_those_that_point_to_it(world: World) -> None:
    world.replace(PLACE, "    kind: city", "    kind: [city")
    result = world.pcve("build")
    assert result.exit_code == 1
    assert result.stderr.count(": error ") == 1


def test_a_broken_source_does_not_accuse_its_records(world: World) -> None:
    world.replace(NEWS, "language: en", "language: [en")
    result = world.pcve("build")
    assert result.exit_code == 1
    assert result.stderr.count(": error ") == 1


def test_every_mistake_in_every_file_is_reported_at_once(world: World) -> None:
    world.replace(PLACE, "kind: city", "kind: cty")
    world.replace(EVENT, "edition: 3", "edition: x")
    result = world.pcve("build")
    assert "2 errors, 0 warnings" in result.stderr


@pytest.mark.parametrize("file", ["pcve.ttl", "shapes/event.ttl", "vocab/topic.ttl"])
def test_an_ontology_that_is_not_turtle_is_reported_with_its_line(world: World, file: str) -> None:
    path = world.root / "ontology" / file
    lines = path.read_text().splitlines()
    lines.insert(20, "this is not turtle")
    path.write_text("\n".join(lines))
    result = world.pcve("build")
    assert result.exit_code == 1
    assert result.stderr.count(": error ontology-syntax") == 1
    assert f"ontology/{file}:21:" in result.stderr


@pytest.mark.long
@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("queries/landscape/weights.yml", "project:\n\tplace: 1\n", "2:1: error yaml-syntax"),
        ("queries/landscape/weights.yml", "", "1:1: error structure: the file is empty"),
        ("queries/landscape/weights.yml", "a: 1\n---\nb: 2\n", "2:1: error structure: found a"),
        ("queries/answers/topics.rq", "#+ summary: a: b\nASK {}\n", "1:14: error yaml-syntax"),
        ("data/ledger.yml", "- pair: [a, b\n", "error yaml-syntax"),
        ("data/ledger.yml", "- a\n---\n- b\n", "2:1: error structure"),
        ("data/unassigned.yml", "a: 1\n---\nb: 2\n", "2:1: error structure"),
    ],
)
def test_rules_of_all_yaml_speak_of_no_record(
    world: World, name: str, content: str, problem: str
) -> None:
    world.write(name, content)
    command = ["queries"] if name.endswith(".rq") else ["validate"]
    result = world.pcve(*command)
    assert result.exit_code == 1
    report = result.stdout if command == ["validate"] else result.stderr
    assert f"{name}:" in report
    assert problem in report
    rule, fix = report.splitlines()[1:3]
    assert rule.startswith(
        ("    rule: records, query headers and weights are YAML", "    rule: a fil")
    )
    assert "record" not in fix


@pytest.mark.parametrize(
    ("name", "text", "place"),
    [
        ("data/records/place/northtown.yml", "# first\n{}", "1:1"),
        ("data/records/place/northtown.yml", "{}# last\n", "END:1"),
        ("data/records/place/northtown.yml", "{}note: '# none'  # one\n", "END:17"),
        ("data/records/place/northtown.yml", "{}note: |  # one\n  # none\n", "END:10"),
        ("ontology/vocab/post.ttl", "{}  # here\n", "END:3"),
    ],
)
def test_a_comment_that_formatting_would_lose_is_reported_where_it_is(
    world: World, name: str, text: str, place: str
) -> None:
    before = (world.root / name).read_text("utf-8")
    path = world.write(name, text.format(before))
    result = world.pcve("edit", "fmt", "--check", str(path))
    place = place.replace("END", str(before.count("\n") + 1))
    assert f"{name}:{place}: error comment: formatting would lose" in result.stderr, result.stderr
    assert "\n    rule: a file that is formatted has no comments" in result.stderr
