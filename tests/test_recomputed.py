"""Each of these questions is computed a second time, by plain Python from the records."""

from __future__ import annotations

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from itertools import combinations

import pytest
from conftest import World
from engines import QUERIES
from record_facts import RecordFacts, broader, certain_year, facts_of

from pcve_graph.model.dates import date_range
from pcve_graph.model.standing import joined_standings
from pcve_graph.query.lists import SEPARATOR

Row = tuple[str, ...]
Compute = Callable[[RecordFacts, World], Iterator[tuple[object, ...]]]

ROLES = (
    "assistant", "chair", "coOrganizer", "facilitator", "host", "organizer", "participant", "partner",
    "party", "patron", "presenter", "speaker", "supporter",
)  # fmt: skip
"""The keys of an event that say who takes part in it."""
STRATEGIES = ("action-plan", "arrangement", "national-strategy", "strategy")
WORKS = ("Programme", "Project")
RUNS = ("coordinator", "implementer", "leader")


def short(text: str) -> str:
    """The last part of an IRI, or the text itself; the values of a list sorted."""
    values = [value.rpartition("/")[2] if "://" in value else value for value in text.split(" | ")]
    return SEPARATOR.join(sorted(value.rpartition("#")[2] for value in values))


def answer(world: World, name: str, settings: dict[str, str]) -> list[Row]:
    options = [word for pair in settings.items() for word in ("--set", "=".join(pair))]
    result = world.pcve("query", name, "--format", "csv", *options)
    assert result.exit_code == 0, result.output
    rows = list(csv.reader(io.StringIO(result.stdout, newline="")))
    assert rows[0] == [*QUERIES[name].columns]
    return [tuple(map(short, row)) for row in rows[1:]]


def joined(values: set[str] | list[str]) -> str:
    return SEPARATOR.join(sorted(set(values)))


def percent(part: int, whole: int) -> int:
    """Rounded as in SPARQL: half up."""
    return (200 * part + whole) // (2 * whole)


def year_of(facts: RecordFacts, thing: str) -> str:
    return certain_year(facts.one(thing, "startDate"))


def meetings(facts: RecordFacts) -> Iterator[tuple[str, str, set[str]]]:
    """Each event with its year and all who take part in it."""
    for event in facts.of_type("Event"):
        yield event, year_of(facts, event), set(facts.all(event, *ROLES))


def plainly(facts: RecordFacts, thing: str, value: str, *keys: str) -> bool:
    """Whether any of the keys has the value by a fact that is neither inferred nor contested."""
    return any(
        value in facts.all(thing, key)
        and not is_inferred(facts, thing, key, value)
        and (thing, key) not in facts.opposed
        for key in keys
    )


def is_sure(facts: RecordFacts, work: str) -> bool:
    """Whether its start and status are stated plainly, and it is not planned or postponed."""
    return facts.one(work, "status") not in ("planned", "postponed") and all(
        (work, key) not in facts.opposed
        and not any(is_inferred(facts, work, key, value) for value in facts.all(work, key))
        for key in ("startDate", "status")
    )


def event_ties_by_year(facts: RecordFacts, world: World) -> Iterator[tuple[object, ...]]:
    shared: dict[Row, dict[str, bool]] = defaultdict(dict)
    for event, year, actors in meetings(facts):
        for pair in combinations(sorted(actors, key=lambda actor: iri_order(facts, actor)), 2):
            shared[year, *pair][event] = is_sure(facts, event) and all(
                plainly(facts, event, actor, *ROLES) for actor in pair
            )
    for (year, first, second), events in shared.items():
        uncertain = sum(not sure for sure in events.values())
        yield year, first, second, len(events), uncertain, joined({*events})


def iri_order(facts: RecordFacts, thing: str) -> tuple[str, str]:
    """The order of IRIs: by the segment of the class, then by id."""
    kind = {"OrganizationalUnit": "Organization", "Country": "Place"}
    name = facts.kinds[thing]
    return kind.get(name, name).lower(), thing


