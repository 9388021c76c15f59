"""The command `corridor fetch`: pages of the web into a folder of articles. `corridor watch` fetches with it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from pipeline.cli.console import exit_if, interrupt_message, say
from pipeline.cli.options import AGENT, Agent, Delay
from pipeline.errors import SetupError

if TYPE_CHECKING:
    from pipeline.sources.fetch import Outcome

STATES = ("new", "unchanged", "changed", "gone", "refused", "failed")
EVERY = 60.0  # seconds between lines, if there is no terminal
EXIT_CODES = "Exit codes: 0 done; 1 some were refused or failed (named, the rest kept); 2 usage or set-up; 130 stopped."


def fetch(
    out: Annotated[str, typer.Option("--out", "-o", help="Folder, created or fetched into again.")],
    urls: Annotated[list[str], typer.Argument(metavar="URL", help="Pages, feeds (RSS, Atom) and sitemaps.")] = [],  # noqa: B006
    feeds: Annotated[Path | None, typer.Option(help="File of further URLs, one a line; # begins a comment.")] = None,
    again: Annotated[bool, typer.Option("--again", help="Ask again for every page of the folder too.")] = False,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many pages.")] = None,
    max_per_feed: Annotated[int, typer.Option(min=1, help="At most so many pages of one feed or sitemap.")] = 200,
    delay: Delay = 2.0,
    user_agent: Agent = AGENT,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Name only pages that changed, are gone, were refused or failed.")
    ] = False,
) -> None:
    """Fetch pages, feeds and sitemaps from the web, as articles for `corridor extract`.

    Writes articles.jsonl, the pages themselves (pages/) and a list of what was seen. Fetched into again, the folder
    gets new pages, and those whose text has changed.

    Example: corridor fetch https://example.org/feed.xml -o news/
    """
    from pipeline.sources.fetch import Folder, Politeness, Visit
    from pipeline.sources.inputs import is_remote, local

    out = local(out)
    if is_remote(out):
        raise SetupError(f"{out}: name a folder of this machine with -o")
    if not user_agent.isascii() or not user_agent.isprintable() or not user_agent.strip():
        raise SetupError("--user-agent: printable ASCII characters only")
    named = hosts(urls)
    wanted = [*urls, *(_listed(feeds) if feeds else [])]
    if not wanted and not again:
        raise SetupError("name a URL, a file of URLs with --feeds, or --again for the pages of the folder")
    counts, shown = Counter[str](), time.monotonic()
    console = Console(stderr=True)
    with (
        interrupt_message(f"stopped; what was fetched is in {out}, and the same command goes on"),
        Folder(Path(out)) as folder,
        console.status("", spinner="line") as status,
    ):
        if quiet or not console.is_terminal:
            status.stop()
        wanted += folder.known() if again else []
        visit = Visit(wanted, Politeness(user_agent, delay, max_per_feed, limit), folder, named)
        for outcome in visit.outcomes():
            counts[outcome.state] += 1
            _tell(outcome, quiet)
            progress = f"{sum(counts.values()):,} done, {visit.waiting:,} waiting"
            status.update(progress)
            if not quiet and not console.is_terminal and time.monotonic() - shown >= EVERY:
                shown = time.monotonic()
                say(progress)
    if not quiet:
        left = f"; {visit.waiting:,} not fetched (--limit)" if visit.waiting else ""
        say(f"{', '.join(f'{counts[state]:,} {state}' for state in STATES)} in {out}{left}")
    exit_if(counts["refused"] + counts["failed"])


def hosts(urls: Iterable[str]) -> set[tuple[str, int]]:
    """The hosts of URLs, with their ports. Raises SetupError for what is no address of a page."""
    from pipeline.sources.fetch import Refusal, canonical, origin

    named = set[tuple[str, int]]()
    for url in urls:
        try:
            named.add(origin(canonical(url)))
        except Refusal as error:
            raise SetupError(f"{url}: {error}") from error
    return named


def _tell(outcome: Outcome, quiet: bool) -> None:
    """Names what a person should know of."""
    match outcome.state:
        case "changed":
            say(f"changed since {outcome.more[:10]}: {outcome.url}")
        case "gone":
            say(f"gone since {outcome.more[:10]}: {outcome.url}")
        case "refused" | "failed":
            say(f"{outcome.state}: {outcome.url}: {outcome.more}")
        case "list" if not quiet:
            say(f"{outcome.url}: {outcome.more}")


def _listed(path: Path) -> list[str]:
    """The URLs of a file."""
    lines = path.read_text(encoding="utf-8-sig", errors="replace").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]
