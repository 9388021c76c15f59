"""The sheets of the workbook and their columns: what a column shows of a record, and how its cells are read."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pipeline.record import Commitment, Record
from pipeline.review.edits.working import Refused
from pipeline.review.workbook.cells import ACTORS, PROJECTS, REJECTED, YES, Choice, joined, parts, plain, shown

COMMITMENTS, SENTENCES, ARTICLES, HOW, LISTS, CARRIED = (
    "commitments", "sentences", "articles", "how", "lists", "corridor",
)  # fmt: skip
FLOW = ("instrument", "provider", "recipient")


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

    def value(self, record: Record, part: Any) -> Any:
        return self.get(record, part) if self.get else getattr(part, self.name)

    def text(self, record: Record, part: Any, choices: Mapping[str, Choice]) -> str:
        """The text of its cell in the row of a part."""
        value = self.value(record, part)
        show = choices[self.choice].show if self.choice else shown
        return joined(map(show, value)) if self.many else "" if value is None else plain(show(value))

    def is_same(self, typed: str, text: str) -> bool:
        """Whether someone typed what the cell showed."""
        return parts(typed) == parts(text) if self.many else plain(typed) == text

    def read(self, typed: str, choices: Mapping[str, Choice]) -> Any:
        """The value of a cell. Raises Refused for one that cannot be."""
        choice, text = choices[self.choice] if self.choice else None, plain(typed)
        if self.many:
            return choice.read_all(parts(typed)) if choice else parts(typed)
        if self.null and not text:
            return None
        if choice is None and not text:
            raise Refused(
                "must not be empty"
                + (f"; to remove the commitment, choose {REJECTED}" if self.name == "trigger" else "")
            )
        return choice.read(text) if choice else text


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