def brokers(facts: RecordFacts, world: World) -> Iterator[tuple[object, ...]]:
    partners: dict[Row, set[str]] = defaultdict(set)
    events, sure = Counter[Row](), Counter[Row]()
    for event, year, actors in meetings(facts):
        plain = {actor for actor in actors if plainly(facts, event, actor, *ROLES)}
        for actor in actors if len(actors) > 1 else ():
            partners[year, actor] |= actors - {actor}
            events[year, actor] += 1
            sure[year, actor] += is_sure(facts, event) and actor in plain and len(plain) > 1
    for (year, actor), others in partners.items():
        count = events[year, actor]
        yield year, actor, len(others), count, count - sure[year, actor]


def flow(facts: RecordFacts, project: str) -> dict[tuple[str, str], bool]:
    """(funder, what it pays for) of all money that reaches a project, and whether plainly."""
    wholes = plain_wholes(facts, project)
    pairs = {
        (funder, whole): whole in wholes and pays_plainly(facts, whole, funder)
        for whole in facts.closure(project, "isPartOf", "fundedThrough")
        for funder in facts.direct_funders(whole)
    }
    shares = facts.nested.get(project, {}).get("hasTransaction", {})
    waiting = [(f"{project}/{name}", True) for name in shares]
    while waiting:
        node, plain = waiting.pop()
        owner, _, name = node.partition("/")
        part = facts.nested[owner]["hasTransaction"][name]
        plain = plain and not is_inferred(facts, owner, "hasTransaction", node)
        for origin in part.get("partOfTransaction", []):
            link = is_inferred(facts, node, "partOfTransaction", origin)
            waiting.append((origin, plain and not link))
        if "partOfTransaction" not in part and owner != project:
            for payer in part.get("payer", []):
                is_plain = plain and not is_inferred(facts, node, "payer", payer)
                pairs[payer, owner] = pairs.get((payer, owner), False) or is_plain
    return pairs


def is_inferred(facts: RecordFacts, subject: str, key: str, value: str) -> bool:
    """Whether a curator concludes a fact, and no source states it as well."""
    return facts.certainties.get((subject, key), {}).get(value) == {"inferred"}


def pays_plainly(facts: RecordFacts, work: str, funder: str) -> bool:
    """Whether a fact that is not inferred says that the funder pays for the work itself."""
    if funder in facts.all(work, "funder") and not is_inferred(facts, work, "funder", funder):
        return True
    return any(
        funder in part.get("payer", [])
        and "partOfTransaction" not in part
        and not is_inferred(facts, f"{work}/{name}", "payer", funder)
        and not is_inferred(facts, work, "hasTransaction", f"{work}/{name}")
        for name, part in facts.nested.get(work, {}).get("hasTransaction", {}).items()
    )


def plain_wholes(facts: RecordFacts, work: str) -> set[str]:
    """The work and what it is part of or funded through, by facts that are not inferred."""
    reached, waiting = {work}, [work]
    while waiting:
        lower = waiting.pop()
        for key in ("isPartOf", "fundedThrough"):
            for upper in facts.all(lower, key):
                if upper not in reached and not is_inferred(facts, lower, key, upper):
                    reached.add(upper)
                    waiting.append(upper)
    return reached


def reaches_plainly(facts: RecordFacts, work: str, funder: str) -> bool:
    return any(pays_plainly(facts, whole, funder) for whole in plain_wholes(facts, work))


def inferred_if(condition: bool) -> str:
    return "inferred" if condition else ""


def funding_flow(facts: RecordFacts, world: World) -> Iterator[tuple[object, ...]]:
    own = (*RUNS, "partner", "startDate", "endDate")
    for project in facts.of_type("Project"):
        pairs = flow(facts, project)
        for funder in {funder for funder, _ in pairs} or {""}:
            between = {whole for payer, whole in pairs if payer == funder and whole != project}
            yield (
                funder, joined(between), project, joined(facts.all(project, *RUNS)),
                joined(facts.all(project, "partner")), facts.one(project, "startDate"),
                facts.one(project, "endDate"),
                joined_standings([
                    inferred_if(bool(pairs) and not any(
                        plain for (payer, _), plain in pairs.items() if payer == funder
                    )),
                    facts.words(False, *((project, key) for key in own)),
                ]),
            )  # fmt: skip


