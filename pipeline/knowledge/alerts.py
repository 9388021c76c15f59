"""Rules of a user that choose which changes are alerts, and the address to which they are sent."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from http.client import HTTPException
from pathlib import Path
from typing import Annotated, Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

import yaml
from pydantic import BeforeValidator, Field, TypeAdapter, ValidationError

from pipeline.errors import SetupError
from pipeline.knowledge.changes import Change, Kind, Named
from pipeline.knowledge.folder import Knowledge
from pipeline.record import CommitmentKind, Status
from pipeline.seeds import active
from pipeline.seeds.checks import Checked, Country, Known, Sector, Text, refuse
from pipeline.seeds.yaml_tables import Loader, located
from pipeline.settings import Settings
from pipeline.values.gazetteer.names import key

SECONDS = 20.0  # for the server to answer


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

    name: Text = Field(default="")
    change: Annotated[list[Kind], *_List] = Field(default=[])
    by: _Texts = Field(default=[])
    to: _Texts = Field(default=[])
    country: Annotated[list[Country], *_List] = Field(default=[])
    project: _Texts = Field(default=[])
    sector: Annotated[list[Sector], *_List] = Field(default=[])
    kind: Annotated[list[CommitmentKind], *_List] = Field(default=[])
    status: Annotated[list[Status], *_List] = Field(default=[])
    currency: Annotated[list[Annotated[str, Field(pattern="^[A-Z]{3}$")]], *_List] = Field(default=[])
    amount_at_least: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0


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
    aliases = {row.id: {key(name.value) for name in row.names} for row in (*knowledge.actors, *knowledge.projects)}
    for actor in knowledge.actors:  # an actor is also known by the code of its country
        aliases[actor.id] |= {key(actor.country)} if actor.country else set()
    named = [(rule.name or f"rule {number}", rule) for number, rule in enumerate(rules, 1)]
    for row in rows:
        if met := [name for name, rule in named if _meets(row, rule, aliases)]:
            yield row.model_copy(update={"alerts": met})


def _meets(row: Change, rule: Rule, aliases: Mapping[str, set[str]]) -> bool:
    """Whether for each field of a rule one of the wanted values is found, or any will do."""

    def named(side: Iterable[Named]) -> set[str]:
        return {name for one in side for name in aliases.get(one.id, ())}

    tests: list[tuple[Iterable[str], Collection[str]]] = [
        (rule.change, {row.change}),
        (map(key, rule.by), named(row.by)),
        (map(key, rule.to), named(row.to)),
        (map(key, rule.project), named(row.projects)),
        (rule.country, row.countries),
        (rule.sector, row.sectors),
        (rule.kind, {row.kind}),
        (rule.status, {row.status}),
    ]
    sums = [amount.split(" ") for amount in row.amounts]
    known = [code for code, value in sums if float(value) >= rule.amount_at_least]
    wanted = [(set(values), found) for values, found in (*tests, (rule.currency, known))]
    enough = bool(known) or not rule.amount_at_least
    return enough and all(not values or not values.isdisjoint(found) for values, found in wanted)


def require_address(url: str) -> None:
    """Raises SetupError where the address is none of the web, or holds a name or password."""
    try:
        parts = urlsplit(url)
        right = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0 and url.isascii()
    except ValueError:
        right = False
    if not right or any(char.isspace() for char in url):
        raise SetupError("--webhook: no address to send to; give one such as https://example.org/alerts")
    if parts.username or parts.password:
        raise SetupError("--webhook: an address with a name or password is not supported")


class _NoRedirect(HTTPRedirectHandler):
    """A redirection is a failure: it would be followed without the alerts."""

    def redirect_request(self, *_: Any) -> None:
        return None


def post(url: str, rows: Iterable[Change], seconds: float = SECONDS) -> str | None:
    """Sends `{"alerts": [...]}` as JSON. Returns why it failed, without the path of the address, which may be secret.

    None where the server answered with a status of 200 to 299.
    """
    body = json.dumps({"alerts": [row.model_dump(mode="json") for row in rows]}, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "corridor"}
    try:
        request = Request(url, data=body, headers=headers, method="POST")
        with build_opener(_NoRedirect).open(request, timeout=seconds):
            return None
    except HTTPError as error:
        error.close()
        reason = f"it answered with status {error.code}"
    except TimeoutError:
        reason = f"no answer in {seconds:g} seconds"
    except (HTTPException, OSError) as error:
        why = getattr(error, "reason", None)  # of a URLError, where the server is not there
        reason = str(getattr(why, "strerror", None) or why or f"the connection broke ({type(error).__name__})")
    return f"the webhook at {urlsplit(url).hostname} did not take the alerts: {reason}"
