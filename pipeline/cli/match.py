"""The command `corridor match`: knowledge and lists of activities in; a table for a person to decide on out."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from pipeline.cli.console import exit_if, say, sound_records, teller
from pipeline.errors import ArticleError, SetupError, number_of

if TYPE_CHECKING:
    from pipeline.knowledge.decisions import Match
    from pipeline.knowledge.folder import Knowledge

_NAMED = 5  # damaged rows that are named


def match(
    knowledge: Annotated[
        str, typer.Argument(help="Knowledge folder of `corridor resolve`; or records, which are resolved for this.")
    ],
    against: Annotated[
        list[Path],
        typer.Option(help="List of activities: AidData or IATI as CSV, XLSX, JSONL or IATI XML; repeatable."),
    ],
    out: Annotated[
        Path, typer.Option("-o", "--out", help="CSV to write; decisions in it are kept, new candidates are added.")
    ],
    ids: Annotated[
        Literal["iati", "aiddata", "other"] | None,
        typer.Option(help="Whose ids the lists have.", show_default="by columns and form of ids"),
    ] = None,
    score: Annotated[
        float | None, typer.Option(min=0, max=1, help="Lowest score of a candidate.", show_default="seeds/match.yaml")
    ] = None,
    most: Annotated[int, typer.Option(min=1, help="Most candidates of a project or commitment.")] = 5,
) -> None:
    """Find the activities of AidData or IATI that projects and commitments of the news are, for a person to accept.

    Write accept or reject into the column `decision` and run it again as often as you like. `corridor export
    --knowledge KNOWLEDGE --matches FILE` writes the ids that were accepted.

    Example: corridor match knowledge --against activities.xml -o matches.csv
    """
    from pipeline.knowledge.activity_files import read_all
    from pipeline.knowledge.decisions import merged, read_matches, write_matches
    from pipeline.knowledge.match import match as candidates
    from pipeline.seeds import table

    if out.resolve() in {path.resolve() for path in against}:
        raise SetupError(f"{out}: is a list of activities; name another file with -o")
    old = read_matches(out) if out.exists() else []
    failed = list[ArticleError]()
    known = _known(knowledge, failed)
    skipped = _Skipped()
    activities = read_all(against, teller(), skipped.add, ids)
    skipped.say()
    if not activities:
        raise SetupError(f"{', '.join(map(str, against))}: no activity has an id and a title")
    lowest = table("match.yaml")["propose"] if score is None else score
    found = merged(old, candidates(known, activities, lowest, most), [str(path) for path in against])
    write_matches(found, str(out))
    _gone(out, found, known)
    _count(out, found, len(activities))
    exit_if([*failed, *skipped.damaged])


def _known(name: str, failed: list[ArticleError]) -> Knowledge:
    """The knowledge of a folder, or of records that are resolved by themselves."""
    from pipeline.knowledge.folder import Knowledge, read
    from pipeline.knowledge.resolve import resolve
    from pipeline.publish.integrity import defect

    if (Path(name) / "links.jsonl").is_file():
        return read(Path(name))
    return resolve(sound_records([name], failed, defect), Knowledge())


class _Skipped:
    """Rows of lists that are no activities: those without id or title are counted, damaged ones named."""

    def __init__(self) -> None:
        self.damaged: list[ArticleError] = []
        self._empty = 0

    def add(self, error: ArticleError) -> None:
        from pipeline.knowledge.activities import NoActivity

        if isinstance(error, NoActivity):
            self._empty += 1
            return
        self.damaged.append(error)
        if len(self.damaged) <= _NAMED:
            say(str(error))

    def say(self) -> None:
        more = len(self.damaged) - _NAMED
        if more > 0:
            say(f"and {number_of(more, 'more damaged row', 'more damaged rows')}")
        if self._empty:
            say(f"{number_of(self._empty, 'row')} without an id or a title left out")


def _gone(out: Path, found: list[Match], known: Knowledge) -> None:
    """Names the decisions about ids that the knowledge does not have."""
    alive = {link.entity for link in known.links} | {link.given for link in known.links if link.given}
    gone = list(dict.fromkeys(one.lasting_id for one in found if one.lasting_id not in alive))
    if gone:
        say(
            f"{out}: {number_of(len(gone), 'lasting id')} with decisions not in this knowledge, such as {gone[0]}; kept"
        )


def _count(out: Path, found: list[Match], activities: int) -> None:
    decisions = Counter(one.decision for one in found)
    subjects = len({one.lasting_id for one in found})
    say(
        f"{number_of(len(found), 'candidate')} for {number_of(subjects, 'lasting id')} among "
        f"{number_of(activities, 'activity', 'activities')} in {out}; "
        f"{decisions['accept']:,} accepted, {decisions['reject']:,} rejected, {decisions['']:,} to decide"
    )
