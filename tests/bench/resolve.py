"""How long `corridor resolve` takes for 100,000 local actors, and how well it does on made names, cut and spelled as
outlets do.

    python tests/bench/resolve.py [ACTORS]
"""

import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "knowledge" / "resolve"))

from stories import actor, article, pairwise

from pipeline.knowledge.folder import Knowledge
from pipeline.knowledge.names import setting
from pipeline.knowledge.resolve import resolve
from pipeline.record import Record
from pipeline.seeds import rows

TOGETHER = 6  # actors of an article
COUNTRIES = ["PAK", "IND", "CHN", "KEN", "LKA", "IDN", "BGD", "PHL", "ETH", "EGY", "TUR", "UZB"]
SOUNDS = ["ka", "ri", "mo", "za", "tu", "sen", "lar", "ben", "dor", "ghi", "wan", "pel", "osh", "imi", "ur", "nas"]
WORKS = ["Power", "Steel", "Engineering", "Cement", "Textiles", "Ports", "Foods", "Solar", "Mining", "Transport"]
OFFICES = [None, None, "Minister for Energy", "Finance Secretary", "Railways Chairman", "Customs Chief", "CEO"]


def word(chance: random.Random) -> str:
    return "".join(chance.choices(SOUNDS, k=chance.choice([2, 2, 3]))).capitalize()


def person(chance: random.Random) -> list[tuple[object, ...]]:
    """A person in the forms that outlets give: with and without a prefix, spelled otherwise, the surname alone."""
    common = setting("common_names")
    given = chance.choice(common).capitalize() if chance.random() < 0.5 else word(chance)
    middle, family = word(chance), chance.choice(common).capitalize() if chance.random() < 0.3 else word(chance)
    country, office = chance.choice(COUNTRIES), chance.choice(OFFICES)
    variants = rows("name_variants.csv", "name", "variants")
    other = {row["name"].capitalize(): row["variants"].split("|")[-1].capitalize() for row in variants}
    names = [f"{given} {middle} {family}", f"Syed {given} {middle} {family}", f"{given} {family}", family]
    names.append(f"{other.get(given, given)} {middle} {other.get(family, family)}")
    return [(name, "person", country, role) for name in names for role in (office, None)]


def company(chance: random.Random) -> list[tuple[object, ...]]:
    """A company with and without its legal form and with its acronym."""
    name, country = f"{word(chance)} {word(chance)} {chance.choice(WORKS)}", chance.choice(COUNTRIES)
    letters = "".join(part[0] for part in name.split()) + "L"
    forms = [
        (f"{name} Limited", ()),
        (f"{name} Ltd", (letters,)),
        (name, ()),
        (f"{name} (Pvt) Limited", ()),
        (letters, ()),
    ]
    return [(full, "company", country, None, aliases) for full, aliases in forms]


def institutions() -> list[list[tuple[object, ...]]]:
    """The listed ones, under all their names."""
    found = []
    for row in rows("institutions.csv", "name", "kind"):
        names = [row["name"], *filter(None, row["aliases"].split("|"))]
        found.append([(name, row["kind"], row["country"] or None) for name in names])
    return found


def records(total: int, truth: dict[str, str], chance: random.Random) -> Iterator[Record]:
    """Articles of six actors each; `truth` is filled on the way."""
    entities = (
        institutions() + [person(chance) for _ in range(total // 12)] + [company(chance) for _ in range(total // 30)]
    )
    for number in range(total // TOGETHER):
        chosen = chance.sample(range(len(entities)), TOGETHER)
        name = f"article-{number}"
        truth.update({f"{name}/a{place}": str(entity) for place, entity in enumerate(chosen)})
        actors = [actor(f"a{place}", *chance.choice(entities[entity])) for place, entity in enumerate(chosen)]
        day = f"2025-{number % 12 + 1:02}-{number % 28 + 1:02}"
        yield Record(article=article(name, str(number), day=day), actors=actors)


def main() -> None:
    total = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    truth: dict[str, str] = {}
    made = list(records(total, truth, random.Random(7)))
    start = time.perf_counter()
    found = resolve(made, Knowledge())
    seconds = time.perf_counter() - start
    links = {link.link: link.entity for link in found.links}
    print(
        f"{len(truth):,} local actors, {len(found.actors):,} ids, {seconds:.0f} s; {len(found.proposals):,} proposals"
    )
    start = time.perf_counter()
    again = resolve(made, found)
    print(f"the same again: {time.perf_counter() - start:.0f} s, the same rows: {again == found}")
    precision, recall = pairwise(links, truth)
    print(f"pairs: precision {precision:.4f}, recall {recall:.4f}")


if __name__ == "__main__":
    main()
