"""Words that stand in a quote but do not say the value: denied, set aside, of something else."""

from __future__ import annotations

import hashlib
import re

from conftest import World

SOURCE = """id: forum-news
title: {{en: News of the forum}}
publisherName: Lake Press
kind: press-release
url: https://lake.example/forum
language: en
dateRead: 2026-11-23
extentRead: whole
rights: {{en: Invented for the tests of this project.}}
textFile: forum-news.txt
sha256: {digest}
"""

REFUSED, TAKEN = False, True
CASES: tuple[tuple[str, dict[str, bool]], ...] = (
    (
        "The Forum was postponed from 3 May to 5 May 2018 by the council",
        {
            "startDate: 2018-05-03": REFUSED,
            "startDate: 2018-05-05": TAKEN,
            "endDate: 2018-05-05": TAKEN,
        },
    ),
    (
        "The Forum, first planned for 3 May 2018, was moved to 5 May 2018",
        {"startDate: 2018-05-03": REFUSED, "startDate: 2018-05-05": TAKEN},
    ),
    (
        "Forum je odložen sa 3. maja na 5. maj 2018. godine",
        {"startDate: 2018-05-03": REFUSED, "startDate: 2018-05-05": TAKEN},
    ),
    (
        "Das Forum wurde vom 3. Mai auf den 5. Mai 2018 verschoben",
        {"startDate: 2018-05-03": REFUSED, "startDate: 2018-05-05": TAKEN},
    ),
    (
        "The postponed Forum was held from 3 to 5 May 2018",
        {"startDate: 2018-05-03": TAKEN, "endDate: 2018-05-05": TAKEN},
    ),
    (
        "Applications close on 18 November 2019, and the Forum is held on 3 December 2019",
        {"startDate: 2019-11-18": REFUSED, "startDate: 2019-12-03": TAKEN},
    ),
    (
        "The Forum was not held in Southport but in Northtown",
        {
            "location: southport": REFUSED,
            "location: northtown": TAKEN,
            "status: cancelled": REFUSED,
        },
    ),
    (
        "Forumi nuk u mbajt në Southport, por në Northtown",
        {"location: southport": REFUSED, "location: northtown": TAKEN},
    ),
    (
        "Forum nije održan u Southportu, već u Northtownu",
        {"location: southport": REFUSED, "location: northtown": TAKEN, "status: held": REFUSED},
    ),
    (
        "Форумот не се одржа во Southport, туку во Northtown",
        {"location: southport": REFUSED, "location: northtown": TAKEN},
    ),
    (
        "It was held not only in Southport but also in Northtown",
        {"location: southport": TAKEN, "location: northtown": TAKEN},
    ),
    (
        "The Forum was not organised by the River Institute but by the Hill Foundation",
        {"organizer: river-institute": REFUSED, "organizer: hill-foundation": TAKEN},
    ),
    (
        "Organised by the Hill Foundation, the forum heard the River Institute",
        {"organizer: river-institute": REFUSED, "organizer: hill-foundation": TAKEN},
    ),
    (
        "Organised by the Hill Foundation, the River Institute and the Moor Office",
        {"organizer: river-institute": TAKEN, "organizer: moor-office": TAKEN},
    ),
    (
        "Nobody was cancelled and the forum met in Hilltown",
        {"status: cancelled": REFUSED, "status: held": TAKEN},
    ),
    ("Das Forum wurde nicht abgesagt", {"status: cancelled": REFUSED}),
    (
        "Das Forum fand nicht in Reedham statt",
        {"location: reedham": REFUSED, "status: held": REFUSED},
    ),
    ("Rok za prijavu je 7. novembra 2019. godine", {"startDate: 2019-11-07": REFUSED}),
    ("Youth not in employment met in Marshia", {"location: marshia": TAKEN}),
    ("The Forum of Reedham was not held", {"status: cancelled": TAKEN}),
    (
        "More than 300 participants and 40 trainers came",
        {"value: 300": REFUSED, "minValue: 301": TAKEN, "value: 40": TAKEN},
    ),
    ("više od 500 učesnika", {"value: 500": REFUSED}),
    ("The 25th anniversary of the forum", {"edition: 25": REFUSED}),
    ("The twenty-third forum", {"edition: 23": TAKEN, "edition: 3": REFUSED}),
    ("одржан на 3-ти мај 2018", {"startDate: 2018-05-03": TAKEN}),
    ("отворен трећег маја 2018. године", {"startDate: 2018-05-03": TAKEN}),
    ("otvoren 5–7. X 2018.", {"startDate: 2018-10-05": TAKEN, "endDate: 2018-10-07": TAKEN}),
    ("opened on the twenty-first of June 2018", {"startDate: 2018-06-21": TAKEN}),
    (
        "open 30.10-1.11, 2020",
        {
            "startDate: 2020-10-30": TAKEN,
            "endDate: 2020-11-01": TAKEN,
            "endDate: 2020-10-30": REFUSED,
        },
    ),
    ("organised by the L.M.A. of the lake", {"organizer: league": TAKEN}),
    ("held in a Swiss town", {"location: switzerland": TAKEN}),
    ("held in the Albanian language", {"location: albania": REFUSED}),
)


def test_what_the_words_deny_or_set_aside_is_not_read_into_them(world: World) -> None:
    """One check of a record for each value: the errors of the rule are at those not said.

    The records lack all else that an event has; what the other rules say of that is passed over.
    """
    things = "The League of Moor Artists has members in Switzerland and Albania"
    text = "\n".join(f"{words}." for words in (*(words for words, _ in CASES), things))
    world.write("data/sources/texts/forum-news.txt", text)
    digest = hashlib.sha256(text.encode()).hexdigest()
    world.write("data/sources/forum-news.yml", SOURCE.format(digest=digest))
    for thing, kind, name, quote in (
        ("league", "Organization", "League of Moor Artists", "The League of Moor Artists"),
        ("switzerland", "Country", "Switzerland", "members in Switzerland"),
        ("albania", "Country", "Albania", "and Albania"),
    ):
        folder = "place" if kind == "Country" else "organization"
        block = f"  - {{source: forum-news, quote: {quote}, prefLabel: {{en: {name}}}}}\n"
        record = f"id: {thing}\ntype: {kind}\nclaims:\n{block}"
        world.write(f"data/records/{folder}/{thing}.yml", record)
    refused: set[str] = set()
    for number, (words, values) in enumerate(CASES):
        for place, (value, is_carried) in enumerate(values.items()):
            name = f"data/records/event/forum-{number}-{place}.yml"
            block = f"  - source: forum-news\n    quote: {words!r}\n"
            key, _, what = value.partition(": ")
            fact = (
                f"    hasCount:\n      - id: people\n        {key}: {what}\n"
                if key in ("value", "minValue")
                else f"    {key}: {what}\n"
            )
            world.write(name, f"id: forum-{number}-{place}\ntype: Event\nclaims:\n{block}{fact}")
            if not is_carried:
                refused.add(name)
    printed = world.pcve("validate", "--limit", "0").stdout
    lines = re.findall(r"(data/records/event/forum-\S+?):\S+ error value-not", printed)
    assert sorted(lines) == sorted(refused)


def test_a_day_of_a_first_plan_is_right_as_deprecated(world: World) -> None:
    name = "data/records/event/shore-assembly-2017.yml"
    assert world.pcve("validate").exit_code == 0
    world.replace(name, "    rank: deprecated\n    note: held in October\n", "")
    world.replace(name, "    startDate: 2017-10-05\n", "")
    printed = world.pcve("validate").stdout
    assert 'error value-not-in-words: the words do not say startDate "2017-05"' in printed