def localisation(facts: RecordFacts, world: World) -> Iterator[tuple[object, ...]]:
    region = setting(world, "region")
    bodies: dict[str, set[str]] = defaultdict(set)
    projects, naming = Counter[str](), Counter[str]()
    for project in facts.of_type("Project"):
        year = year_of(facts, project)
        projects[year] += 1
        stated = facts.all(project, *RUNS, "partner")
        naming[year] += bool(stated)
        bodies[year] |= set(stated)
    for year, count in projects.items():
        sites = {
            body: {
                place
                for whole in facts.closure(body, "subOrganizationOf")
                for site in (whole, *facts.all(whole, "inCountry", "location"))
                for place in facts.closure(site, "containedInPlace")
            }
            for body in bodies[year]
        }
        local = [body for body, around in sites.items() if region in around]
        foreign = [
            body
            for body, around in sites.items()
            if region not in around and any(facts.kinds.get(place) == "Country" for place in around)
        ]
        decided = len(local) + len(foreign)
        share = percent(len(local), decided) if decided else ""
        unknown = len(sites) - decided
        yield region, year, len(local), len(foreign), unknown, share, naming[year], count


def numbers_reached(facts: RecordFacts, world: World) -> Iterator[tuple[object, ...]]:
    keys = ("unit", "sex", "audience", "value", "minValue", "maxValue", "basis")
    for work in facts.of_type("Event", "Initiative", *WORKS):
        for name, count in facts.nested.get(work, {}).get("hasCount", {}).items():
            values = [next(iter(count.get(key, [])), "") for key in keys]
            dates = [next(iter(count.get(key, [])), "") for key in ("startDate", "endDate")]
            words = facts.words(False, *((f"{work}/{name}", key) for key in keys))
            yield work, *values, words, *dates


def audiences_by_year(facts: RecordFacts, world: World) -> Iterator[tuple[object, ...]]:
    wider = broader(world.root, "target-group")
    works, stating, total = Counter[tuple[str, str]](), Counter[str](), Counter[str]()
    for work in facts.of_type("Event", *WORKS):
        year, groups = year_of(facts, work), facts.all(work, "audience")
        total[year] += 1
        stating[year] += bool(groups)
        for group in {term for stated in groups for term in wider[stated]}:
            works[year, group] += 1
    for (year, group), count in works.items():
        yield year, group, count, percent(count, stating[year]), stating[year], total[year]


def uptake_of_texts(facts: RecordFacts, world: World) -> Iterator[tuple[object, ...]]:
    papers = [
        paper
        for paper in facts.of_type("Document")
        if facts.one(paper, "kind") in STRATEGIES
    ]  # fmt: skip
    states = {paper: facts.all(paper, "appliesTo", "party") for paper in papers}
    states = {
        paper: [state for state in stated if facts.kinds.get(state) == "Country"]
        for paper, stated in states.items()
    }
    uptake = defaultdict(set)
    for paper in papers:
        for text in facts.all(paper, "references", "amends", "considers", "implements"):
            if facts.kinds.get(text) == "Document" and not any(
                facts.kinds.get(place) == "Country" for place in facts.all(text, "appliesTo")
            ):
                uptake[text].add(paper)
    everywhere = {state for stated in states.values() for state in stated}
    for text, taking in uptake.items():
        countries = {state for paper in taking for state in states[paper]}
        issued = facts.one(text, "issued") or facts.one(text, "startDate")
        yield (
            text, facts.one(text, "kind"), issued, len(countries), joined(countries),
            joined(taking), len(everywhere),
        )  # fmt: skip


def evaluations(facts: RecordFacts) -> Iterator[tuple[str, str]]:
    """(document, what it evaluates)."""
    kinds = ("Event", "Initiative", *WORKS)
    for paper in facts.of_type("Document"):
        subjects = facts.all(paper, "evaluates")
        if facts.one(paper, "kind") == "evaluation":
            considered = facts.all(paper, "considers")
            subjects += [thing for thing in considered if facts.kinds.get(thing) in kinds]
        for subject in dict.fromkeys(subjects):
            if not facts.all(subject, "isReplacedBy"):
                yield paper, subject


def funders_above(facts: RecordFacts, work: str) -> set[str]:
    wholes = facts.closure(work, "isPartOf", "fundedThrough")
    return {funder for whole in wholes for funder in facts.all(whole, "funder")}


