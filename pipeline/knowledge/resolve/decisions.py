"""The decisions of a person, read from decisions.csv and applied to the links.

Every run applies them anew. A link keeps the id that it has without them (`given`), so that a decision is undone when
its line is gone.
"""

from __future__ import annotations

import csv
from collections.abc import Container, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from pipeline.errors import SetupError
from pipeline.knowledge.folder.links import Link, lasting_id
from pipeline.knowledge.folder.rows import Proposal
from pipeline.record import Part

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
    """The decisions in a knowledge folder. Raises SetupError naming file and line."""
    path = folder / _NAME
    if not path.exists():
        return []
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SetupError(f"{path}: cannot be read as UTF-8 text ({error})") from error
    return [
        _decision(f"{path}:{number}", line)
        for number, line in enumerate(lines, 1)
        if line.strip() and not line.startswith(_NO_DECISION)
    ]


def ensure_file(folder: Path) -> None:
    """Writes a file without decisions where there is none. Raises SetupError where it cannot be written."""
    path = folder / _NAME
    if not path.exists():
        try:
            path.write_text(_HEADER, encoding="utf-8")
        except OSError as error:
            raise SetupError(f"{path}: cannot be written ({error.strerror or error})") from error


def _decision(where: str, line: str) -> Decision:
    """The decision of a line; all after the third comma is the reason."""
    cells = [cell.strip() for cell in next(csv.reader([line]))]
    try:
        named = dict(zip(("decision", "one", "other"), cells, strict=False))
        return Decision(**named, reason=", ".join(cells[3:]))
    except ValidationError as error:
        raise SetupError(f"{where}: not merge, split or apart with two ids: {error.errors()[0]['msg']}") from error


def decided(links: Iterable[Link], decisions: Sequence[Decision]) -> list[Link]:
    """The links with the decisions applied."""
    bare = [link.model_copy(update={"entity": link.given or link.entity, "given": None}) for link in links]
    taken, into = {link.entity for link in bare}, _into(decisions)
    split = {(d.one, into.get(d.other, d.other)) for d in decisions if d.decision == "split"}
    return [_applied(link, split, into, taken) for link in bare]


def _applied(link: Link, split: set[tuple[str, str]], into: Mapping[str, str], taken: set[str]) -> Link:
    entity = into.get(link.entity, link.entity)
    if (link.link, entity) in split:
        own = lasting_id(link.entity.rpartition("-")[0], link.link, taken)
        entity = into.get(own, own)
    return link if entity == link.entity else link.model_copy(update={"entity": entity, "given": link.entity})


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
