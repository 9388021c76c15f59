"""The sheets of the workbook and their columns: what a column means, whether it can be corrected, what it may hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args

from pipeline.record import Instrument
from pipeline.review.edits.fields import sectors
from pipeline.review.formats.task import ACTORS, KINDS, STATUSES
from pipeline.values.gazetteer.places import name_by_country

COMMITMENTS, ACTORS_SHEET, PROJECTS_SHEET, SENTENCES, ARTICLES, HOW, LISTS, CARRIED = (
    "commitments", "actors", "projects", "sentences", "articles", "how", "lists", "corridor",
)  # fmt: skip
ARTICLE, ID, QUOTE, TRIGGER, DECISION, LABEL = "article", "id", "quote", "trigger", "decision", "label"
INSTRUMENT, PROVIDER, RECIPIENT = "instrument", "provider", "recipient"
YES, NO = "yes", "no"
ACCEPTED, CORRECTED, REJECTED, UNSURE = DECISIONS = ("accepted", "corrected", "rejected", "unsure")
SEPARATOR = ";"  # between several values of a cell


@dataclass(frozen=True)
class Column:
    """`fixed`: nobody corrects it here. `choice`: the list that it is chosen from; `many`: it holds several of them."""

    name: str
    width: int
    says: str
    fixed: bool = False
    choice: str | None = None
    many: bool = False
    hidden: bool = False


def lists() -> Mapping[str, list[str]]:
    """The values of each list, as cells show them."""
    return {
        "kinds": list(KINDS),
        "statuses": list(STATUSES),
        "instruments": list(get_args(Instrument)),
        "decisions": list(DECISIONS),
        "yes or no": [YES, NO],
        "actor kinds": list(ACTORS),
        "sectors": [sector(code) for code in sectors()],
        "countries": sorted(name_by_country().values()),
    }


def sector(code: str) -> str:
    """A sector as a cell shows it: "210 Transport & Storage"."""
    return f"{code} {sectors()[code]}" if code in sectors() else code


_ARTICLE = Column(ARTICLE, 16, "The id of the article. In a new row: choose it.", fixed=True)
_ID = Column(ID, 6, "The id in the article. Leave it empty in a new row; never change it.", fixed=True)
_SEVERAL = "Several: put ; between them."
_ACTOR = f"An actor of the sheet actors, by its name. {_SEVERAL}"

COLUMNS: Mapping[str, tuple[Column, ...]] = {
    COMMITMENTS: (
        _ARTICLE, _ID,
        Column("title", 24, "The title of the article.", fixed=True),
        Column("date", 11, "The day of the article.", fixed=True),
        Column(QUOTE, 60, "The sentence that states the commitment. In a new row: paste the sentence.", fixed=True),
        Column(TRIGGER, 16, "The words that say what is done, such as 'will lend'. They must be in the text."),
        Column("kind", 12, "What sort of commitment it is.", choice="kinds"),
        Column("status", 11, "How far it is.", choice="statuses"),
        Column("negated", 8, "yes where the article says that it is not so.", choice="yes or no"),
        Column("by", 24, f"Who commits. {_ACTOR}", choice=ACTORS_SHEET, many=True),
        Column("with", 20, f"Who commits too, as a partner. {_ACTOR}", choice=ACTORS_SHEET, many=True),
        Column("to", 20, f"Whom it is for. {_ACTOR}", choice=ACTORS_SHEET, many=True),
        Column("projects", 24, f"A project of the sheet projects, by its name. {_SEVERAL}",
               choice=PROJECTS_SHEET, many=True),
        Column("amounts", 22, f"The money, such as USD 2 billion. It must be in the text. {_SEVERAL}", many=True),
        Column("dates", 18, f"When: 2028, 2025-06, 2025-06-30, 2025-07/2026-06, or words of the text. {_SEVERAL}",
               many=True),
        Column(INSTRUMENT, 12, "What the money is. Empty where no money moves.", choice="instruments"),
        Column(PROVIDER, 20, f"Whose money it is. {_ACTOR}", choice=ACTORS_SHEET, many=True),
        Column(RECIPIENT, 20, f"Who gets the money. {_ACTOR}", choice=ACTORS_SHEET, many=True),
        Column("sectors", 26, f"OECD DAC sectors, by code or name. {_SEVERAL}", choice="sectors", many=True),
        Column("attributed_to", 20, "Who says so, if it is not the article itself. One actor.", choice=ACTORS_SHEET),
        Column(DECISION, 11, "accepted: right. corrected: right now. rejected: no commitment, it is removed. "
               "unsure: someone else should look.", choice="decisions"),
    ),
    ACTORS_SHEET: (
        _ARTICLE, _ID,
        Column("name", 36, "The full name."),
        Column("kind", 14, "What sort of actor it is.", choice="actor kinds"),
        Column("country", 20, "The country that it belongs to, by name or by its ISO code of three letters.",
               choice="countries"),
        Column("role", 28, "The office of a person."),
        Column("aliases", 40, f"Other words for it in the article. {_SEVERAL}", many=True),
        Column(LABEL, 30, "The name in lists.", fixed=True, hidden=True),
    ),
    PROJECTS_SHEET: (
        _ARTICLE, _ID,
        Column("name", 44, "The full name."),
        Column("programme", 11, "yes for an umbrella over several projects.", choice="yes or no"),
        Column("countries", 20, f"Where it is: names, or ISO codes of three letters. {_SEVERAL}",
               choice="countries", many=True),
        Column("sectors", 26, f"OECD DAC sectors, by code or name. {_SEVERAL}", choice="sectors", many=True),
        Column("aliases", 40, f"Other words for it in the article. {_SEVERAL}", many=True),
        Column(LABEL, 30, "The name in lists.", fixed=True, hidden=True),
    ),
    SENTENCES: (
        _ARTICLE, Column("sentence", 9, "Its number.", fixed=True), Column("text", 110, "Its words.", fixed=True),
        Column("boilerplate", 11, "yes where it is no part of the story.", fixed=True),
    ),
    ARTICLES: (
        _ARTICLE, Column("title", 50, "Its title.", fixed=True), Column("date", 11, "Its day.", fixed=True),
        Column("source", 20, "Who published it.", fixed=True), Column("address", 50, "Where it is.", fixed=True),
        Column("digest", 66, "The SHA-256 of its text: shows whether the text has changed.", fixed=True),
    ),
}  # fmt: skip
EDITABLE = (COMMITMENTS, ACTORS_SHEET, PROJECTS_SHEET)