def evaluations_by_funder(facts: RecordFacts, world: World) -> Iterator[tuple[object, ...]]:
    works = defaultdict(set)
    for paper, subject in evaluations(facts):
        for funder in funders_above(facts, subject):
            works[funder, paper].add(subject)
    for (funder, paper), subjects in works.items():
        authors = facts.all(paper, "author")
        parties = {
            party
            for subject in subjects
            for party in (*funders_above(facts, subject), *facts.all(subject, *RUNS))
        }
        words = inferred_if(
            any(
                all(is_inferred(facts, paper, key, subject) for key in ("considers", "evaluates")
                    if subject in facts.all(paper, key))
                or not reaches_plainly(facts, subject, funder)
                for subject in subjects
            )
            or any(is_inferred(facts, paper, "author", author) for author in authors)
        )  # fmt: skip
        own = "yes" if parties & {*authors} and not words else "not shown"
        finding = joined(facts.all(paper, "finding"))
        issued = facts.one(paper, "issued")
        yield funder, paper, issued, joined(subjects), joined(authors), own, finding, words


def without_evaluation(facts: RecordFacts, world: World) -> Iterator[tuple[object, ...]]:
    evaluated = {subject for _, subject in evaluations(facts)}
    for work in facts.of_type(*WORKS):
        if not facts.closure(work, "isPartOf") & evaluated:
            funders = joined(funders_above(facts, work))
            dates = facts.one(work, "startDate"), facts.one(work, "endDate")
            yield work, facts.kinds[work], funders, *dates


def co_funded(facts: RecordFacts, world: World) -> Iterator[tuple[object, ...]]:
    for work in facts.of_type(*set(facts.kinds.values())):
        funders = facts.direct_funders(work)
        if len(funders) > 1:
            dates = facts.one(work, "startDate"), facts.one(work, "endDate")
            plain = all(pays_plainly(facts, work, funder) for funder in funders)
            row = work, facts.kinds[work], len(funders), joined(funders)
            keys = ("startDate", "endDate", "status")
            ahead = facts.one(work, "status") in ("planned", "postponed")
            words = facts.words(ahead, *((work, key) for key in keys))
            yield *row, *dates, words or inferred_if(not plain)


def topics_by_country_and_year(facts: RecordFacts, world: World) -> Iterator[tuple[object, ...]]:
    wider = broader(world.root, "topic")
    counts: dict[Row, Counter[str]] = defaultdict(Counter)
    for work in facts.of_type("Event", "Project"):
        topics = {term for topic in facts.all(work, "about") for term in wider[topic]}
        for country in facts.countries(*facts.all(work, "location")):
            for topic in topics:
                counts[country, topic, year_of(facts, work)][facts.kinds[work]] += 1
    for row, count in counts.items():
        yield *row, count["Event"], count["Project"]


def single_sources(facts: RecordFacts, world: World) -> Iterator[tuple[object, ...]]:
    mirrors = {}
    for path in (world.root / "data" / "sources").glob("*.yml"):
        for line in path.read_text("utf-8").splitlines():
            if line.startswith("mirrorOf:"):
                mirrors[path.stem] = line.split()[1]
    origins: dict[str, list[set[str]]] = defaultdict(list)
    for (subject, _, _), sources in facts.sources.items():
        origins[subject].append({mirrors.get(source, source) for source in sources})
    for work in facts.of_type("Initiative", *WORKS):
        single = sum(len(cited) == 1 for cited in origins[work])
        total = len(origins[work])
        yield work, total, single, percent(single, total)


def events_by_organiser_and_year(facts: RecordFacts, world: World) -> Iterator[tuple[object, ...]]:
    events = defaultdict(set)
    for event in facts.of_type("Event"):
        if facts.one(event, "status") != "cancelled":
            for body in facts.all(event, "organizer", "coOrganizer"):
                events[body, year_of(facts, event)].add(event)
    for (body, year), organised in events.items():
        uncertain = sum(
            not (is_sure(facts, event) and plainly(facts, event, body, "organizer", "coOrganizer"))
            for event in organised
        )
        yield body, year, len(organised), uncertain, joined(organised)


