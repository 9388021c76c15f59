"""Candidates as the table that a person decides on; what was decided before stays."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Sequence

from pipeline.export.whole import whole_file
from pipeline.knowledge.links import Sum, shown
from pipeline.knowledge.matches import Match, guarded
from pipeline.match.activity import Activity
from pipeline.match.score import Candidate
from pipeline.match.subjects import Subject

_FEW = 3  # values of a kind in a cell
_LONGEST = 200  # characters of a name or title
_MARK = "\ufeff"  # by which spreadsheets know UTF-8


def rows(candidates: Iterable[Candidate]) -> list[Match]:
    """A row for each candidate, without those of a commitment that its project alone stands for.

    Where a project has one candidate, a commitment of it needs no row with the same activity.
    """
    found = list(candidates)
    activities: defaultdict[str, set[str]] = defaultdict(set)
    for one in found:
        activities[one.subject.id].add(one.activity.id)
    return [_row(one) for one in found if all(activities[name] != {one.activity.id} for name in one.subject.projects)]


def _row(one: Candidate) -> Match:
    return Match(
        what=one.subject.what,
        lasting_id=one.subject.id,
        name=_short(one.subject.name),
        scheme=one.activity.scheme,
        activity_id=one.activity.id,
        title=_short(one.activity.title),
        score=round(one.score, 2),
        reasons=", ".join(one.reasons),
        said=_facts(one.subject, one.subject.funders),
        listed=_facts(one.activity, one.activity.funders),
        source=one.activity.source,
    )


def _facts(of: Subject | Activity, funders: Sequence[str]) -> str:
    """Countries, years, amounts and who pays."""
    years = of.years and "-".join(dict.fromkeys(map(str, of.years)))
    parts = (sorted(of.countries)[:_FEW], [years] if years else [], _amounts(of.amounts), funders[:_FEW])
    return "; ".join(_short(", ".join(part)) for part in parts if part)


def _amounts(amounts: Iterable[Sum]) -> list[str]:
    return list(dict.fromkeys(shown(one) for one in amounts if one.value))[:_FEW]


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def merged(old: Iterable[Match], new: Iterable[Match]) -> list[Match]:
    """The new rows and those that a person wrote in, whose decisions and notes stay; each pair once.

    In groups of one lasting id, the group with the best score first.
    """
    written = {_pair(one): one for one in old if one.decision or one.note}
    found = {_pair(one): one for one in new}
    every = {
        pair: one if pair not in written else _with_answer(one, written[pair])
        for pair, one in (written | found).items()
    }
    best: defaultdict[str, float] = defaultdict(float)
    for one in every.values():
        best[one.lasting_id] = max(best[one.lasting_id], one.score or 0.0)
    return sorted(
        every.values(),
        key=lambda one: (-best[one.lasting_id], one.lasting_id, -(one.score or 0.0), one.scheme, one.activity_id),
    )


def _pair(one: Match) -> tuple[str, str, str]:
    return one.lasting_id, one.scheme, one.activity_id


def _with_answer(one: Match, written: Match) -> Match:
    return one.model_copy(update={"decision": written.decision, "note": written.note})


def write(matches: Iterable[Match], out: str) -> None:
    """Writes CSV for a spreadsheet. Raises SetupError where it cannot be written."""
    with whole_file(out) as file:
        file.write(_MARK)
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(Match.model_fields)
        for one in matches:
            cells = one.model_dump()
            writer.writerow(guarded(cell) if isinstance(cell, str) else cell for cell in cells.values())
