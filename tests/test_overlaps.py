"""Overlaps: the hand-labelled pairs, the score and its parts, what changes nothing, the command."""

from __future__ import annotations

import csv
import io
import itertools
import json
import random
import re
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pyoxigraph as ox
import pytest
import yaml
from conftest import ROOT, World, make_world, require

from pcve_graph.analysis.load import read_landscape
from pcve_graph.analysis.overlaps.find import (
    OverlapCriteria,
    Overlaps,
    find_overlaps,
    succession_pairs,
)
from pcve_graph.analysis.overlaps.profiles import WorkProfiles, build_profiles
from pcve_graph.analysis.overlaps.reasons import reason_text
from pcve_graph.analysis.overlaps.score import VERDICTS, PairScorer
from pcve_graph.analysis.overlaps.supporting_facts import find_supporting_facts
from pcve_graph.analysis.overlaps.weights import (
    NUMBERS,
    WORDS,
    Weights,
    compute_rarity,
    read_weights,
)
from pcve_graph.analysis.works import Landscape, Work
from pcve_graph.model.namespaces import expand, graph_iri
from pcve_graph.model.periods import days_between, share_a_day, shared_fraction
from pcve_graph.model.problems import UsageError
from pcve_graph.model.project import Project
from pcve_graph.query.binding import substitute_terms
from pcve_graph.query.execute import ResultTable, ask
from pcve_graph.query.saved import read_queries

PAIRS = ROOT / "tests" / "overlaps" / "pairs.yml"
WEIGHTS = ROOT / "queries" / "landscape" / "weights.yml"
COUNTED = ("overlapping", "back-to-back", "colliding", "not-known")


def labelled() -> list[tuple[str, str, str]]:
    """(first, second, label) of each line of the labelled set."""
    lines = [line for part in yaml.safe_load(PAIRS.read_text()).values() for line in part]
    rows = [tuple(line.split(" / ", 3)) for line in lines]
    assert all(len(row) == 4 and row[3] for row in rows)
    return [(row[0], row[1], row[2]) for row in rows]


def profiles_of(world: World, store: ox.Store | None = None) -> WorkProfiles:
    store = store or world.saved().store
    return build_profiles(read_landscape(world.project, store), read_weights(world.project))


@pytest.fixture(scope="module")
def real(shipped: World) -> WorkProfiles:
    return profiles_of(shipped)


@pytest.fixture(scope="module")
def all_overlaps(real: WorkProfiles) -> Overlaps:
    return find_overlaps(real, OverlapCriteria())


def verdict_by_pair(overlaps: Overlaps) -> dict[frozenset[str], tuple[str, float]]:
    """Each pair, by its ids, to its verdict and score."""
    return {
        frozenset((pair.first.id, pair.second.id)): (verdict, round(pair.score, 12))
        for verdict in VERDICTS
        for pair in overlaps.pairs[verdict]
    }


# The labelled set


def test_the_labelled_set_is_large_and_names_each_pair_once() -> None:
    pairs = labelled()
    assert len(pairs) >= 150
    assert len({frozenset(pair[:2]) for pair in pairs}) == len(pairs)
    counts = Counter(label for _, _, label in pairs)
    assert counts.keys() == {*VERDICTS, "none"}
    assert min(counts.values()) >= 5


def test_verdicts_are_right_by_the_labelled_set(real: WorkProfiles) -> None:
    """Precision at least 0.95 and recall at least 0.90 for each label but back-to-back: 7 of 8."""
    scorer = PairScorer(real)
    by_id = {profile.work.id: profile for profile in real.all}
    least = {kind: real.weights[f"least.{kind}"] for kind in ("project", "event")}
    confusion: Counter[tuple[str, str]] = Counter()
    for first, second, label in labelled():
        finding = scorer.compare(by_id[first], by_id[second])
        strong = finding and (
            finding.verdict == "related" or finding.score >= least[by_id[first].work.kind]
        )
        confusion[label, finding.verdict if finding and strong else "none"] += 1
    for label in VERDICTS:
        right = confusion[label, label]
        given = sum(n for (_, got), n in confusion.items() if got == label)
        due = sum(n for (want, _), n in confusion.items() if want == label)
        assert right / given >= 0.95, (label, confusion)
        assert right / due >= (0.875 if label == "back-to-back" else 0.90), (label, confusion)