def topics_by_year(facts: RecordFacts, world: World) -> Iterator[tuple[object, ...]]:
    wider = broader(world.root, "topic")
    counts: dict[Row, Counter[str]] = defaultdict(Counter)
    for work in facts.of_type("Event", "Project"):
        stated = facts.all(work, "about")
        plain = {topic for topic in stated if plainly(facts, work, topic, "about")}
        sure = {term for topic in plain for term in wider[topic]} if is_sure(facts, work) else ()
        for term in {term for topic in stated for term in wider[topic]}:
            count = counts[term, year_of(facts, work) or "0"]
            count[facts.kinds[work]] += 1
            count["uncertain"] += term not in sure
    for row, count in counts.items():
        yield *row, count["Event"], count["Project"], count["uncertain"]


def topic_timeline(facts: RecordFacts, world: World) -> Iterator[tuple[object, ...]]:
    topic, wider = setting(world, "topic"), broader(world.root, "topic")
    for thing in facts.of_type("Document", "Event", "Initiative", *WORKS):
        if any(topic in wider[about] for about in facts.all(thing, "about")):
            start = facts.one(thing, "startDate") or facts.one(thing, "issued")
            countries = facts.countries(*facts.all(thing, "location"))
            countries |= {
                place
                for place in facts.all(thing, "appliesTo")
                if facts.kinds.get(place) == "Country"
            }
            announced = facts.one(thing, "status") in ("planned", "postponed")
            keys = ("issued", "startDate", "endDate", "status")
            words = facts.words(announced, *((thing, key) for key in keys))
            row = topic, start, facts.one(thing, "endDate"), thing, facts.kinds[thing]
            yield *row, joined(countries), words


def last_funded(facts: RecordFacts, world: World) -> Iterator[tuple[object, ...]]:
    works = defaultdict(set)
    for work in facts.of_type(*WORKS):
        for funder in facts.direct_funders(work):
            works[funder].add(work)
    for funder, paid in works.items():
        ends = {work: facts.one(work, "endDate") for work in paid}
        last_days = {
            work: days.last
            for work, text in ends.items()
            if (days := date_range(text)) and days.last
        }
        final = max(last_days.values(), default=None)
        last = [work for work, day in last_days.items() if day == final]
        endless = sum(not end for end in ends.values())
        unsure = {work for work in paid if not pays_plainly(facts, work, funder)}
        words = {work: facts.words(False, (work, "endDate")) for work in paid}
        doubtful = {work for work in paid if words[work]} | unsure
        standing = [
            word
            for word, applies in (("inferred", bool(unsure)), ("contested", False))
            if applies or any(word in text for text in words.values())
        ]
        row = funder, len(paid), endless, joined([ends[work] for work in last]), joined(last)
        yield *row, len(doubtful), ", ".join(standing)


def funders_by_topic(facts: RecordFacts, world: World) -> Iterator[tuple[object, ...]]:
    wider = broader(world.root, "topic")
    counts: dict[Row, Counter[str]] = defaultdict(Counter)
    for work in facts.of_type(*WORKS):
        wholes = facts.closure(work, "isPartOf", "fundedThrough")
        funders = {funder for whole in wholes for funder in facts.direct_funders(whole)}
        topics: dict[str, bool] = {}
        for stated in facts.all(work, "about"):
            is_plain = not is_inferred(facts, work, "about", stated)
            topics |= {term: topics.get(term, False) or is_plain for term in wider[stated]}
        for topic, is_plain in topics.items():
            for funder in funders:
                counts[funder, topic][facts.kinds[work]] += 1
                if not (is_plain and reaches_plainly(facts, work, funder)):
                    counts[funder, topic]["uncertain"] += 1
    for row, count in counts.items():
        numbers = (count[key] for key in ("Project", "Programme", "uncertain"))
        yield *row, *numbers, inferred_if(count["uncertain"] > 0)


def who_what_where(facts: RecordFacts, world: World) -> Iterator[tuple[object, ...]]:
    works = defaultdict(set)
    for work in facts.of_type(*WORKS):
        places = {
            place
            for site in facts.all(work, "location")
            for place in facts.countries(site) or {site}
        }
        for body in facts.all(work, *RUNS, "partner"):
            for topic in facts.all(work, "about"):
                for place in places:
                    works[body, topic, place].add(work)
    for row, done in works.items():
        yield *row, len(done), joined(done)


