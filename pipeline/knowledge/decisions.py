"""The decisions of people: `decisions.csv` on lasting ids, and the table of `corridor match` on activities of lists.

Every run applies `decisions.csv` anew. A link keeps the id that it has without it (`given`), so that a decision is
undone when its line is gone.
"""

import csv
from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import Literal

from pydantic import ConfigDict, ValidationError

from pipeline.atomic import whole_file
from pipeline.errors import SetupError
from pipeline.knowledge.folder import Link, Proposal, Published, Scheme, lasting_id
from pipeline.record import Confidence, Part, fault

Answer = Literal["accept", "reject", ""]
NEEDED = ("decision", "lasting_id", "activity_id")
_OPENERS = ("=", "+", "-", "@", "\t", "\r", "\n", "'")  # a spreadsheet calculates text that begins so
_MARK = "\ufeff"  # by which spreadsheets know UTF-8
_NAME = "decisions.csv"
_HEADER = """\
# Decisions of people. Every run applies them, and undoes a decision when its line is gone. One per line:
#   merge,X,Y,why     the id Y belongs to X
#   split,LINK,X,why  the link (ARTICLE/LOCAL) does not belong to X; it gets an id of its own
#   apart,X,Y,why     X and Y are two; do not propose them again
decision,one,other,reason
"""
_NO_DECISION = ("#", "decision,")  # the start of comments and of the heading


class Decision(Part):
    decision: Literal["merge", "split", "apart"]
    one: str
    other: str
    reason: str = ""


def read_decisions(folder: Path) -> list[Decision]:
    """The decisions in a knowledge folder. Raises SetupError naming file and line.

    All after the third comma of a line is the reason.
    """
    path, found = folder / _NAME, list[Decision]()
    for number, line in enumerate(_text(path).splitlines() if path.exists() else (), 1):
        if line.strip() and not line.startswith(_NO_DECISION):
            cells = [cell.strip() for cell in next(csv.reader([line]))]
            named = dict(zip(("decision", "one", "other"), cells, strict=False))
            try:
                found.append(Decision.model_validate(named | {"reason": ", ".join(cells[3:])}))
            except ValidationError as error:
                why = f"not merge, split or apart with two ids: {error.errors()[0]['msg']}"
                raise SetupError(f"{path}:{number}: {why}") from error
    return found


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SetupError(f"{path}: cannot be read as UTF-8 text ({error}); save it as CSV UTF-8") from error


def make_file(folder: Path) -> None:
    """Writes a file without decisions where there is none. Raises SetupError where it cannot be written."""
    path = folder / _NAME
    if not path.exists():
        try:
            path.write_text(_HEADER, encoding="utf-8")
        except OSError as error:
            raise SetupError(f"{path}: cannot be written ({error.strerror or error})") from error


def decided(links: Iterable[Link], decisions: Sequence[Decision]) -> list[Link]:
    """The links with the decisions applied."""
    bare = [link.model_copy(update={"entity": link.given or link.entity, "given": None}) for link in links]
    taken, into = {link.entity for link in bare}, _into(decisions)
    split = {(d.one, into.get(d.other, d.other)) for d in decisions if d.decision == "split"}
    found = list[Link]()
    for link in bare:
        entity = into.get(link.entity, link.entity)
        if (link.link, entity) in split:
            own = lasting_id(link.entity.rpartition("-")[0], link.link, taken)
            entity = into.get(own, own)
        given = {"entity": entity, "given": link.entity}
        found.append(link if entity == link.entity else link.model_copy(update=given))
    return found


def _into(decisions: Iterable[Decision]) -> dict[str, str]:
    """Each merged id with the one that it finally belongs to."""
    into: dict[str, str] = {}
    for decision in decisions:
        if decision.decision == "merge":
            kept, gone = into.get(decision.one, decision.one), into.get(decision.other, decision.other)
            if kept != gone:
                into = {one: kept if other == gone else other for one, other in into.items()} | {gone: kept}
    return into


def apart(decisions: Sequence[Decision]) -> set[frozenset[str]]:
    """The pairs of ids that are two."""
    into = _into(decisions)
    return {_pair(d.one, d.other, into) for d in decisions if d.decision == "apart"}


def settled(proposals: Iterable[Proposal], decisions: Sequence[Decision], alive: Container[str]) -> list[Proposal]:
    """Those whose ids both exist, each pair once, with its decision; open and likely ones first."""
    into, two = _into(decisions), apart(decisions)
    best: dict[frozenset[str], Proposal] = {}
    for proposal in proposals:
        pair = frozenset((proposal.one, proposal.other))
        if all(one in alive for one in pair) and (pair not in best or best[pair].score < proposal.score):
            merged = _pair(proposal.one, proposal.other, into)
            decided = "merge" if len(merged) == 1 else "apart" if merged in two else None
            best[pair] = proposal.model_copy(update={"decided": decided})
    return sorted(best.values(), key=lambda p: (p.decided is not None, -p.score, p.one, p.other, p.link))


