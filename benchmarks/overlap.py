"""Overlaps of generated projects: the candidate search of `pcve overlaps`, and the same as SPARQL.

    python benchmarks/overlap.py                 # 500, 2,000 and 20,000 projects
    python benchmarks/overlap.py --more          # 100,000 as well

Two questions. *All of it* is what `pcve overlaps` works out from an open store: reading the works,
rarity, the candidate search, scores, verdicts, and the 1,000 strongest pairs of each verdict.
*The gate* is what SPARQL can say too (queries/landscape/overlaps.rq: a stated topic and a stated
place in common, bounds that meet), by the candidate search (a sweep over the dates), the embedded
store and rdflib, which must give the same number of pairs. Each is a process of its own with the
store in memory; loading it is not in the time, but in the memory, and a small one is run first, to
warm up. A run is stopped after --cap seconds of CPU.
"""

from __future__ import annotations

import argparse
import gc
import json
import random
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Final

import pyoxigraph as ox
from generate import ROOT
from measure import write_section

from pcve_graph.analysis.load import read_landscape
from pcve_graph.analysis.overlaps.candidates import project_candidates
from pcve_graph.analysis.overlaps.find import OverlapCriteria, find_overlaps
from pcve_graph.analysis.overlaps.profiles import build_profiles
from pcve_graph.analysis.overlaps.weights import read_weights
from pcve_graph.cli.main import GC_THRESHOLDS
from pcve_graph.graph.ontology import read_ontology
from pcve_graph.model.dates import first_and_last
from pcve_graph.model.namespaces import expand, record_iri
from pcve_graph.model.project import Project
from pcve_graph.query.execute import ResultTable, ask
from pcve_graph.query.saved import read_queries

HERE: Final = Project(ROOT, ROOT / "build")
KEEP: Final = 1_000
BOUNDS: Final = {2_000: 1.0, 20_000: 5.0}
"""Seconds of CPU that all of it may take, by projects."""

PEAK: Final = 1024.0
"""MB that all of it may take at any of BOUNDS."""

HEAD: Final = (
    "| projects | what | by | pairs | s | CPU s | peak MB |\n"
    "| --- | --- | --- | --- | --- | --- | --- |"
)
REGION: Final = 700
"""Projects for each region of COUNTRIES and TOWNS, twenty times what is on record for one now."""

COUNTRIES: Final = 6
TOWNS: Final = 40
FUNDERS: Final = 200


def lines(number: int, seed: int = 1) -> Iterator[str]:
    """The N-Triples of `number` invented projects, their places and frames, and the vocabulary.

    Regions are added as projects are, so that the world grows and not how crowded it is. Of the
    projects 30 % are for a region, 15 % in a town, the rest in one to three countries;
    few topics have most of them; they last 6 to 48 months within twenty years; 5 % are undated,
    10 % have no end, 30 % of the dates are a month or a year.
    """
    chance = random.Random(seed)
    ontology = read_ontology(HERE)
    yield from ontology.graphs["vocabulary"]
    topics = [f"https://w3id.org/pcve/vocab/topic/{name}" for name in ontology.schemes["topic"]]
    groups = ontology.schemes["target-group"]
    popular = [1 / (place + 3) for place in range(len(topics))]
    regions = number // REGION + 1
    for region in range(regions):
        yield from _places(region)
    for index in range(number):
        iri = record_iri("project", f"invented-{index}")
        yield _triple(iri, "rdf:type", expand("pcve:Project"))
        yield _words(iri, f"Invented project {index}")
        for topic in sorted({*chance.choices(topics, popular, k=chance.choice((1, 1, 2, 3)))}):
            yield _triple(iri, "schema:about", topic)
        for place in _where(chance, chance.randrange(regions)):
            yield _triple(iri, "schema:location", place)
        if chance.random() < 0.2:
            group = chance.choice(groups)
            yield _triple(
                iri, "schema:audience", f"https://w3id.org/pcve/vocab/target-group/{group}"
            )
        yield _triple(
            iri, "schema:funder", record_iri("organization", f"f{chance.randrange(FUNDERS)}")
        )
        if chance.random() < 0.3:
            frame = record_iri("programme", f"p{chance.randrange(number // 20 + 1)}")
            yield _triple(iri, "dcterms:isPartOf", frame)
            yield _triple(frame, "rdf:type", expand("pcve:Programme"))
        yield from _when(iri, chance)