def test_every_labelled_pair_that_counts_is_a_candidate(
    real: WorkProfiles, all_overlaps: Overlaps
) -> None:
    verdicts = verdict_by_pair(all_overlaps)
    kinds = {profile.work.id: profile.work.kind for profile in real.all}
    missed = [
        (first, second, label)
        for first, second, label in labelled()
        if label in COUNTED and kinds[first] == kinds[second]
        if verdicts.get(frozenset((first, second)), ("none", 0))[0] != label
    ]
    assert len(missed) <= 3, missed


# The candidates, and what changes nothing


def all_with_all(profiles: WorkProfiles) -> dict[frozenset[str], tuple[str, float]]:
    """As `verdict_by_pair`, for the verdicts that count, by scoring every pair of one kind."""
    scorer = PairScorer(profiles)
    verdicts = {}
    for first, second in itertools.combinations(profiles.all, 2):
        if first.work.kind == second.work.kind:
            finding = scorer.compare(first, second)
            least = profiles.weights[f"least.{first.work.kind}"]
            if finding and finding.verdict in COUNTED and finding.score >= least:
                key = frozenset((first.work.id, second.work.id))
                verdicts[key] = (finding.verdict, round(finding.score, 12))
    return verdicts


def counted(overlaps: Overlaps) -> dict[frozenset[str], tuple[str, float]]:
    return {key: value for key, value in verdict_by_pair(overlaps).items() if value[0] in COUNTED}


def test_the_candidates_include_all_that_comparing_every_pair_finds(
    real: WorkProfiles, all_overlaps: Overlaps
) -> None:
    assert counted(all_overlaps) == all_with_all(real)
    assert len(counted(all_overlaps)) >= 60


def invented(chance: random.Random, number: int) -> Work:
    """A work with dates of any precision or none, in a region, country, town or nowhere."""
    kind = chance.choice(("project", "event"))
    start = date(2018, 1, 1) + timedelta(chance.randrange(20 if kind == "event" else 700))
    end = start + timedelta(chance.randrange(3) if kind == "event" else chance.randrange(900))
    cuts = [chance.choice((10, 10, 7, 4)) for _ in range(2)]
    dates = [day.isoformat()[:cut] for day, cut in zip((start, end), cuts, strict=True)]
    places = chance.choice(
        ((), ("region",), ("one",), ("two",), ("one", "two"), ("town-1",), ("town-2",))
    )
    countries = {"one": "one", "two": "two", "town-1": "one", "town-2": "two"}
    topics = tuple(sorted({*chance.choices(TOPICS, k=chance.choice((0, 1, 2)))}))
    work = Work(
        f"https://w3id.org/pcve/id/{kind}/w{number:03}",
        kind,
        f"w{number:03}",
        start=dates[0] if chance.random() < 0.9 else None,
        end=dates[1] if chance.random() < 0.7 else None,
        mode=chance.choice(("", "", "online")) if not places else "",
        places=places,
        countries=tuple(sorted({countries[place] for place in places if place in countries})),
        regions=tuple(place for place in places if place == "region"),
        topics=topics,
        wider=tuple(sorted({BROADER[topic] for topic in topics} - {*topics, ""})),
        series=chance.choice(((), (), ("series",))),
        actors=chance.choice(({}, {"organizer": (chance.choice("xyz"),)})),
    )
    return replace(work, leaders=work.actors.get("organizer", ()))


BROADER = {"a": "b", "b": "", "c": "b", "d": "", "e": ""}
TOPICS = tuple(BROADER)


@pytest.mark.parametrize("seed", range(4))
def test_the_candidates_are_complete_in_an_invented_landscape(seed: int) -> None:
    chance = random.Random(seed)
    works = tuple(invented(chance, number) for number in range(160))
    weights = read_weights(Project(ROOT, ROOT / "build"))
    open_to_all = Weights({**weights.numbers, "topic.common": 1.0}, weights.words)
    landscape = Landscape(
        works=tuple(sorted(works, key=lambda work: work.iri)),
        labels={},
        within={
            "one": ("region",),
            "two": ("region",),
            "town-1": ("one", "region"),
            "town-2": ("region", "two"),
        },
        members={"region": ("one", "two")},
        countries=frozenset(("one", "two")),
        broader={narrow: (broad,) for narrow, broad in BROADER.items() if broad},
        frames={},
        sorts={},
        successions={},
        replaced={},
    )
    profiles = build_profiles(landscape, open_to_all)
    verdicts = counted(find_overlaps(profiles, OverlapCriteria()))
    assert verdicts == all_with_all(profiles)
    assert {verdict for verdict, _ in verdicts.values()} == {*COUNTED}


