"""The command `corridor resolve`: records in; a knowledge folder is created or extended."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.console import exit_if, say, sound_records
from pipeline.errors import ArticleError, number_of


def resolve(
    records: Annotated[list[str], typer.Argument(help="Records: files, run folders, or - for standard input.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Knowledge folder, created or extended.")],
) -> None:
    """Gather the actors, projects and commitments of many articles under lasting ids.

    Ids in the folder do not change. Pairs that may be the same are written to proposals.jsonl; your decisions, in
    decisions.csv, are applied in every run.

    Example: corridor resolve records.jsonl -o knowledge
    """
    from pipeline.export.integrity import defect
    from pipeline.knowledge import read, write
    from pipeline.resolve import resolve as run
    from pipeline.resolve.decisions import ensure_file, idle, read_decisions

    known, decisions, failed = read(out), read_decisions(out), list[ArticleError]()
    found = run(sound_records(records, failed, defect), known, decisions)
    write(found, out)
    ensure_file(out)
    for decision in idle(found.links, decisions):
        say(f"{out}: {decision.decision} {decision.one} {decision.other}: there is no such id; correct decisions.csv")
    counts = ", ".join(number_of(len(getattr(found, f"{name}s")), name) for name in ("actor", "project", "commitment"))
    undecided = sum(proposal.decided is None for proposal in found.proposals)
    say(
        f"{counts} of {number_of(len(found.articles), 'article')} in {out}; "
        f"{number_of(len(found.disagreements), 'disagreement')}, {number_of(undecided, 'proposal')} to decide"
    )
    exit_if(failed)
