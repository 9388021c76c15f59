"""Whether two names are of one project, after what says nothing and what only says its type is taken away.

Hard because "Dasu Dam" and "Dasu Hydropower Project" are one, ML-1 and its Karachi-Rohri section two, and a "water
supply project" any of a thousand.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache

from pipeline.gazetteer.names import is_acronym, key
from pipeline.gazetteer.places import place_country
from pipeline.knowledge import KnownArticle, ProjectSaid
from pipeline.resolve.actors import PlainForm
from pipeline.resolve.clusters import Cluster, Form, Mention
from pipeline.resolve.names import Words, country_in, is_description, known, name_keys, spelled_alike, word_set, words
from pipeline.seeds import rows


@dataclass(frozen=True)
class ProjectForm:
    """`words`: those that tell which one it is; `types`: what it is (`project_types`); `told`: its other names."""

    words: Words
    types: frozenset[str]
    listed: str | None
    told: frozenset[Words]
    place_only: bool
    label: str = "project"

    @cached_property
    def keys(self) -> frozenset[str]:
        return name_keys(self.label, self.words, self.told, self.listed)

    @property
    def sought(self) -> frozenset[str]:
        return self.keys

    def alike(self, other: Form) -> tuple[str, ...] | None:
        if not isinstance(other, ProjectForm):
            return None
        if self.listed and other.listed:
            return ("listed",) if self.listed == other.listed else None
        if self.types and other.types and not self.types & other.types:
            return ()
        reason = _reason(self, other)
        return () if reason is None else (reason, *(["place_only"] if self.place_only else []))


def _reason(one: ProjectForm, other: ProjectForm) -> str | None:
    if one.words == other.words:
        return "same_name" if bool(one.types) == bool(other.types) else "type_once"
    if sorted(one.words) == sorted(other.words):
        return "same_words"
    if one.words in other.told or other.words in one.told:
        return "acronym_told" if min(len(one.words), len(other.words)) == 1 else "alias_told"
    return "spelled_alike" if spelled_alike(one.words, other.words) else None


def project_mention(link: str, article: KnownArticle, said: ProjectSaid, near: frozenset[str]) -> Mention:
    """A local project as it is compared."""
    inside = country_in(said.name)
    countries = frozenset(said.countries or ([inside] if inside else []))
    form = project_form(said.name, said.aliases, countries)
    listed = _listed(said.name, countries)
    countries = listed[1] if listed else countries  # an umbrella is wherever it is told of
    return Mention(
        link=link,
        article=article.id,
        date=article.date or "",
        story=article.story,
        name=said.name,
        title=(form.listed if isinstance(form, ProjectForm) else None) or said.name,
        form=form,
        kind="programme" if said.programme else "project",
        countries=countries,
        near=near,
        rank=(form.label != "unnamed") + (len(words(said.name)) > 1) + bool(countries) + bool(said.aliases),
    )


def project_evidence(mention: Mention, cluster: Cluster) -> tuple[str, ...] | None:
    """What beside the name speaks for a mention being of a cluster; None where they are in other countries."""
    if mention.countries and cluster.countries and not mention.countries & cluster.countries:
        return None
    holds = [
        ("same_country", bool(mention.countries & cluster.countries)),
        ("programme_once", mention.kind not in cluster.kinds),
        ("shared_counterpart", len(mention.near & cluster.near) == 1),
        ("shared_counterparts", len(mention.near & cluster.near) > 1),
        ("same_story", mention.story is not None and mention.story in cluster.stories),
    ]
    return tuple(reason for reason, told in holds if told)


def project_form(name: str, aliases: Iterable[str], countries: frozenset[str]) -> Form:
    """The form of a name; one that could be any project's is held against its like in copies of one text only."""
    own, types = _words(name)
    listed = _listed(name, countries)
    if listed and listed[0] in known("local_projects"):
        return PlainForm(key(name), "unnamed")
    if listed:
        return ProjectForm(_words(listed[0])[0], frozenset(), listed[0], frozenset(), False)
    if is_description(name) or set(own) <= word_set("general_project_words") | _numbers(own):
        return PlainForm(key(name), "unnamed")
    told = {_words(alias)[0] for alias in aliases if _tells(alias, own)}
    return ProjectForm(own, types, None, frozenset(told), all(place_country(word.title()) for word in own))


def _numbers(found: Words) -> frozenset[str]:
    """Numbers and fiscal years: "2", "fy26"."""
    return frozenset(word for word in found if word.removeprefix("fy").isdigit())


def _tells(alias: str, own: Words) -> bool:
    """Whether an alias is a name, and not that of a place or of half of what it is called."""
    found = _words(alias)[0]
    if is_description(alias) or set(found) <= word_set("general_project_words") or place_country(alias):
        return False
    return found != own and (not set(found) < set(own) or len(found) > 1 or is_acronym(alias, " ".join(own)))


@lru_cache(maxsize=100_000)
def _words(name: str) -> tuple[Words, frozenset[str]]:
    """The words that tell which project it is, and its types; all words where nothing would be left."""
    found = [word for word in words(name) if word not in known("stop_words")]
    named = [word for word in found if word not in word_set("project_words")]
    rest = tuple(word for word in named if word not in _types())
    if not rest:
        return tuple(named or found), frozenset()
    return rest, frozenset(_types()[word] for word in named if word in _types())


@cache
def _types() -> dict[str, str]:
    return {word: name for name, told in known("project_types").items() for word in told}


@cache
def _lists() -> dict[Words, tuple[str, frozenset[str]]]:
    found: dict[Words, tuple[str, frozenset[str]]] = {}
    for row in (*rows("projects.csv", "name"), *rows("programmes.csv", "name")):
        countries = frozenset(filter(None, row["countries"].split("|")))
        for name in filter(None, (row["name"], *row["aliases"].split("|"))):
            found.setdefault(_listed_key(name), (row["name"], countries))
    return found


def _listed_key(name: str) -> Words:
    return tuple(word for word in words(name) if word not in ("project", "programme"))


def _listed(name: str, countries: frozenset[str]) -> tuple[str, frozenset[str]] | None:
    """The row of projects.csv or programmes.csv and its countries, unless a short name is told of another country."""
    found = _lists().get(_listed_key(name))
    elsewhere = found and countries and found[1] and not countries & found[1]
    return None if elsewhere and len(words(name)) < 3 else found