def doubled(store: ox.Store) -> ox.Store:
    """The same graph where every project and event has a retired twin, with all its facts and more
    names, and where all that points to a project or event points to the twin."""
    facts = ox.NamedNode(graph_iri("facts"))
    kinds = {ox.NamedNode(expand(f"pcve:{name}")) for name in ("Project", "Event")}
    typed = store.quads_for_pattern(None, ox.NamedNode(expand("rdf:type")), None, facts)
    works = {str(getattr(quad.subject, "value", "")) for quad in typed if quad.object in kinds}
    twin = {iri: ox.NamedNode(f"{iri}-before") for iri in works}
    copy = ox.Store()
    for name in ("facts", "vocabulary"):
        node = ox.NamedNode(graph_iri(name))
        copy.extend(store.quads_for_pattern(None, None, None, node))
    replaced = ox.NamedNode(expand("dcterms:isReplacedBy"))
    other_name = ox.NamedNode(expand("skos:altLabel"))
    more = []
    for quad in store.quads_for_pattern(None, None, None, facts):
        if (iri := str(getattr(quad.subject, "value", ""))) in twin:
            more.append(ox.Quad(twin[iri], quad.predicate, quad.object, facts))
    for iri, node in twin.items():
        more.append(ox.Quad(node, replaced, ox.NamedNode(iri), facts))
        for name in ("Twin", "Близнак"):
            alias = ox.Literal(f"{name} {iri[-8:]}", language="en")
            more += [
                ox.Quad(subject, other_name, alias, facts) for subject in (node, ox.NamedNode(iri))
            ]
    pointing = [
        quad
        for quad in store.quads_for_pattern(None, None, None, facts)
        if isinstance(quad.object, ox.NamedNode) and quad.object.value in twin
    ]
    for quad in pointing:
        copy.remove(quad)
        value = twin[str(getattr(quad.object, "value", ""))]
        more.append(ox.Quad(quad.subject, quad.predicate, value, facts))
    copy.extend(more)
    return copy


@pytest.mark.long
@pytest.mark.parametrize("name", ["northtown", "shipped"])
def test_aliases_and_merged_records_change_nothing(
    request: pytest.FixtureRequest, name: str
) -> None:
    world = request.getfixturevalue(name)
    store = world.saved().store
    before, after = profiles_of(world, store), profiles_of(world, doubled(store))
    assert len(before.all) == len(after.all)
    asked = OverlapCriteria(least=0.2)
    assert verdict_by_pair(find_overlaps(before, asked)) == verdict_by_pair(
        find_overlaps(after, asked)
    )
    lines = [
        [(first.id, second.id) for first, second in succession_pairs(profiles, asked)]
        for profiles in (before, after)
    ]
    assert lines[0] == lines[1]


# The score


def test_a_score_is_the_highest_mean_that_the_page_on_the_score_allows(
    all_overlaps: Overlaps, real: WorkProfiles
) -> None:
    for verdict in VERDICTS:
        for pair in all_overlaps.pairs[verdict]:
            kind, parts = pair.first.kind, dict(pair.parts)
            weights = real.weights.of(kind)
            assert 0 <= pair.score <= 1
            assert all(0 <= value <= 1 for value in parts.values())
            if verdict == "overlapping":
                assert {"place", "topic", "time"} <= parts.keys()
            always = {"topic": parts.pop("topic", real.weights["topic.floor"])}
            if kind == "project":
                always["place"] = parts.pop("place", real.weights["place.floor"])
            if parts.get("group") == 0:
                always["group"] = parts.pop("group")
            choices = (
                {**always, **dict(chosen)}
                for number in range(len(parts) + 1)
                for chosen in itertools.combinations(parts.items(), number)
            )
            means = [
                sum(weights[part] * value for part, value in chosen.items())
                / sum(weights[part] for part in chosen)
                for chosen in choices
            ]
            assert pair.score == pytest.approx(max(means))


