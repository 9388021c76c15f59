"""Actors and projects of an article as profiles, and what beside the name says that two are one."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from pipeline.knowledge.folder.links import KnownArticle, LocalActor, LocalProject
from pipeline.knowledge.resolve.matching.clusters import Cluster, Profile, countries_differ, neighbour_reasons
from pipeline.knowledge.resolve.names.forms import Form, PlainForm
from pipeline.knowledge.resolve.names.organisations import OrganisationForm, is_name, organisation_form
from pipeline.knowledge.resolve.names.persons import office, person_form, same_office
from pipeline.knowledge.resolve.names.projects import ProjectForm, listed_project, project_form
from pipeline.knowledge.resolve.names.words import country_in, is_description, setting, words
from pipeline.values.gazetteer.names import key
from pipeline.values.gazetteer.places import name_by_country


def actor_profile(link: str, article: KnownArticle, said: LocalActor, neighbours: frozenset[str]) -> Profile:
    country = said.country or (None if said.kind in ("person", "multilateral") else country_in(said.name))
    form = _form(said, country)
    role = office(said.role) if said.kind == "person" else frozenset[str]()
    known = (country is not None) + bool(role)
    countries = frozenset({country} if country and said.kind != "multilateral" else ())
    return _profile(
        link, article, said, form, known, kind=said.kind, countries=countries, office=role, neighbours=neighbours
    )


def _profile(
    link: str, article: KnownArticle, said: LocalActor | LocalProject, form: Form, known: int, **own: Any
) -> Profile:
    """`known`: how much is known of it beside its names."""
    return Profile(
        link=link,
        article=article.id,
        date=article.date or "",
        story=article.story,
        name=said.name,
        title=_title(form, said.name),
        form=form,
        rank=known + (form.label != "unnamed") + (len(words(said.name)) > 1) + bool(said.aliases),
        **own,
    )


def _form(said: LocalActor, country: str | None) -> Form:
    if said.kind == "country" and not is_description(said.name):
        return PlainForm(said.country or key(said.name), "country")
    if said.kind == "person" and not is_description(said.name) and not _is_office(said.name):
        return person_form(said.name)
    if said.kind not in ("person", "group") and is_name(said.name, country):
        return organisation_form(said.name, said.aliases, country)
    return PlainForm(key(said.name), "unnamed")


def _title(form: Form, name: str) -> str:
    if isinstance(form, PlainForm) and form.label == "country":
        return name_by_country().get(form.name, name)
    return (form.listed if isinstance(form, OrganisationForm | ProjectForm) else None) or name


def _is_office(name: str) -> bool:
    """Whether an office stands for a name: "Prime Minister", "Finance Secretary"."""
    return bool(set(words(name)) & _office_words())


@lru_cache(maxsize=1)
def _office_words() -> frozenset[str]:
    found = {word for name in setting("office_forms").values() for word in name.split()}
    return frozenset(setting("general_office_words")) - {"general", "party"} | found - {"general", "finance"}


def actor_context(profile: Profile, cluster: Cluster) -> tuple[str, ...] | None:
    """What beside the name says that an actor belongs to a cluster; None where a kind or a country excludes it."""
    if any(_conflict(profile.kind, kind) for kind in cluster.kinds) or countries_differ(profile, cluster):
        return None
    found, form = list[str](), profile.form
    if profile.countries & cluster.countries:
        found.append("same_country")
    elif isinstance(form, OrganisationForm) and form.listed is None and form.is_general:
        found.append("general_name")
    if profile.kind not in cluster.kinds:
        found.append("kinds_differ")
    if isinstance(form, OrganisationForm) and form.is_local:
        found.append("local_name")
    found += neighbour_reasons(profile, cluster)
    offices = {same_office(profile.office, other) for other in cluster.offices}
    found += [reason for reason in ("same_office", "same_title") if reason in offices][:1]
    return tuple(found)


def _conflict(one: str, other: str) -> bool:
    return one != other and not any(one in kinds and other in kinds for kinds in setting("kinds"))


def project_profile(link: str, article: KnownArticle, said: LocalProject, neighbours: frozenset[str]) -> Profile:
    inside = country_in(said.name)
    countries = frozenset(said.countries or ([inside] if inside else []))
    form = project_form(said.name, said.aliases, countries)
    listed = listed_project(said.name, countries)
    countries = listed[1] if listed else countries  # an umbrella has its own countries wherever it is reported
    kind = "programme" if said.programme else "project"
    return _profile(link, article, said, form, bool(countries), kind=kind, countries=countries, neighbours=neighbours)


def project_context(profile: Profile, cluster: Cluster) -> tuple[str, ...] | None:
    """What beside the name says that a project belongs to a cluster; None where the countries differ."""
    if countries_differ(profile, cluster):
        return None
    found = ["same_country"] if profile.countries & cluster.countries else []
    found += [] if profile.kind in cluster.kinds else ["programme_once"]
    return (*found, *neighbour_reasons(profile, cluster))