def trainings(facts: RecordFacts, world: World) -> Iterator[tuple[object, ...]]:
    people = broader(world.root, "count-unit")
    kinds = ("training", "training-series", "workshop", "workshop-series")
    for event in facts.of_type("Event"):
        status = facts.one(event, "status")
        if facts.one(event, "kind") not in kinds or status == "cancelled":
            continue
        numbers = [
            int(number)
            for count in facts.parts(event, "hasCount")
            if count["basis"] == ["achieved"] and "people" in people[count["unit"][0]]
            for number in (*count.get("value", []), *count.get("minValue", []))
        ]
        keys = ("startDate", "endDate")
        shown = ("location", "about", "audience", "organizer", "coOrganizer", "hasCount")
        decisive = (*keys, *shown, "kind", "status")
        words = facts.words(status in ("planned", "postponed"), *((event, key) for key in decisive))
        lists = [
            joined(facts.all(event, *names))
            for names in (("location",), ("about",), ("audience",), ("organizer", "coOrganizer"))
        ]
        dates = [facts.one(event, key) for key in keys]
        yield event, words, *dates, *lists, max(numbers, default="")


def strategy_lapses(facts: RecordFacts, world: World) -> Iterator[tuple[object, ...]]:
    for later in facts.of_type("Document"):
        if facts.one(later, "kind") not in ("action-plan", "national-strategy"):
            continue
        for earlier in facts.all(later, "precededBy"):
            ended, began = facts.one(earlier, "endDate"), facts.one(later, "startDate")
            end, start = date_range(ended), date_range(began)
            least = most = None
            if end and start and end.last and start.first:
                least = (start.first - end.last).days - 1
            if (
                end and start and end.first and start.last
                and not end.approximate and not start.approximate
            ):  # fmt: skip
                most = (start.last - end.first).days - 1
            if most is not None and most <= 0:
                continue
            words = facts.words(
                False, (earlier, "endDate"), (later, "precededBy"), (later, "startDate")
            )
            holds = "yes" if least is not None and least > 0 and not words else "not known"
            states = facts.all(later, "appliesTo")
            for country in [s for s in states if facts.kinds.get(s) == "Country"] or [""]:
                row = country, earlier, ended, later, began, holds, words
                yield *row, "" if least is None else max(least, 0), "" if most is None else most


COMPUTED: dict[str, Compute] = {
    "audiences-by-year": audiences_by_year,
    "brokers": brokers,
    "co-funded": co_funded,
    "evaluations-by-funder": evaluations_by_funder,
    "event-ties-by-year": event_ties_by_year,
    "events-by-organiser-and-year": events_by_organiser_and_year,
    "funders-by-topic": funders_by_topic,
    "funding-flow": funding_flow,
    "last-funded": last_funded,
    "localisation": localisation,
    "numbers-reached": numbers_reached,
    "single-sources": single_sources,
    "strategy-lapses": strategy_lapses,
    "topic-timeline": topic_timeline,
    "topics-by-country-and-year": topics_by_country_and_year,
    "topics-by-year": topics_by_year,
    "trainings": trainings,
    "uptake-of-texts": uptake_of_texts,
    "who-what-where": who_what_where,
    "without-evaluation": without_evaluation,
}

SETTINGS = {
    "northtown": {"region": "lake-coast", "topic": "first-line-practitioners"},
    "shipped": {"region": "western-balkans", "topic": "ftf-returnees"},
}


def setting(world: World, name: str) -> str:
    shipped = (world.root / "data/records/place/western-balkans.yml").exists()
    return SETTINGS["shipped" if shipped else "northtown"][name]


def needed(world: World, name: str) -> dict[str, str]:
    params = QUERIES[name].params.values()
    return {param.name: setting(world, param.name) for param in params if param.required}


def agree(world: World, name: str) -> None:
    """Assert that a question has the rows that its second computation gives."""
    facts = facts_of(world.root)
    computed = Counter(tuple(map(str, row)) for row in COMPUTED[name](facts, world))
    assert Counter(answer(world, name, needed(world, name))) == computed
    assert max(computed.values(), default=1) == 1


@pytest.mark.parametrize("name", COMPUTED)
def test_a_question_is_answered_as_the_records_say(northtown: World, name: str) -> None:
    agree(northtown, name)
    assert answer(northtown, name, needed(northtown, name))


@pytest.mark.long
@pytest.mark.parametrize("name", COMPUTED)
def test_a_question_on_the_shipped_records_as_well(shipped: World, name: str) -> None:
    agree(shipped, name)