def test_a_rare_term_says_more_than_a_common_one_and_a_broad_one_less() -> None:
    above = {"prisons": ("all",), "youth": ("all",), "drugs": ("all",)}
    stated = [("prisons",)] * 8 + [("youth",)] * 2 + [()] * 50
    rarity = compute_rarity(("all", "prisons", "youth", "drugs"), above, stated, even=60, steady=4)
    assert (
        rarity.weight_by_term["all"]
        < rarity.weight_by_term["prisons"]
        < rarity.weight_by_term["youth"]
        < rarity.weight_by_term["drugs"]
    )
    assert rarity.shares["all"] == pytest.approx((10 + 4) / (10 + 4))
    assert rarity.weight_by_term["all"] == 0


def work(start: str | None, end: str | None, kind: str = "project") -> Work:
    return Work("https://w3id.org/pcve/id/project/x", kind, "x", start=start, end=end)


@pytest.mark.parametrize(
    ("dates", "other_dates", "verdict"),
    [
        (("2019", "2022-12-31"), ("2022", "2025"), "yes"),
        (("2019", "2022"), ("2022", "2025"), "not known"),
        (("2019-05-01", "2020-01-31"), ("2020-02-01", None), "no"),
        (("2019-05-01", None), ("2021", "2022"), "not known"),
        (("2021-04", None), ("2020", "2023"), "yes"),
        ((None, "2020-06"), ("2020-07", "2021"), "no"),
        ((None, "2023-08"), ("2022", "2025"), "yes"),
        ((None, None), ("2020", "2021"), "not known"),
        ((None, None), (None, None), "not known"),
    ],
)
def test_periods_are_together_apart_or_undecided(
    dates: tuple[str | None, str | None], other_dates: tuple[str | None, str | None], verdict: str
) -> None:
    first, second = work(*dates).period, work(*other_dates).period
    for pair in ((first, second), (second, first)):
        assert share_a_day(*pair) == verdict


def test_the_part_of_the_time_is_that_of_the_shorter_one() -> None:
    year, month = (
        work("2020-01-01", "2020-12-31").period,
        work("2020-12-17", "2021-01-15").period,
    )
    assert shared_fraction(year, month, 0.5) == 15 / 30
    assert shared_fraction(year, work("2020-01-01", None).period, 0.5) == 0.5
    days = (
        work("2020-01-02", None, "event").period,
        work("2020-01-03", None, "event").period,
    )
    assert days_between(*days) == 1


# Weights and their page


def test_the_page_on_the_score_names_every_weight_as_it_is(real: WorkProfiles) -> None:
    page = (ROOT / "docs" / "overlap-score.md").read_text()
    rows = dict(re.findall(r"^\| `([a-z.]+)` \| ([^|]+?) \|", page, re.M))
    assert rows.keys() == {*NUMBERS, *WORDS}
    for key in NUMBERS:
        assert float(rows[key]) == real.weights[key], key
    for key in WORDS:
        assert set(rows[key].replace(",", " ").split()) == real.weights.words[key]


