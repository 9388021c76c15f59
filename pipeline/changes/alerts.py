"""Rules of a user that choose which changes are alerts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BeforeValidator, Field, TypeAdapter, ValidationError

from pipeline.changes import Change, Kind
from pipeline.errors import SetupError
from pipeline.gazetteer.names import key
from pipeline.knowledge import Knowledge
from pipeline.record import CommitmentKind, Status
from pipeline.seeds import active
from pipeline.seeds.checks import Checked, Country, Known, Sector, Text, refuse
from pipeline.seeds.yaml_tables import Loader, located
from pipeline.settings import Settings


def _listed(value: Any) -> Any:
    """One value as a list; numbers, such as codes of sectors, as text."""
    values = value if isinstance(value, list) else [value]
    return [str(one) if type(one) is int else one for one in values]


_List = (BeforeValidator(_listed), Field(min_length=1))
_Texts = Annotated[list[Text], *_List]


class Rule(Checked):
    """What a change must meet, all of it; a field that is left out is met by all.

    `by`, `to`: any name of an actor, or a country's code for all actors of that country. `amount_at_least`: in units
    of whichever currency, or of one of `currency`.
    """

    name: Text | None = None
    change: Annotated[list[Kind], *_List] | None = None
    by: _Texts | None = None
    to: _Texts | None = None
    country: Annotated[list[Country], *_List] | None = None
    project: _Texts | None = None
    sector: Annotated[list[Sector], *_List] | None = None
    kind: Annotated[list[CommitmentKind], *_List] | None = None
    status: Annotated[list[Status], *_List] | None = None
    currency: Annotated[list[Annotated[str, Field(pattern="^[A-Z]{3}$")]], *_List] | None = None
    amount_at_least: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None


_RULES = TypeAdapter(Annotated[list[Rule], Field(min_length=1)])


def read_rules(path: Path) -> list[Rule]:
    """The rules of a YAML file, a list. Raises SetupError with the line and field of each fault."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        found = yaml.load(text, Loader)
    except OSError as error:
        raise SetupError(f"{path}: cannot be read ({error.strerror or error})") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SetupError(f"{path}: not valid YAML: {error}") from error
    try:
        return _RULES.validate_python(found, context=Known((Settings().seeds, *active())))
    except ValidationError as error:
        root = yaml.compose(text, Loader)
        raise refuse(path, [located(root, fault) for fault in error.errors()]) from error


def alerts(rows: Iterable[Change], rules: Iterable[Rule], knowledge: Knowledge) -> Iterator[Change]:
    """The changes that meet a rule, with the names of all rules that they meet; a rule without a name is "rule 2".

    `knowledge`: the newer state, which has all names of actors and projects.
    """
    aliases = _aliases(knowledge)
    named = [(rule.name or f"rule {number}", rule) for number, rule in enumerate(rules, 1)]
    for row in rows:
        if met := [name for name, rule in named if _meets(row, rule, aliases)]:
            yield row.model_copy(update={"alerts": met})


def _aliases(knowledge: Knowledge) -> dict[str, set[str]]:
    """By id, the names of actors and projects as they are compared, and the codes of countries of actors."""
    found = {row.id: {key(name.value) for name in row.names} for row in knowledge.actors}
    found |= {row.id: {key(name.value) for name in row.names} for row in knowledge.projects}
    for actor in knowledge.actors:
        if actor.country:
            found[actor.id].add(key(actor.country))
    return found


def _meets(row: Change, rule: Rule, aliases: dict[str, set[str]]) -> bool:
    def named(side: str) -> set[str]:
        return {name for one in getattr(row, side) for name in aliases.get(one.id, set()) | {key(one.name)}}

    tests: list[tuple[list[Any] | None, Callable[[], set[Any]]]] = [
        (rule.change, lambda: {row.change}),
        (rule.by and list(map(key, rule.by)), lambda: named("by")),
        (rule.to and list(map(key, rule.to)), lambda: named("to")),
        (rule.project and list(map(key, rule.project)), lambda: named("projects")),
        (rule.country, lambda: set(row.countries)),
        (rule.sector, lambda: set(row.sectors)),
        (rule.kind, lambda: {row.kind}),
        (rule.status, lambda: {row.status}),
    ]
    return _has_amount(row, rule) and all(wanted is None or not found().isdisjoint(wanted) for wanted, found in tests)


def _has_amount(row: Change, rule: Rule) -> bool:
    if rule.currency is None and rule.amount_at_least is None:
        return True
    sums = (amount.split(" ") for amount in row.amounts)
    least = rule.amount_at_least or 0.0
    return any((not rule.currency or currency in rule.currency) and float(value) >= least for currency, value in sums)
