"""The sheets of the workbook and their columns: how a cell shows a value, and which value a typed text means."""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from typing import Any

from rapidfuzz import fuzz, process, utils

from pipeline.publish.cells import LONGEST
from pipeline.record import Actor, Amount, Commitment, Date, Project, Record
from pipeline.review.edits.fields import ACTORS as ACTOR_KINDS
from pipeline.review.edits.fields import INSTRUMENTS, KINDS, STATUSES, sectors
from pipeline.review.edits.working import Refused
from pipeline.values.gazetteer.names import key
from pipeline.values.gazetteer.places import country_of, name_by_country
from pipeline.values.money import parse_money
from pipeline.values.numbers import in_words, with_bounds

COMMITMENTS, SENTENCES, ARTICLES, HOW, LISTS, CARRIED = (
    "commitments", "sentences", "articles", "how", "lists", "corridor",
)  # fmt: skip
FLOW = ("instrument", "provider", "recipient")
ACTORS, PROJECTS = "actors", "projects"  # sheets that are lists of choices too
ACCEPTED, CORRECTED, REJECTED, UNSURE = DECISIONS = ("accepted", "corrected", "rejected", "unsure")
YES, NO = "yes", "no"
SEPARATOR = ";"  # between several values of a cell

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200d\u2060\ufeff\ufffe\uffff\ud800-\udfff]")
_BRACKETED = re.compile(r"\[\s*([^\[\]\s]+)\s*\]$")  # an id behind a name
_CODED = re.compile(r"(\d{3})(\s[^,\d]*)?")  # a sector by its code, any words behind it
_MEANT = dict.fromkeys((YES, "y", "true", "1", "x"), (True,)) | dict.fromkeys((NO, "n", "false", "0", ""), (False,))
_HEDGED = re.compile(r"^(up to |at least |about )?")  # the currency stands behind it
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
    """A list of values. `labels`: what cells show of each; `find`: the values that a typed text can mean.

    `unknown`: the message about a text that means none.
    """

    labels: Mapping[Any, str]
    find: Callable[[str], Collection[Any]]
    unknown: str = "{!r} is not in the list"

    def show(self, value: Any) -> str:
        return self.labels.get(value, str(value))

    def read(self, typed: str) -> Any:
        """The value. Raises Refused, with near ones, for a text that means none or several."""
        values = self.find(typed)
        if len(values) == 1:
            return next(iter(values))
        if values:
            several = " or ".join(sorted(f"[{value}]" for value in values))
            raise Refused(f"{typed!r} means several; put {several} behind it")
        reason = (
            self.unknown.format(typed) + did_you_mean(typed, self.labels.values()) if typed else "must not be empty"
        )
        listed = ", ".join(self.labels.values())
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
        "kinds": _list(KINDS),
        "statuses": _list(STATUSES),
        "instruments": _list(INSTRUMENTS),
        "decisions": _list(DECISIONS),
        "yes or no": Choice(
            {True: YES, False: NO}, lambda typed: _MEANT.get(typed.casefold(), ()), "{!r} is neither yes nor no"
        ),
        "actor kinds": _list(ACTOR_KINDS),
        "sectors": Choice(
            {code: f"{code} {label}" for code, label in sectors().items()}, _sectors, "there is no sector {!r}"
        ),
        "countries": Choice(
            dict(sorted(name_by_country().items(), key=lambda item: item[1])), _countries, "there is no country {!r}"
        ),
    }


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
    if not isinstance(value, Amount):
        return value.iso or value.text if isinstance(value, Date) else str(value)
    if value.value is None or value.currency is None:
        return value.text
    numbers = with_bounds(value.value, value), in_words(value.value), f"{Decimal(repr(value.value)).normalize():,f}"
    forms = (_HEDGED.sub(rf"\g<0>{value.currency} ", number) for number in numbers)
    return next((form for form in forms if meaning(form) == meaning(value)), value.text)


def meaning(value: Amount | Date | str) -> Any:
    """What two amounts (value and currency) or two dates have in common; None where they have no value."""
    if isinstance(value, Date):
        return value.iso
    money = parse_money(value) if isinstance(value, str) else value
    return None if money is None or money.value is None else (money.value, money.currency)


