"""The command `corridor resolve`: records in, a folder of knowledge out, or added to."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.console import SOME_FAILED, say, sorted_out
from pipeline.errors import ArticleError


def resolve(
    records: Annotated[list[str], typer.Argument(help="Records: files, run folders, or - for standard input.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder of knowledge, made or added to.")],
) -> None:
    """Gather the actors, projects and commitments of many articles under lasting ids.

    Ids that are in the folder stay; what may join two of them is written to proposals.jsonl, and decisions.csv, which
    you edit, is done in every run.

    Example: corridor resolve records.jsonl -o knowledge
    """
    from pipeline.export.integrity import defect
    from pipeline.knowledge import read, write
    from pipeline.resolve import resolve as run
    from pipeline.resolve.decisions import ensure_file, idle, read_decisions

    known, decisions, failed = read(out), read_decisions(out), list[ArticleError]()
    found = run(sorted_out(records, failed, defect), known, decisions)
    write(found, out)
    ensure_file(out)
    for decision in idle(found.links, decisions):
        say(f"{out}: {decision.decision} {decision.one} {decision.other}: names what is not there")
    counts = ", ".join(f"{len(getattr(found, name))} {name}" for name in ("actors", "projects", "commitments"))
    undecided = sum(proposal.decided is None for proposal in found.proposals)
    say(f"{counts} of {len(found.articles)} articles in {out}; {undecided} proposals to decide")
    if failed:
        raise typer.Exit(SOME_FAILED)