def _places(region: int) -> Iterator[str]:
    around = record_iri("place", f"region-{region}")
    yield _triple(around, "rdf:type", expand("pcve:Place"))
    for index in range(COUNTRIES):
        country = _country(region, index)
        yield _triple(country, "rdf:type", expand("pcve:Country"))
        yield _triple(country, "schema:containedInPlace", around)
    for index in range(TOWNS):
        town = record_iri("place", f"town-{region}-{index}")
        yield _triple(town, "rdf:type", expand("pcve:Place"))
        yield _triple(town, "schema:containedInPlace", _country(region, index % COUNTRIES))


def _country(region: int, index: int) -> str:
    return record_iri("place", f"country-{region}-{index}")


def _where(chance: random.Random, region: int) -> list[str]:
    kind = chance.random()
    if kind < 0.3:
        return [record_iri("place", f"region-{region}")]
    if kind < 0.45:
        return [record_iri("place", f"town-{region}-{chance.randrange(TOWNS)}")]
    chosen = chance.sample(range(COUNTRIES), chance.choice((1, 1, 1, 2, 3)))
    return [_country(region, index) for index in sorted(chosen)]


def _when(iri: str, chance: random.Random) -> Iterator[str]:
    kind, cut = chance.random(), chance.choice((10, 10, 10, 10, 10, 10, 10, 7, 7, 4))
    start = date(2010, 1, 1) + timedelta(chance.randrange(7300))
    end = start + timedelta(chance.randrange(180, 1460))
    if kind < 0.05:
        return
    for name, bound, day in (("start", "earliest", start), ("end", "latest", end)):
        if name == "end" and kind < 0.15:
            continue
        text = day.isoformat()[:cut]
        sort = {10: "date", 7: "gYearMonth", 4: "gYear"}[cut]
        days = first_and_last(text)
        assert days
        yield _typed(iri, f"schema:{name}Date", text, sort)
        yield _typed(iri, f"pcve:{bound}", days[name == "end"].isoformat(), "date")


def _triple(subject: str, predicate: str, value: str) -> str:
    return f"<{subject}> <{expand(predicate)}> <{value}> ."


def _typed(subject: str, predicate: str, text: str, sort: str) -> str:
    return f'<{subject}> <{expand(predicate)}> "{text}"^^<{expand("xsd:" + sort)}> .'


def _words(subject: str, text: str) -> str:
    return f'<{subject}> <{expand("skos:prefLabel")}> "{text}"@en .'


def loaded(number: int) -> ox.Store:
    """A store in memory with a generated graph, all in the graph of facts."""
    store = ox.Store()
    facts = ox.NamedNode("https://w3id.org/pcve/graph/facts")
    text = "\n".join(lines(number)).encode()
    store.bulk_load(text, format=ox.RdfFormat.N_TRIPLES, to_graph=facts)
    return store


def everything(number: int) -> tuple[int, float, float]:
    """All that `pcve overlaps` works out: (pairs, seconds, CPU seconds)."""
    store = loaded(number)
    clock, processor = time.perf_counter(), time.process_time()
    profiles = build_profiles(read_landscape(HERE, store), read_weights(HERE))
    overlaps = find_overlaps(profiles, OverlapCriteria(("project",), limit=KEEP))
    spent = time.perf_counter() - clock, time.process_time() - processor
    return sum(overlaps.counts.values()), *spent


def by_candidates(number: int) -> tuple[int, float, float]:
    """The gate by the candidate search, reading included."""
    store = loaded(number)
    clock, processor = time.perf_counter(), time.process_time()
    profiles = build_profiles(read_landscape(HERE, store), read_weights(HERE))
    every = profiles.subjects.mask(profiles.topic.shares)
    pairs = sum(
        bool(first.topics & second.topics and first.places & second.places)
        for first, second in project_candidates(profiles.all, every)
    )
    return pairs, time.perf_counter() - clock, time.process_time() - processor


def by_store(number: int) -> tuple[int, float, float]:
    """The gate by SPARQL on the embedded store."""
    store = loaded(number)
    query = read_queries(HERE, "landscape")["overlaps"]
    clock, processor = time.perf_counter(), time.process_time()
    table = ask(store, query.text)
    assert isinstance(table, ResultTable)
    return len(table.rows), time.perf_counter() - clock, time.process_time() - processor


