"""Finds the governments of provinces and districts: "the provincial government", "Punjab will hire".

A province is first of all a location, its name may be that of one abroad too, and "the provincial government" does not
say which one it is.
"""

from __future__ import annotations

from itertools import pairwise

from pipeline.seeds import table
from pipeline.stages.document.doc import Entity
from pipeline.stages.document.view import ArticleView
from pipeline.stages.references.cast import Cast
from pipeline.values.gazetteer.country_codes import alpha2
from pipeline.values.gazetteer.names import key
from pipeline.values.gazetteer.places import capital_of, place_country
from pipeline.values.gazetteer.subdivisions import subdivision_of

_LOCAL = ("government", "cabinet", "administration")  # last words of local governments


def find_local_governments(view: ArticleView, cast: Cast, home: str | None) -> None:
    """Adds provinces that act, and refers "the provincial government" to one of them, else to an actor of its own."""
    _link_provinces(view, cast, home)
    every = [entity for entity in cast.entities if is_local_government(entity)]
    phrases = _local_phrases(view)
    province = _only_province(view, home) if phrases else None
    for start, end in phrases:
        name = view.text[start:end].lower()
        named = local_government(cast, every, start)
        if named is None and province and name in table("references.yaml")["of_one_province"]:
            named = _of_province(cast, province, home)
        if named is None:
            named = cast.add(Entity(name, "government", country=home))
        if named not in every:
            every.append(named)
        cast.refer(start, end, named, confidence=0.8)


def _of_province(cast: Cast, province: str, home: str | None) -> Entity:
    """The government of a province: one that acts under its name, else an actor of its own."""
    acting = (entity for entity in cast.entities if entity.kind == "government" and key(entity.name) == key(province))
    return next(acting, None) or cast.add(Entity(f"{province} government", "government", country=home))


def _only_province(view: ArticleView, home: str | None) -> str | None:
    """The only province of a country that the article names."""
    if home is None:
        return None
    names: dict[str, str] = {}
    for mention in view.mentions.labelled("PLACE"):
        if code := subdivision_of(view.mentions.name(mention), alpha2(home)):
            names.setdefault(code, view.mentions.name(mention))
    return names.popitem()[1] if len(names) == 1 else None


def _link_provinces(view: ArticleView, cast: Cast, home: str | None) -> None:
    """Links a province that acts to the government of that name, else to an actor of its own; not a capital."""
    for mention in view.mentions.labelled("PLACE"):
        name = view.mentions.name(mention)
        if _is_province(name, home) and not capital_of(name) and view.acts(mention):
            own = (e for e in cast.entities if e.kind == "government" and _is_of(e, key(name)))
            cast.add(next(own, None) or Entity(name, "government", country=place_country(name, home)), [mention])


def _is_province(name: str, home: str | None) -> bool:
    return bool(subdivision_of(name) or (home and subdivision_of(name, alpha2(home))))


def _is_of(government: Entity, province: str) -> bool:
    """Whether it is the government of a province, perhaps under the province's name alone."""
    name = key(government.name)
    return name == province or (province in name and is_local_government(government))


def _local_phrases(view: ArticleView) -> list[tuple[int, int]]:
    phrases = table("references.yaml")["local_governments"]
    pairs = (
        (first, second)
        for first, second in pairwise(view.words)
        if second.lower.startswith(_LOCAL) and f"{first.lower} {second.lower}" in phrases
    )
    spans = [(first.idx, second.end) for first, second in pairs]
    return [(start, end) for start, end in spans if not view.mentions.overlaps(start, end)]


def local_government(cast: Cast, every: list[Entity], offset: int) -> Entity | None:
    """The local government named last before `offset`, else the only one of the article."""
    before = next((entity for _, _, entity in cast.before(offset) if is_local_government(entity)), None)
    return before or (every[0] if len(every) == 1 else None)


def is_local_government(entity: Entity) -> bool:
    return entity.kind == "government" and "government" in entity.name.lower()
