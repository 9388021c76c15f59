"""Candidates as the table that a person decides on; what was decided before stays."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

from pipeline.knowledge.decisions import Match, guarded
from pipeline.knowledge.match.activity import Activity
from pipeline.knowledge.match.score import Candidate
from pipeline.knowledge.match.subjects import Subject
from pipeline.knowledge.row_models import Sum, shown
from pipeline.whole import whole_file

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


def merged(old: Iterable[Match], new: Iterable[Match], lists: Collection[str]) -> list[Match]:
    """The new rows and the old ones, each pair once; what a person wrote in a row stays.

    Old rows of one of `lists` (names of files) in which nobody wrote, and that are not found again, are left out.
    Rows come in groups of one lasting id, the group with the best score first.
    """
    kept = {_pair(one): one for one in old if one.decision or one.note or not _of(one, lists)}
    every = kept | {_pair(one): _with_answer(one, kept.get(_pair(one))) for one in new}
    best: defaultdict[str, float] = defaultdict(float)
    for one in every.values():
        best[one.lasting_id] = max(best[one.lasting_id], one.score or 0.0)
    return sorted(
        every.values(),
        key=lambda one: (-best[one.lasting_id], one.lasting_id, -(one.score or 0.0), one.scheme, one.activity_id),
    )


def _pair(one: Match) -> tuple[str, str, str]:
    return one.lasting_id, one.scheme, one.activity_id


def _of(one: Match, lists: Collection[str]) -> bool:
    """Whether a row is of one of some files."""
    return any(one.source.startswith((f"{name}:", f"{name}, row")) for name in lists)


def _with_answer(one: Match, written: Match | None) -> Match:
    return one.model_copy(update={"decision": written.decision, "note": written.note}) if written else one


def write(matches: Iterable[Match], out: str) -> None:
    """Writes CSV for a spreadsheet. Raises SetupError where it cannot be written."""
    with whole_file(out) as file:
        file.write(_MARK)
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(Match.model_fields)
        for one in matches:
            cells = one.model_dump()
            writer.writerow(guarded(cell) if isinstance(cell, str) else cell for cell in cells.values())