def _list(values: Sequence[str]) -> Choice:
    known = dict(zip(values, values, strict=True))
    return Choice(known, lambda typed: [value for value in values if value.casefold() == typed.casefold()])


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
    ranks: list[list[tuple[str, str]]] = [  # forms and ids
        [(name, name) for name in now],
        [(label.casefold(), name) for name, label in (*before.items(), *now.items()) if name in now],
        [(key(entity.name), entity.id) for entity in entities],
        [(key(alias), entity.id) for entity in entities for alias in entity.aliases],
    ]

    def find(typed: str) -> Collection[str]:
        bracketed = _BRACKETED.search(typed)
        forms = (bracketed[1] if bracketed else typed, typed.casefold(), key(typed), key(typed))
        pairs = zip(ranks, forms, strict=True)
        meant = ({name for known, name in rank if known and known == form} for rank, form in pairs)
        return next(filter(None, meant), ())

    return Choice(now, find, f"{{!r}} is no {noun} of this article")


@dataclass(frozen=True)
class Column:
    """`get`: its value, of a record and a part of it; the field of its name if None.

    `fixed`: nobody corrects it here. `choice`: the list that it is chosen from. `many`: it holds several values;
    `null`: it may hold none.
    """

    name: str
    width: int
    says: str
    get: Callable[[Record, Any], Any] | None = None
    fixed: bool = False
    choice: str | None = None
    many: bool = False
    null: bool = False

    def text(self, record: Record, part: Any, choices: Mapping[str, Choice]) -> str:
        """The text of its cell in the row of a part."""
        value = self.get(record, part) if self.get else getattr(part, self.name)
        show = choices[self.choice].show if self.choice else shown
        return joined(map(show, value)) if self.many else "" if value is None else plain(show(value))

    def read(self, typed: str, choices: Mapping[str, Choice]) -> Any:
        """The value of a cell. Raises Refused for one that cannot be."""
        choice, text = choices[self.choice] if self.choice else None, plain(typed)
        if self.many:
            return choice.read_all(parts(typed)) if choice else parts(typed)
        if self.null and not text:
            return None
        if choice:
            return choice.read(text)
        if not text:
            how = f"; to remove the commitment, choose {REJECTED}" if self.name == "trigger" else ""
            raise Refused(f"must not be empty{how}")
        return text


@dataclass(frozen=True)
class Sheet:
    """`parts`: what has a row each. `noun`: what someone can add in a new row, with the columns that it `needs`."""

    parts: Callable[[Record], Sequence[Any]]
    columns: tuple[Column, ...]
    noun: str = ""
    needs: tuple[str, ...] = ()


def quote_of(record: Record, act: Commitment) -> str:
    """The sentences that state a commitment, that of the trigger first."""
    spans = dict.fromkeys((e.start, e.end) for e in act.evidence)
    first = sorted(spans, key=lambda span: not span[0] <= act.trigger.start < span[1])
    return " ".join(record.article.text[start:end] for start, end in first)


def _flow(name: str) -> Callable[[Record, Commitment], Any]:
    return lambda _, act: getattr(act.flow, name) if act.flow else None if name == "instrument" else []


_SEVERAL = "Several: put ; between them."
_ACTOR = f"An actor of the sheet actors, by its name. {_SEVERAL}"
_ARTICLE = Column(
    "article", 16, "The id of the article. In a new row: choose it.", lambda record, _: record.article.id, fixed=True
)
_ID = Column("id", 6, "The id in the article. Leave it empty in a new row; never change it.", fixed=True)
_TITLE = Column("title", 24, "The title of the article.", lambda record, _: record.article.title, fixed=True)
_DATE = Column("date", 11, "The day of the article.", lambda record, _: record.article.date, fixed=True)
_SECTORS = Column("sectors", 26, f"OECD DAC sectors, by code or name. {_SEVERAL}", choice="sectors", many=True)
_ALIASES = Column("aliases", 40, f"Other words for it in the article. {_SEVERAL}", many=True)
_LABEL = Column("label", 30, "The name in lists.", lambda _, entity: entity.id, fixed=True)