def by_rdflib(number: int) -> tuple[int, float, float]:
    """The gate by SPARQL on rdflib, with the triples in memory."""
    import rdflib

    graph = rdflib.Graph()
    graph.parse(data="\n".join(lines(number)), format="nt")
    text = read_queries(HERE, "landscape")["overlaps"].text
    clock, processor = time.perf_counter(), time.process_time()
    rows = len(list(graph.query(text)))
    return rows, time.perf_counter() - clock, time.process_time() - processor


WAYS: Final = {
    "all of it": everything,
    "sweep": by_candidates,
    "SPARQL, embedded store": by_store,
    "SPARQL, rdflib": by_rdflib,
}


def run(way: str, number: int, cap: int) -> dict[str, Any] | None:
    """One way in a process of its own; None where it was stopped."""
    command = [sys.executable, __file__, "--way", way, "--projects", str(number)]
    limit = cap + 20
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (limit, limit)),
    )
    if done.returncode < 0:
        return None
    if done.returncode:
        raise RuntimeError(done.stderr)
    measurement: dict[str, Any] = json.loads(done.stdout)
    return measurement


def section(number: int, cap: int, broken: list[str]) -> list[str]:
    """The lines of one size; what is over its bound goes into `broken`.

    Raises SystemExit where ways differ.
    """
    rows, pairs = [], set()
    for way in WAYS:
        if way == "SPARQL, rdflib" and number > 500:
            continue
        measurement = run(way, number, cap)
        what = way if way == "all of it" else "gate"
        by = "sweep" if way == "all of it" else way
        if measurement is None:
            rows.append(f"| {number:,} | {what} | {by} | | | over {cap} | |")
            print(rows[-1], flush=True)
            continue
        numbers = f"{measurement['pairs']:,} | {measurement['wall']:.2f} | {measurement['cpu']:.2f}"
        rows.append(f"| {number:,} | {what} | {by} | {numbers} | {measurement['peak']:,.0f} |")
        print(rows[-1], flush=True)
        if what == "gate":
            pairs.add(measurement["pairs"])
        elif number in BOUNDS and (
            measurement["cpu"] > BOUNDS[number] or measurement["peak"] > PEAK
        ):
            broken.append(
                f"{number:,} projects: {measurement['cpu']:.2f} s, {measurement['peak']:.0f} MB"
            )
    if len(pairs) > 1:
        raise SystemExit(f"the ways differ: {sorted(pairs)} pairs")
    return rows


def _loop() -> float:
    """Seconds of CPU of a loop of fixed length: how fast the machine was, busy as it was."""
    start = time.process_time()
    sum(1 for _ in range(2_000_000))
    return time.process_time() - start


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--more", action="store_true", help="100,000 projects as well")
    parser.add_argument("--cap", type=int, default=120, help="seconds of CPU for one run")
    parser.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    parser.add_argument("--projects", type=int, default=2_000, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.way:
        gc.set_threshold(*GC_THRESHOLDS)
        WAYS[asked.way](100)
        pairs, wall, cpu = WAYS[asked.way](asked.projects)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps({"pairs": pairs, "wall": wall, "cpu": cpu, "peak": peak}))
        return
    sizes = (500, 2_000, 20_000, 100_000) if asked.more else (500, 2_000, 20_000)
    broken: list[str] = []
    rows = [row for number in sizes for row in section(number, asked.cap, broken)]
    notes = (
        f"All of it: works read from an open store, rarity, sweep, scores, verdicts, the {KEEP:,} "
        "strongest pairs of each verdict. The gate: a stated topic and place in common, bounds "
        "that meet, as queries/landscape/overlaps.rq says it; all ways give the same pairs. "
        "Loading the store is in the memory, not in the time; each way is asked a small one first. "
        f"A run is stopped after {asked.cap} s of CPU; rdflib is asked at the smallest size only. "
        f"Counting to two million in a loop took {_loop():.2f} s of CPU just then."
    )
    write_section("overlap: the candidate search and SPARQL", [notes, "", HEAD, *rows])
    if broken:
        raise SystemExit(f"over the bound: {'; '.join(broken)}")


if __name__ == "__main__":
    main()