@pytest.fixture(scope="module")
def reweighted(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Northtown, built, whose weights tests replace one after the other."""
    world = make_world(tmp_path_factory.mktemp("reweighted") / "project")
    assert world.pcve("build").exit_code == 0
    return world


@pytest.mark.long
@pytest.mark.parametrize(
    ("old", "new", "problem", "fix"),
    [
        ("  floor: 0.4", "  flor: 0.4", "30:3 unknown key 'time.flor'", "did you mean time.floor?"),
        ("  adjacent: 0.5", "  # none", "29:1 time.adjacent is missing", "add `adjacent: …` under"),
        ("  open: 0.5", "  open: half", "31:9 time.open must be a number, not 'half'", "from 0 to"),
        ("  open: 0.5", "  open: 5", "31:9 time.open is 5; it must be from 0 to 1", "from 0 to 1"),
        ("  open: 0.5", "  open: nan", "31:9 time.open must be a number, not 'nan'", "from 0 to 1"),
        ("  open: 0.5", "  open: [1]", "31:9 time.open must be a number, not a list", "from 0 to"),
        ("  participating: 0.5", "  beside: 0.5", "35:3 company.beside is now called", "rename it"),
        *(
            (f"  {name}: {number}", f"  {name}: {wrong}", f"rarity.{name} is {wrong}", "than 1 and")
            for name, number in (("place", 60), ("topic", 60), ("group", 20))
            for wrong in ("0", "1", "-2", "1001")
        ),
        ("  steady: 40", "  steady: 0", "rarity.steady is 0; it must be from 1", "from 1 to 1000"),
        ("general: capacity-building", "general: capacity-bulding", "has no term", "capacity-buil"),
        (
            "instruments: funding-instrument, grant-programme",
            "instruments: funding-instrument, grant-program",
            "36:14 instruments: initiative-kind or programme-kind has no term 'grant-program'",
            "did you mean grant-programme?",
        ),
        (
            "instruments: funding-instrument, grant-programme",
            "instruments: [funding-instrument, grant-program]",
            "36:35 instruments:",
            "did you mean grant-programme?",
        ),
        (
            "instruments: funding-instrument, ",
            "instruments:\n  of: ",
            "must be ids",
            "write ids of",
        ),
        (
            "instruments: funding-instrument, ",
            "instrument: ",
            "unknown key 'instrument'",
            "you mean",
        ),
        (
            "company:\n  leading: 1.0",
            "company: 3\nother:\n  leading: 1",
            "must have keys",
            "leading",
        ),
        ("place:\n  floor: 0.5", "plaice:\n  floor: 0.5", "1:1 place is missing", "add `place:`"),
    ],
)
def test_a_mistake_in_the_weights_is_a_problem_of_their_file(
    reweighted: World, old: str, new: str, problem: str, fix: str
) -> None:
    lines = re.sub(r" *#.*", "", WEIGHTS.read_text()).splitlines()
    text = "".join(f"{line}\n" for line in lines if line)
    assert text.count(old) == 1
    reweighted.write("queries/landscape/weights.yml", text.replace(old, new))
    result = reweighted.pcve("overlaps")
    assert (result.exit_code, result.stdout) == (1, ""), result.output
    assert "Traceback" not in result.stderr
    lines = result.stderr.splitlines()
    assert all(
        line.startswith("queries/landscape/weights.yml:") and " error weights: " in line
        for line in lines[:-1:3]
    )
    shown = re.sub(r"queries/landscape/weights.yml:(\S+): error weights:", r"\1", result.stderr)
    assert problem in shown
    assert fix in "".join(line for line in lines if line.startswith("    fix:  "))


def test_weights_that_list_their_ids_are_read(reweighted: World) -> None:
    text = WEIGHTS.read_text().replace(
        "instruments: funding-instrument, grant-programme",
        "instruments: [funding-instrument, grant-programme]",
    )
    reweighted.write("queries/landscape/weights.yml", text)
    assert read_weights(reweighted.project) == read_weights(Project(ROOT, ROOT / "build"))
    reweighted.write("queries/landscape/weights.yml", "- a\n")
    result = reweighted.pcve("overlaps")
    assert "weights.yml:1:1: error weights: expected keys" in result.stderr


# The landscape


def named(landscape: Landscape, identifier: str) -> Work:
    return next(work for work in landscape.works if work.id == identifier)


def test_a_work_has_the_countries_and_regions_of_its_places(real: WorkProfiles) -> None:
    landscape = real.landscape
    gjilan, prisons = named(landscape, "gjilan-referral"), named(landscape, "coe-prisons-hf2")
    assert [landscape.label(country) for country in gjilan.countries] == ["Kosovo*"]
    assert gjilan.regions == ()
    assert prisons.countries == ()
    (region,) = prisons.regions
    assert landscape.label(region) == "Western Balkans"
    assert len(landscape.members[region]) == 6


def test_a_work_without_a_funder_has_that_of_the_nearest_frame(real: WorkProfiles) -> None:
    grants, part = named(real.landscape, "cf-small-grants"), named(real.landscape, "cscwb-dcaf")
    assert [funder.rpartition("/")[2] for funder in grants.funders] == ["btd", "european-union"]
    assert [funder.rpartition("/")[2] for funder in part.funders] == ["bmz", "european-commission"]


def test_a_work_has_its_topics_and_apart_from_them_the_broader_ones(real: WorkProfiles) -> None:
    prisons = named(real.landscape, "coe-prisons-hf3")
    short = [topic.rpartition("/")[2] for topic in prisons.wider]
    assert short == ["pcve"]
    assert "rehabilitation-reintegration" in [topic.rpartition("/")[2] for topic in prisons.topics]


# What is asked for


def test_a_country_is_reached_by_both_projects_or_by_one_of_two_events(real: WorkProfiles) -> None:
    albania = "https://w3id.org/pcve/id/place/albania"
    reach = real.places.mask((albania,))
    by_iri = {profile.work.iri: profile for profile in real.all}
    overlaps = find_overlaps(real, OverlapCriteria(country=albania))
    assert overlaps.pairs["overlapping"]
    for pair in itertools.chain(*overlaps.pairs.values()):
        sides = [bool(by_iri[work.iri].reach & reach) for work in (pair.first, pair.second)]
        unknown = not (pair.first.places and pair.second.places)
        assert any(sides) if pair.first.kind == "event" else all(sides) or unknown


def test_a_period_keeps_what_is_together_in_it(real: WorkProfiles) -> None:
    asked = OverlapCriteria(kinds=("project",), since=date(2022, 1, 1), until=date(2022, 12, 31))
    pairs = find_overlaps(real, asked).pairs["overlapping"]
    assert {pair.first.id for pair in pairs} >= {"coe-prisons-hf2", "connekt"}
    assert not {"communities-first", "iom-local-voices"} & {pair.first.id for pair in pairs}


def test_a_limit_leaves_the_strongest_pairs_and_counts_all(
    real: WorkProfiles, all_overlaps: Overlaps
) -> None:
    few = find_overlaps(real, OverlapCriteria(limit=2))
    assert few.counts == all_overlaps.counts
    for verdict in VERDICTS:
        assert few.pairs[verdict] == all_overlaps.pairs[verdict][:2]


def test_cancelled_events_overlap_with_nothing(world: World) -> None:
    event = "data/records/event/northtown-fair-2017.yml"
    world.infer(event)
    text = (world.root / event).read_text()
    assert world.pcve("build").exit_code == 0
    assert "northtown-fair-2017" in world.pcve("overlaps", "--format", "csv").stdout
    world.write(event, text.replace("    location:", "    status: cancelled\n    location:", 1))
    result = world.pcve("build")
    assert result.exit_code == 0, result.output
    assert "northtown-fair-2017" not in world.pcve("overlaps", "--format", "csv").stdout


# The query


def test_the_query_says_yes_where_the_periods_surely_meet(shipped: World) -> None:
    store = shipped.saved().store
    query = read_queries(shipped.project, "landscape")["overlaps"]
    table = ask(store, query.text)
    assert isinstance(table, ResultTable)
    answers = {}
    for row in table.rows:
        project, other, holds = (str(getattr(term, "value", "")) for term in row)
        answers[project, other] = holds
    works = read_landscape(shipped.project, store).of_kind("project")
    states = {
        (first.iri, second.iri): share_a_day(first.period, second.period)
        for first, second in itertools.combinations(works, 2)
        if {*first.topics} & {*second.topics} and {*first.places} & {*second.places}
    }
    assert answers.keys() == {pair for pair, state in states.items() if state != "no"}
    assert {states[pair] for pair, holds in answers.items() if holds == "yes"} == {"yes"}
    assert {holds for pair, holds in answers.items() if states[pair] == "not known"} == {
        "not known"
    }
    funder = "https://w3id.org/pcve/id/organization/european-union"
    funded = ask(store, substitute_terms(query.text, {"funder": ox.NamedNode(funder)}))
    assert isinstance(funded, ResultTable)
    assert 0 < len(funded.rows) < len(table.rows)


@pytest.mark.long
def test_a_pair_that_may_lie_outside_the_period_is_marked(shipped: World) -> None:
    """Until the first day on which one of a pair may have begun, nothing is certain of the two."""

    def pairs(*options: str) -> list[dict[str, str]]:
        arguments = ("overlaps", "--kind", "project", "--format", "csv", *options)
        return list(csv.DictReader(io.StringIO(shipped.pcve(*arguments).stdout)))

    for line in pairs():
        if line["verdict"] == "overlapping":
            assert line["holds"] == ("not known" if line["standing"] else "yes")
    assert {line["holds"] for line in pairs() if line["verdict"] == "not-known"} == {"not known"}
    early = [line for line in pairs("--until", "2020-06") if line["verdict"] == "overlapping"]
    unsure = [x for x in early if x["holds"] == "not known" and not x["standing"]]
    assert unsure
    assert all(
        "Whether in the period that is asked for is not known" in x["reason"] for x in unsure
    )


# The command


def test_the_briefing_of_northtown_is_the_golden_one(northtown: World) -> None:
    result = northtown.pcve("overlaps", "--min-score", "0.2")
    assert result.exit_code == 0, result.output
    golden = ROOT / "tests" / "golden" / "overlaps" / "northtown.txt"
    assert result.stdout == golden.read_text()


def test_a_briefing_gives_the_answer_first_and_the_note_on_kosovo_last(shipped: World) -> None:
    result = shipped.pcve("overlaps", "--country", "Албанија", "--limit", "2")
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert lines[0] == "Overlaps in Albania"
    assert re.match(r"\d+ pairs of projects overlap( \(.*\))?; ", " ".join(lines[2:5]))
    order = ["Projects that overlap", "Related, and not counted", "Undecided, as", "Sources"]
    places = [result.stdout.index(heading) for heading in order]
    assert places == sorted(places)
    assert lines[-1].startswith("Kosovo* This designation")
    assert "no activity" not in result.stdout


def test_the_headline_counts_the_pairs_that_rest_on_other_facts(shipped: World) -> None:
    rows = list(csv.DictReader(io.StringIO(shipped.pcve("overlaps", "--format", "csv").stdout)))
    headline = shipped.pcve("overlaps").stdout.splitlines()[2]
    for verdict, words in (("colliding", "events collide"), ("back-to-back", "are back to back")):
        standings = [row["standing"] for row in rows if row["verdict"] == verdict]
        match = re.search(rf"(\d+) pairs of [a-z ]*{words} \((\d+) of them rests? on", headline)
        assert match, headline
        assert (int(match[1]), int(match[2])) == (len(standings), sum(map(bool, standings)))


def test_a_lone_end_is_not_shown_as_a_date(shipped: World) -> None:
    text = shipped.pcve("overlaps", "--limit", "0").stdout
    assert "time: until Aug 2023" in text
    assert "time: Aug 2023" not in text


def test_every_part_of_an_overlap_has_evidence_for_both_works(
    shipped: World, real: WorkProfiles, all_overlaps: Overlaps
) -> None:
    store = shipped.saved().store
    for verdict in ("overlapping", "back-to-back", "colliding"):
        for pair in all_overlaps.pairs[verdict]:
            facts = find_supporting_facts(real.landscape, store, pair)
            assert all(fact.claims and fact.evidence for fact in facts)
            for work in (pair.first, pair.second):
                borne = {fact.part for fact in facts if fact.work == work}
                due = {part for part, value in pair.parts.items() if value}
                assert due <= borne, (pair.first.id, pair.second.id, work.id)
            assert reason_text(real.landscape, pair).endswith(".")


@pytest.mark.long
def test_tables_have_all_pairs_with_their_parts(shipped: World) -> None:
    rows = list(csv.DictReader(io.StringIO(shipped.pcve("overlaps", "--format", "csv").stdout)))
    document = json.loads(shipped.pcve("overlaps", "--format", "json").stdout)
    assert len(rows) == len(document["rows"]) >= 80
    assert document["rows"][0]["verdict"] == rows[0]["verdict"] == "overlapping"
    assert float(rows[0]["score"]) == document["rows"][0]["score"]
    assert any(note.startswith("Kosovo*") for note in document["notes"])
    markdown = shipped.pcve("overlaps", "--format", "markdown", "--kind", "event").stdout
    assert markdown.count("\n| back-to-back |") == sum(
        row["verdict"] == "back-to-back" for row in rows
    )


@pytest.mark.full
def test_a_workbook_has_the_pairs_of_the_table(shipped: World, tmp_path: Path) -> None:
    require("openpyxl", "xlsxwriter")
    import openpyxl

    rows = list(csv.DictReader(io.StringIO(shipped.pcve("overlaps", "--format", "csv").stdout)))
    book = tmp_path / "overlaps.xlsx"
    assert shipped.pcve("overlaps", "--format", "xlsx", "-o", str(book)).exit_code == 0
    page = openpyxl.load_workbook(book).worksheets[0]
    heads = [cell.value for cell in page[3]]
    assert page.cell(4, heads.index("one") + 1).value == rows[0]["one"]


@pytest.mark.long
def test_overlaps_as_rdf_pass_the_shapes_and_keep_their_names(
    shipped: World, tmp_path: Path
) -> None:
    files = [tmp_path / "all.ttl", tmp_path / "few.ttl"]
    for path, options in zip(files, ([], ["--topic", "prisons", "--kind", "project"]), strict=True):
        result = shipped.pcve("overlaps", "--format", "turtle", "-o", str(path), *options)
        assert result.exit_code == 0, result.output
        assert shipped.pcve("validate", "--against", str(path)).exit_code == 0
    between = ox.NamedNode(expand("pcve:between"))
    rests_on = ox.NamedNode(expand("pcve:restsOn"))
    names: list[dict[ox.NamedNode, set[str]]] = []
    for path in files:
        store = ox.Store()
        store.load(path=str(path), format=ox.RdfFormat.TURTLE)
        pairs: dict[ox.NamedNode, set[str]] = {}
        for quad in store.quads_for_pattern(None, between, None):
            assert isinstance(quad.subject, ox.NamedNode)
            pairs.setdefault(quad.subject, set()).add(str(quad.object))
            assert next(store.quads_for_pattern(quad.subject, rests_on, None), None)
        names.append(pairs)
    assert len(names[1]) >= 5
    assert names[1].items() <= names[0].items()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--country", "Albanja"], "albania"),
        (["--topic", "prisns"], "topic/prisons"),
        (["--format", "xml"], "--format must be one of text, table, csv"),
        (["--kind", "projects"], "did you mean project?"),
        (["--since", "2020-13"], "--since requires a day, month or year"),
        (["--since", "2021", "--until", "2020"], "--until 2020 is before --since 2021"),
    ],
)
def test_a_wrong_option_gives_one_message(
    northtown: World, shipped: World, options: list[str], message: str
) -> None:
    result = shipped.pcve("overlaps", *options)
    assert result.exit_code == 2
    assert message in result.stderr
    assert "Traceback" not in result.output


def test_a_retired_record_is_asked_for_as_the_one_in_its_place(world: World) -> None:
    world.write(
        "data/records/organization/pond-fund.yml",
        "id: pond-fund\ntype: Organization\nclaims:\n  - source: atlas\n"
        "    prefLabel: {en: Pond Fund}\n    kind: foundation\n    isReplacedBy: lake-fund\n",
    )
    assert world.pcve("build").exit_code == 0
    asked = [
        world.pcve("overlaps", "--min-score", "0", "--funder", name, "--format", "csv").stdout
        for name in ("lake-fund", "pond-fund", "river-institute")
    ]
    assert asked[0] == asked[1] != asked[2]


def test_an_older_project_gets_a_message_that_names_the_missing_queries(world: World) -> None:
    assert world.pcve("build").exit_code == 0
    (world.root / "queries" / "landscape" / "works.rq").unlink()
    result = world.pcve("overlaps")
    assert result.exit_code == 2
    assert "queries/landscape" in result.stderr
    assert "works.rq" in result.stderr


def test_a_damaged_claim_in_the_store_is_one_message(northtown: World) -> None:
    profiles = profiles_of(northtown)
    pair = find_overlaps(profiles, OverlapCriteria(least=0.2)).pairs["overlapping"][0]
    subject, work = ox.NamedNode(expand("rdf:subject")), ox.NamedNode(pair.first.iri)
    for claim, message in (
        (ox.BlankNode("b"), f"a claim on {pair.first.id} is a blank node"),
        (ox.NamedNode("https://w3id.org/pcve/claim/x"), "claim/x has no rdf:predicate"),
    ):
        store = ox.Store()
        store.add(ox.Quad(claim, subject, work))
        with pytest.raises(UsageError, match=message):
            find_supporting_facts(profiles.landscape, store, pair)
