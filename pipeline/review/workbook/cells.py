"""Cells as text: how a cell shows a value, and which value a typed text means."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any, get_args

from rapidfuzz import fuzz, process, utils

from pipeline.publish.cells import LONGEST
from pipeline.record import Actor, ActorKind, Amount, CommitmentKind, Date, Instrument, Project, Record, Status
from pipeline.review.edits.fields import sectors
from pipeline.review.edits.working import Refused
from pipeline.values.gazetteer.names import key
from pipeline.values.gazetteer.places import country_of, name_by_country
from pipeline.values.money import parse_money

ACTORS, PROJECTS = "actors", "projects"  # sheets that are lists of choices too
ACCEPTED, CORRECTED, REJECTED, UNSURE = DECISIONS = ("accepted", "corrected", "rejected", "unsure")
YES, NO = "yes", "no"
SEPARATOR = ";"  # between several values of a cell

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200d\u2060\ufeff\ufffe\uffff\ud800-\udfff]")
_BRACKETED = re.compile(r"\[\s*([^\[\]\s]+)\s*\]$")  # an id behind a name
_CODED = re.compile(r"(\d{3})(\s[^,\d]*)?")  # a sector by its code, any words behind it
_TRUE, _FALSE = {YES, "y", "true", "1", "x"}, {NO, "n", "false", "0", ""}
_SCALES = ((10**12, " trillion"), (10**9, " billion"), (10**6, " million"))
_DIGITS = 3  # after the point, before a scale
_NEAR, _MOST = 65, 3  # how alike (of 100) a name must be to be offered; how many are offered
_SHORT = 150  # characters of a list that a message names


def plain(text: str) -> str:
    """The text as a cell shows it: one space between words, no characters that Excel cannot hold."""
    return " ".join(_CONTROL.sub(" ", text).split())[:LONGEST]


def joined(values: Iterable[str]) -> str:
    """Several values in one cell."""
    texts = (plain(value).replace(SEPARATOR, ",") for value in values)
    return plain(f"{SEPARATOR} ".join(filter(None, texts)))


def parts(text: str) -> list[str]:
    """The values of a cell; a line end separates them too."""
    return [value for value in map(plain, re.split(rf"[{SEPARATOR}\n]", text)) if value]


def did_you_mean(typed: str, known: Iterable[str]) -> str:
    """`; did you mean 'Pakistan'?`, or the empty string where nothing is near."""
    alike = process.extract(
        typed, list(dict.fromkeys(known)), scorer=fuzz.WRatio, processor=utils.default_process, limit=_MOST,
        score_cutoff=_NEAR,
    )  # fmt: skip
    return f"; did you mean {' or '.join(repr(name) for name, _, _ in alike)}?" if alike else ""


@dataclass(frozen=True)
class Choice:
    """A list of values. `shown`: as cells show them; `find`: the values that a typed text can mean.

    `show`: the text of a value; `unknown`: the message about a text that means none.
    """

    shown: Sequence[str]
    find: Callable[[str], Collection[Any]]
    show: Callable[[Any], str] = str
    unknown: str = "{!r} is not in the list"

    def read(self, typed: str) -> Any:
        """The value. Raises Refused, with near ones, for a text that means none or several."""
        values = self.find(typed)
        if len(values) == 1:
            return next(iter(values))
        if values:
            several = " or ".join(sorted(f"[{value}]" for value in values))
            raise Refused(f"{typed!r} means several; put {several} behind it")
        reason = self.unknown.format(typed) + did_you_mean(typed, self.shown) if typed else "must not be empty"
        listed = ", ".join(self.shown)
        raise Refused(reason + (f"; choose one of {listed}" if 0 < len(listed) <= _SHORT else ""))

    def read_all(self, texts: Iterable[str]) -> list[Any]:
        """The values, each once; commas may separate them where no value has commas."""
        values: list[Any] = []
        for text in texts:
            pieces = [plain(piece) for piece in text.split(",")]
            apart = not self.find(text) and all(map(self.find, pieces))
            values += map(self.read, pieces if apart else [text])
        return list(dict.fromkeys(values))


@cache
def lists() -> Mapping[str, Choice]:
    """The lists that are the same for all articles."""
    return {
        "kinds": _list(get_args(CommitmentKind)),
        "statuses": _list(get_args(Status)),
        "instruments": _list(get_args(Instrument)),
        "decisions": _list(DECISIONS),
        "yes or no": Choice((YES, NO), _yes_or_no, lambda value: YES if value else NO, "{!r} is neither yes nor no"),
        "actor kinds": _list(get_args(ActorKind)),
        "sectors": Choice([_sector(code) for code in sectors()], _sectors, _sector, "there is no sector {!r}"),
        "countries": Choice(
            sorted(name_by_country().values()), _countries, lambda code: name_by_country().get(code, code),
            "there is no country {!r}",
        ),
    }  # fmt: skip


def choices(record: Record, before: Record) -> Mapping[str, Choice]:
    """All lists for an article, with its actors and projects; names of `before` are understood too."""
    return {
        **lists(),
        ACTORS: _entities("actor", record.actors, labels(before.actors)),
        PROJECTS: _entities("project", record.projects, labels(before.projects)),
    }


def labels(entities: Iterable[Actor | Project]) -> dict[str, str]:
    """What cells show of each, by id: its name, with the id where another one has the same name."""
    names = {entity.id: plain(entity.name).replace(SEPARATOR, ",") for entity in entities}
    often = Counter(map(key, names.values()))
    return {
        name: f"{text} [{name}]" if often[key(text)] > 1 or not key(text) or _BRACKETED.search(text) else text
        for name, text in names.items()
    }


def shown(value: Any) -> str:
    """`USD 2 billion`, `up to EUR 5 million`, `2028`; the words of the article where these do not say the value."""
    match value:
        case None:
            return ""
        case Amount():
            return next((text for text in _forms(value) if meaning(text) == meaning(value)), value.text)
        case Date():
            return value.iso or value.text
    return str(value)


def meaning(value: Amount | Date | str) -> Any:
    """What two amounts (value and currency) or two dates have in common; None where they have no value."""
    if isinstance(value, Date):
        return value.iso
    money = parse_money(value) if isinstance(value, str) else value
    return None if money is None or money.value is None else (money.value, money.currency)


def _list(values: Sequence[str]) -> Choice:
    return Choice(values, lambda typed: [value for value in values if value.casefold() == typed.casefold()])


def _yes_or_no(typed: str) -> list[bool]:
    return [value for value, words in ((True, _TRUE), (False, _FALSE)) if typed.casefold() in words]


def _sector(code: str) -> str:
    return f"{code} {sectors()[code]}" if code in sectors() else code


def _sectors(typed: str) -> list[str]:
    if (coded := _CODED.fullmatch(typed)) and coded[1] in sectors():
        return [coded[1]]
    return [code for code, label in sectors().items() if key(typed) in (key(label), key(f"{code} {label}"))]


def _countries(typed: str) -> list[str]:
    code = typed.upper() if typed.upper() in name_by_country() else country_of(typed)
    return [code] if code else []


def _entities(noun: str, entities: Sequence[Actor | Project], before: Mapping[str, str]) -> Choice:
    """Actors or projects by id, label, name and alias: the surest that knows a text decides."""
    now = labels(entities)
    known = [*((name, label) for name, label in before.items() if name in now), *now.items()]
    by_label = _table((label.casefold(), name) for name, label in known)
    by_name = _table((key(entity.name), entity.id) for entity in entities)
    by_alias = _table((key(alias), entity.id) for entity in entities for alias in entity.aliases)

    def find(typed: str) -> Collection[str]:
        bracketed = _BRACKETED.search(typed)
        named = {bracketed[1] if bracketed else typed} & now.keys()
        return named or by_label.get(typed.casefold()) or by_name.get(key(typed)) or by_alias.get(key(typed)) or ()

    return Choice(list(now.values()), find, lambda name: now.get(name, ""), f"{{!r}} is no {noun} of this article")


def _table(pairs: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    table: dict[str, set[str]] = defaultdict(set)
    for form, name in pairs:
        if form:
            table[form].add(name)
    return table


def _forms(amount: Amount) -> Iterator[str]:
    if amount.value is None or amount.currency is None:
        return
    value = f"{amount.currency} {_number(amount.value)}"
    if amount.low is not None and amount.high is not None:
        yield f"{amount.currency} {_number(amount.low)} to {_number(amount.high)}"
    elif amount.low is not None or amount.high is not None or amount.approximate:
        yield f"{'up to' if amount.high is not None else 'at least' if amount.low is not None else 'about'} {value}"
    yield value


def _number(value: float) -> str:
    """`2 billion`, `1.25 million`, `1,234,567.89`."""
    number = Decimal(repr(value))
    for scale, word in _SCALES:
        scaled = number / scale
        if scaled >= 1 and scaled == round(scaled, _DIGITS):
            return f"{scaled.normalize():f}{word}"
    return f"{number.normalize():,f}"