SHEETS: Mapping[str, Sheet] = {
    COMMITMENTS: Sheet(lambda record: record.commitments, (
        _ARTICLE, _ID, _TITLE, _DATE,
        Column("quote", 60, "The sentence that states the commitment. In a new row: paste the sentence.", quote_of,
               fixed=True),
        Column("trigger", 16, "The words that say what is done, such as 'will lend'. They must be in the text.",
               lambda _, act: act.trigger.text),
        Column("kind", 12, "What sort of commitment it is.", choice="kinds"),
        Column("status", 11, "How far it is.", choice="statuses"),
        Column("negated", 8, "yes where the article says that it is not so.", choice="yes or no"),
        Column("by", 24, f"Who commits. {_ACTOR}", choice=ACTORS, many=True),
        Column("with", 20, f"Who commits too, as a partner. {_ACTOR}", lambda _, act: act.with_, choice=ACTORS,
               many=True),
        Column("to", 20, f"Whom it is for. {_ACTOR}", choice=ACTORS, many=True),
        Column("projects", 24, f"A project of the sheet projects, by its name. {_SEVERAL}", choice=PROJECTS, many=True),
        Column("amounts", 22, f"The money, such as USD 2 billion. It must be in the text. {_SEVERAL}", many=True),
        Column("dates", 18, f"When: 2028, 2025-06, 2025-06-30, 2025-07/2026-06, or words of the text. {_SEVERAL}",
               many=True),
        Column("instrument", 12, "What the money is. Empty where no money moves.", _flow("instrument"),
               choice="instruments", null=True),
        Column("provider", 20, f"Whose money it is. {_ACTOR}", _flow("provider"), choice=ACTORS, many=True),
        Column("recipient", 20, f"Who gets the money. {_ACTOR}", _flow("recipient"), choice=ACTORS, many=True),
        _SECTORS,
        Column("attributed_to", 20, "Who says so, if it is not the article itself. One actor.", choice=ACTORS,
               null=True),
        Column("decision", 11, "accepted: right. corrected: right now. rejected: no commitment, it is removed. "
               "unsure: someone else should look.", lambda *_: None, choice="decisions", null=True),
    ), "commitment", ("trigger", "kind", "status")),
    ACTORS: Sheet(lambda record: record.actors, (
        _ARTICLE, _ID,
        Column("name", 36, "The full name."),
        Column("kind", 14, "What sort of actor it is.", choice="actor kinds"),
        Column("country", 20, "The country that it belongs to, by name or by its ISO code of three letters.",
               choice="countries", null=True),
        Column("role", 28, "The office of a person.", null=True),
        _ALIASES, replace(_LABEL, choice=ACTORS),
    ), "actor", ("name", "kind")),
    PROJECTS: Sheet(lambda record: record.projects, (
        _ARTICLE, _ID,
        Column("name", 44, "The full name."),
        Column("programme", 11, "yes for an umbrella over several projects.", choice="yes or no"),
        Column("countries", 20, f"Where it is: names, or ISO codes of three letters. {_SEVERAL}",
               choice="countries", many=True),
        replace(_SECTORS, get=lambda _, project: [sector.code for sector in project.sectors]), _ALIASES,
        replace(_LABEL, choice=PROJECTS),
    ), "project", ("name",)),
    SENTENCES: Sheet(lambda record: record.sentences, (
        _ARTICLE,
        Column("sentence", 9, "Its number.", lambda _, sentence: sentence.id, fixed=True),
        Column("text", 110, "Its words.", lambda record, s: record.article.text[s.start : s.end], fixed=True),
        Column("boilerplate", 11, "yes where it is no part of the story.", lambda _, s: YES if s.boilerplate else None,
               fixed=True),
    )),
    ARTICLES: Sheet(lambda record: [record.article], (
        _ARTICLE, _TITLE, _DATE,
        Column("source", 20, "Who published it.", fixed=True),
        Column("address", 50, "Where it is.", lambda record, _: record.article.url, fixed=True),
        Column("digest", 66, "The SHA-256 of its text: shows whether the text has changed.",
               lambda record, _: record.article.sha256, fixed=True),
    )),
}  # fmt: skip
EDITABLE = tuple(name for name, sheet in SHEETS.items() if sheet.noun)