def _pair(one: str, other: str, into: Mapping[str, str]) -> frozenset[str]:
    return frozenset((into.get(one, one), into.get(other, other)))


def idle(links: Iterable[Link], decisions: Iterable[Decision]) -> list[Decision]:
    """Decisions that name an id or a link that does not exist: misspelled, or not there yet."""
    links = list(links)
    there = {link.link for link in links} | {link.entity for link in links} | {link.given for link in links}
    return [decision for decision in decisions if not {decision.one, decision.other} <= there]


class Match(Part):
    """A row of the table: `lasting_id` may be the activity `activity_id`; `reasons`: as in `seeds/match.yaml`.

    `said`, `listed`: what the articles and the list say of it, in short. `decision`, `note`: for a person to write.
    """

    model_config = ConfigDict(extra="forbid", coerce_numbers_to_str=True)

    decision: Answer = ""
    what: Literal["project", "commitment"] = "project"
    lasting_id: str
    name: str = ""
    scheme: Scheme = "other"
    activity_id: str
    title: str = ""
    score: Confidence | None = None
    reasons: str = ""
    said: str = ""
    listed: str = ""
    source: str = ""
    note: str = ""

    @property
    def pair(self) -> tuple[str, str, str]:
        return self.lasting_id, self.scheme, self.activity_id


def published(matches: Iterable[Match], links: Iterable[Link]) -> Published:
    """What was accepted; an id that a person has since merged into another counts for the other."""
    now = {link.given: link.entity for link in links if link.given}
    found: dict[str, dict[Scheme, dict[str, None]]] = {}
    for match in matches:
        if match.decision == "accept":
            lasting = now.get(match.lasting_id, match.lasting_id)
            found.setdefault(lasting, {}).setdefault(match.scheme, {})[match.activity_id] = None
    return Published({name: {scheme: tuple(ids) for scheme, ids in own.items()} for name, own in found.items()})


def read_matches(path: Path) -> list[Match]:
    """The rows of a table, also of one that a spreadsheet saved with semicolons. Raises SetupError naming the line."""
    text = _text(path)
    head = text.partition("\n")[0]
    reader = csv.DictReader(StringIO(text, newline=""), delimiter=max(",;\t", key=head.count), strict=True)
    try:
        missing = [name for name in NEEDED if name not in (reader.fieldnames or ())]
        if missing:
            raise SetupError(f"{path}: has no column {missing[0]}; is it a table of `corridor match`?")
        return [_row(row, f"{path}:{reader.line_num}") for row in reader]
    except csv.Error as error:
        raise SetupError(f"{path}:{reader.line_num}: not CSV ({error})") from error


def _row(row: Mapping[str | None, str | list[str] | None], where: str) -> Match:
    """Columns that a person added are left out; so are cells beyond the header."""
    cells = {name: cell.strip() for name, cell in row.items() if name in Match.model_fields and isinstance(cell, str)}
    cells = {name: plain(cell) for name, cell in cells.items() if cell}
    word = cells.get("decision", "").casefold()
    cells["decision"] = {"accepted": "accept", "rejected": "reject"}.get(word, word)
    if "score" in cells:
        cells["score"] = cells["score"].replace(",", ".")
    try:
        return Match.model_validate(cells)
    except ValidationError as error:
        raise SetupError(f"{where}: {fault(error)}; a decision is accept, reject or nothing") from error


def guarded(text: str) -> str:
    """The text with a ' before it where a spreadsheet would calculate it."""
    return f"'{text}" if text.startswith(_OPENERS) else text


def plain(text: str) -> str:
    """The text that `guarded` was given."""
    return text[1:] if text.startswith("'") and text[1:].startswith(_OPENERS) else text


def merged(old: Iterable[Match], new: Iterable[Match], lists: Collection[str]) -> list[Match]:
    """The new rows and the old ones, each pair once; what a person wrote in a row stays.

    Old rows of one of `lists` (names of files) in which nobody wrote, and that are not found again, are left out.
    Rows come in groups of one lasting id, the group with the best score first.
    """
    own = tuple(place for name in lists for place in (f"{name}:", f"{name}, row"))
    every = {one.pair: one for one in old if one.decision or one.note or not one.source.startswith(own)}
    for one in new:
        written = every.get(one.pair, one)
        every[one.pair] = one.model_copy(update={"decision": written.decision, "note": written.note})
    rows = sorted(every.values(), key=lambda one: (-(one.score or 0.0), one.scheme, one.activity_id))
    best = {one.lasting_id: one.score or 0.0 for one in reversed(rows)}
    return sorted(rows, key=lambda one: (-best[one.lasting_id], one.lasting_id))


def write_matches(matches: Iterable[Match], out: str) -> None:
    """Writes CSV for a spreadsheet. Raises SetupError where it cannot be written."""
    with whole_file(out) as file:
        file.write(_MARK)
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(Match.model_fields)
        for one in matches:
            cells = one.model_dump()
            writer.writerow(guarded(cell) if isinstance(cell, str) else cell for cell in cells.values())
