"""The command `corridor resolve`: records in; a knowledge folder is created or extended."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.console import exit_if, say, sound_records
from pipeline.cli.diff import Html, News, Rules, To, Today, Webhook, is_day, news_since, require_day
from pipeline.errors import ArticleError, SetupError, number_of

if TYPE_CHECKING:
    from pipeline.knowledge.decisions import Decision
    from pipeline.knowledge.folder import Knowledge


def resolve(
    records: Annotated[list[str], typer.Argument(help="Records: files, run folders, or - for standard input.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Knowledge folder, created or extended.")],
    since: Annotated[
        str | None,
        typer.Option(
            help="Print what changed since a day (2025-06-01), since another knowledge folder, or, with the folder of "
            "-o, by these records."
        ),
    ] = None,
    to: To = "text",
    html: Html = None,
    alerts: Rules = None,
    webhook: Webhook = None,
    today: Today = None,
) -> None:
    """Gather the actors, projects and commitments of many articles under lasting ids.

    Ids in the folder do not change. Pairs that may be the same are written to proposals.jsonl; your decisions, in
    decisions.csv, are applied in every run.

    Example: corridor resolve records.jsonl -o knowledge
    """
    from pipeline.knowledge.decisions import read_decisions
    from pipeline.knowledge.folder import of_folder

    if since is None and (html or alerts or webhook or today or to != "text"):
        raise SetupError("--to, --html, --alerts, --webhook and --today are for changes; add --since")
    for day in filter(None, (since if since and is_day(since) else None, today)):
        require_day(day)
    news = News(to, html, alerts, webhook)
    other = since and not is_day(since) and Path(since).resolve() != out.resolve()
    old = of_folder(since) if other else None
    decisions, failed = read_decisions(out), list[ArticleError]()
    known, found = gather(records, out, decisions, failed)
    code = news.tell(news_since(since, old or known, found, decisions, today), found) if since else 0
    if code:
        raise typer.Exit(code)
    exit_if(failed)


def gather(
    records: list[str], out: Path, decisions: Sequence[Decision], failed: list[ArticleError]
) -> tuple[Knowledge, Knowledge]:
    """Adds records to a knowledge folder; returns what it said before and what it says now.

    Records that cannot be used are named and appended to `failed`. Raises SetupError where the folder is damaged or
    cannot be written.
    """
    from pipeline.knowledge.decisions import ensure_file, idle
    from pipeline.knowledge.folder import read, write
    from pipeline.knowledge.resolve import resolve as run
    from pipeline.publish.integrity import defect

    known = read(out)
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
    return known, found
