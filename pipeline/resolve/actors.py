"""Actors of many articles: what kind of name each bears, and what beside the name says that two are one.

Hard because the name alone is never enough: kinds that conflict, countries that differ, two actors of one article
forbid what names suggest; an office or a common counterpart carries what names leave open.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from pipeline.gazetteer.names import key
from pipeline.gazetteer.places import name_by_country
from pipeline.knowledge import ActorSaid, KnownArticle
from pipeline.resolve.bodies import BodyForm, body_form
from pipeline.resolve.body_names import is_name
from pipeline.resolve.clusters import Cluster, Form, Mention
from pipeline.resolve.names import country_in, is_description, known, words
from pipeline.resolve.persons import office, person_form, same_office


@dataclass(frozen=True)
class PlainForm:
    """What is one only under the same name: a country by its code, an unnamed group by its words."""

    name: str
    label: str

    @property
    def keys(self) -> frozenset[str]:
        return frozenset({f"{self.label} {self.name}"})

    @property
    def sought(self) -> frozenset[str]:
        return self.keys

    def alike(self, other: Form) -> tuple[str, ...] | None:
        if not isinstance(other, PlainForm) or self.label != other.label:
            return None
        coded = self.label == "country" and self.name.isupper()
        return (("country_code" if coded else "same_name"),) if self.name == other.name else ()


def actor_mention(link: str, article: KnownArticle, said: ActorSaid, near: frozenset[str]) -> Mention:
    """A local actor as it is compared."""
    country = said.country or (None if said.kind in ("person", "multilateral") else country_in(said.name))
    form = _form(said, country)
    role = office(said.role) if said.kind == "person" else frozenset[str]()
    tells = (form.label != "unnamed", len(words(said.name)) > 1, country is not None, bool(role), bool(said.aliases))
    return Mention(
        link=link,
        article=article.id,
        date=article.date or "",
        story=article.story,
        name=said.name,
        title=_title(form, said.name),
        form=form,
        kind=said.kind,
        countries=frozenset({country} if country and said.kind != "multilateral" else ()),
        office=role,
        near=near,
        rank=sum(tells),
    )


def _form(said: ActorSaid, country: str | None) -> Form:
    if said.kind == "country":
        return PlainForm(said.country or key(said.name), "country")
    if said.kind == "person" and not is_description(said.name) and not _is_office(said.name):
        return person_form(said.name)
    if said.kind not in ("person", "group") and is_name(said.name, country):
        return body_form(said.name, said.aliases, country)
    return PlainForm(key(said.name), "unnamed")


def _title(form: Form, name: str) -> str:
    if isinstance(form, PlainForm) and form.label == "country":
        return name_by_country().get(form.name, name)
    return (form.listed if isinstance(form, BodyForm) else None) or name


def _is_office(name: str) -> bool:
    """ "Prime Minister", "Finance Secretary": an office that stands for a name."""
    return bool(set(words(name)) & _heads())


@lru_cache(maxsize=1)
def _heads() -> frozenset[str]:
    told = {word for name in known("office_forms").values() for word in name.split()}
    return frozenset(known("general_office_words")) - {"general", "party"} | told - {"general", "finance"}


def actor_evidence(mention: Mention, cluster: Cluster) -> tuple[str, ...] | None:
    """What beside the name speaks for a mention being of a cluster; None where a kind or a country forbids it."""
    if any(_conflict(mention.kind, kind) for kind in cluster.kinds):
        return None
    if mention.countries and cluster.countries and not mention.countries & cluster.countries:
        return None
    found = [reason for reason, holds in _common(mention, cluster) if holds]
    offices = {same_office(mention.office, other) for other in cluster.offices}
    found += [max(filter(None, offices))] if offices - {None} and "same_office" not in offices else []
    return (*found, *(["same_office"] if "same_office" in offices else []))


def _common(mention: Mention, cluster: Cluster) -> list[tuple[str, bool]]:
    same_country = bool(mention.countries & cluster.countries)
    general = isinstance(mention.form, BodyForm) and mention.form.listed is None and mention.form.is_general
    return [
        ("same_country", same_country),
        ("general_name", general and not same_country),
        ("kinds_differ", mention.kind not in cluster.kinds),
        ("local_name", isinstance(mention.form, BodyForm) and mention.form.is_local),
        ("shared_counterpart", len(mention.near & cluster.near) == 1),
        ("shared_counterparts", len(mention.near & cluster.near) > 1),
        ("same_story", mention.story is not None and mention.story in cluster.stories),
    ]


def _conflict(one: str, other: str) -> bool:
    return one != other and not any(one in kinds and other in kinds for kinds in known("kinds"))
