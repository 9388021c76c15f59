"""The commands `corridor fetch`, pages of the web into a folder of articles, and `corridor watch`, which goes on."""

from __future__ import annotations

import json
import shlex
import sys
import time
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from typer import Argument, Option

from pipeline.atomic import locked, whole_file
from pipeline.cli.console import ALERTS, SOME_FAILED, Tally, Ticker, exit_if, flush_warnings, on_interrupt, refuse, say
from pipeline.cli.options import (
    AGENT,
    ENDPOINT,
    WITH_MODEL,
    Agent,
    Delay,
    ExtractorName,
    ProfileName,
    SecondReader,
    extractor_for,
    grouped,
)
from pipeline.cli.resolve import News, gather
from pipeline.errors import ArticleError, SetupError, number_of
from pipeline.knowledge.changes import changes
from pipeline.knowledge.decisions import read_decisions
from pipeline.knowledge.folder import Knowledge, of_folder, write
from pipeline.records import STANDARD
from pipeline.settings import Settings
from pipeline.sources import ReadOptions
from pipeline.sources.locations import is_remote, local

if TYPE_CHECKING:
    from pipeline.run import RunFolder  # they load spaCy
    from pipeline.run.inbox import Inbox

STATES = ("new", "unchanged", "changed", "gone", "refused", "failed")
EXIT_CODES = "Exit codes: 0 done; 1 some were refused or failed (named, the rest kept); 2 usage or set-up; 130 stopped."
FETCHED, RUN, KNOWLEDGE, SHOWN, LOCK, DONE = "fetched", "run", "knowledge", "shown", "watch.lock", "done.json"
AS_EXTRACT: dict[str, object] = {"to": "jsonl", "near_copies": "group", "columns": {}, "date": None, "source": None}


def fetch(
    out: Annotated[str, Option("--out", "-o", help="Folder, created or fetched into again.")],
    urls: Annotated[list[str], Argument(metavar="URL", help="Pages, feeds (RSS, Atom) and sitemaps.")] = [],  # noqa: B006
    feeds: Annotated[Path | None, Option(help="File of further URLs, one a line; # begins a comment.")] = None,
    again: Annotated[bool, Option("--again", help="Ask again for every page of the folder too.")] = False,
    limit: Annotated[int | None, Option(min=1, help="At most so many pages.")] = None,
    max_per_feed: Annotated[int, Option(min=1, help="At most so many pages of one feed or sitemap.")] = 200,
    delay: Delay = 2.0,
    user_agent: Agent = AGENT,
    quiet: Annotated[
        bool, Option("--quiet", "-q", help="Name only pages that changed, are gone, were refused or failed.")
    ] = False,
) -> None:
    """Fetch pages, feeds and sitemaps from the web, as articles for `corridor extract`.

    Writes articles.jsonl, the pages themselves (pages/) and a list of what was seen. Fetched into again, the folder
    gets new pages, and those whose text has changed.

    Example: corridor fetch https://example.org/feed.xml -o news/
    """
    from pipeline.sources.fetch import Folder, Politeness, Visit  # its parser of pages takes a while to load

    where, plain = _own_folder(out), user_agent.isascii() and user_agent.isprintable() and user_agent.strip()
    refuse((not plain, "--user-agent: printable ASCII characters only"))
    named = _hosts(urls)
    lines = feeds.read_text(encoding="utf-8-sig", errors="replace").splitlines() if feeds else []
    wanted = [*urls, *(line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#"))]
    nothing = not wanted and not again
    refuse((nothing, "name a URL, a file of URLs with --feeds, or --again for the pages of the folder"))
    counts = Counter[str]()
    with (
        on_interrupt(f"stopped; what was fetched is in {where}, and the same command goes on"),
        Folder(where) as folder,
        Ticker(quiet) as ticker,
    ):
        wanted += folder.known() if again else []
        visit = Visit(wanted, Politeness(user_agent, delay, max_per_feed, limit), folder, named)
        for outcome in visit.outcomes():
            counts[outcome.state] += 1
            if outcome.state in ("changed", "gone"):
                say(f"{outcome.state} since {outcome.more[:10]}: {outcome.url}")
            elif outcome.state in ("refused", "failed"):
                say(f"{outcome.state}: {outcome.url}: {outcome.more}")
            elif outcome.state == "list" and not quiet:
                say(f"{outcome.url}: {outcome.more}")
            waiting = f"{visit.waiting:,} waiting"
            ticker.show(counts.total(), waiting, f"{counts.total():,} done, {waiting}")
    if not quiet:
        left = f"; {visit.waiting:,} not fetched (--limit)" if visit.waiting else ""
        say(f"{', '.join(f'{counts[state]:,} {state}' for state in STATES)} in {where}{left}")
    exit_if(counts["refused"] + counts["failed"])


def _own_folder(out: str) -> Path:
    """A folder of this machine. Raises SetupError for an address."""
    refuse((is_remote(local(out)), f"{out}: name a folder of this machine with -o"))
    return Path(local(out))


def _hosts(urls: Iterable[str]) -> set[tuple[str, int]]:
    """The hosts of URLs, with their ports. Raises SetupError for what is no address of a page."""
    from pipeline.sources.fetch import Refusal, canonical, origin

    named = set[tuple[str, int]]()
    for url in urls:
        try:
            named.add(origin(canonical(url)))
        except Refusal as error:
            raise SetupError(f"{url}: {error}") from error
    return named


@dataclass(kw_only=True)
class _Watch:
    """The options of a watch, and its rounds."""

    sources: Annotated[list[str], Argument(metavar="SOURCE", help="Folders, files, globs and URLs, mixed.")]
    out: Annotated[str, Option("--out", "-o", help="Folder of the watch, created or continued.")]
    every: Annotated[
        float | None, Option(min=1, help="Minutes between rounds, until Ctrl-C.", show_default="one round")
    ] = None
    news: News
    profile: ProfileName = "default"
    extractor: ExtractorName = None
    workers: Annotated[
        int | None, Option(min=1, help="Processes.", show_default="one per core, fewer for few articles")
    ] = None
    second: SecondReader
    delay: Delay = 2.0
    user_agent: Agent = AGENT
    quiet: Annotated[bool, Option("--quiet", "-q", help="No progress; changes and failures are still shown.")] = False

    def __post_init__(self) -> None:
        self.folder, self.left = _own_folder(self.out), 0
        self.urls = [source for source in self.sources if source.startswith(("http://", "https://"))]
        self.files = [source for source in self.sources if source not in self.urls]
        _hosts(self.urls)
        for source in self.files:
            inside = source == STANDARD or Path(source).resolve().is_relative_to(self.folder.resolve())
            refuse((inside, f"{source}: cannot be watched; name a folder outside {self.out}, a file or a URL"))

    def round(self) -> int:
        """Takes in what is new and shows it; returns the exit code."""
        from pipeline.run.inbox import Inbox

        failed = self._fetch()
        with closing(Inbox(self.folder, ReadOptions(any_language=self.extractor in WITH_MODEL))) as inbox:
            messages = [message for source in self.files for message in inbox.collect(source)]
            fetched = self.folder / FETCHED / "articles.jsonl"
            if fetched.exists() and fetched.stat().st_size:
                messages += inbox.collect(str(fetched), own=True)
            for message in messages:
                say(message)
            failed = failed or bool(messages)
            if not self.quiet:
                say(f"{number_of(inbox.new, 'new article')}, {len(inbox):,} in {self.folder}")
            if not len(inbox) or self._done() == self._state():
                return SOME_FAILED if failed else 0
            failed = bool(self._extract(inbox)) or failed
        return self._show() or (SOME_FAILED if failed else 0)

    def _fetch(self) -> bool:
        """Fetches the URLs; whether some failed."""
        try:
            if self.urls:
                where = str(self.folder / FETCHED)
                fetch(where, self.urls, delay=self.delay, user_agent=self.user_agent, quiet=self.quiet)
        except typer.Exit:
            return True
        return False

    def _extract(self, inbox: Inbox) -> int:
        """Reads the articles that have no outcome yet; returns how many of them failed."""
        from pipeline import run

        where, asks = str(self.folder / RUN), self.extractor in WITH_MODEL
        settings = Settings(profile=self.profile, extractor=self.extractor or "small")
        made = AS_EXTRACT | ({"reader": self.second.made} if asks else {})
        with closing(run.RunFolder(where, run.made_with(settings, made), resume=True)) as folder:
            before = folder.counts()
            left = len(inbox) - sum(count for state, count in before.items() if state != "todo")
            workers = self.workers or min(run.cores(), 1 + max(0, left) // run.FEW)
            with Tally(self.quiet, where, len(inbox)) as tally:
                after = run.run(inbox.articles, folder, run.local_engine(settings, workers), "group", tally)
            if asks:
                self._read(folder, settings)
        return after.get("failed", 0) - before.get("failed", 0)

    def _read(self, folder: RunFolder, settings: Settings) -> None:
        """Lets the language model read; what the budget of the round leaves is for the next one."""
        from pipeline.run.second_reader import read_folder

        with self.second.open(settings, folder.where, rounds=True) as reader:
            read_folder(folder, reader, None, self.second.llm_prices)
            self.second.summarize(reader, self.quiet)
            self.left = reader.ledger.left + reader.ledger.unread
        if self.left:
            say(f"{number_of(self.left, 'article')} left for the next round")

    def _show(self) -> int:
        """Resolves the records and shows what was not shown before; returns the exit code.

        `shown` is what the knowledge said when it was last shown, so that nothing is lost if a round stops or the
        webhook is down.
        """
        knowledge, shown, failed = self.folder / KNOWLEDGE, self.folder / SHOWN, list[ArticleError]()
        if not (shown / "links.jsonl").exists():
            write(Knowledge(), shown)
        old = of_folder(shown)
        _, now = gather([str(self.folder / RUN)], knowledge, read_decisions(knowledge), failed)
        code = self.news.show(changes(old, now), now)
        if code in (0, ALERTS):
            write(now, shown)
            with whole_file(str(self.folder / DONE)) as file:
                json.dump(None if self.left else self._state(), file)
        return code or (SOME_FAILED if failed else 0)

    def _state(self) -> list[object]:
        """What a finished round depends on."""
        decisions = self.folder / KNOWLEDGE / "decisions.csv"
        return [
            (self.folder / "articles.jsonl").stat().st_size,
            sha256(decisions.read_bytes()).hexdigest() if decisions.exists() else None,
            self.profile,
            *([self.extractor] if self.extractor in WITH_MODEL else []),
            (self.folder / RUN / "run.json").exists(),
        ]

    def _done(self) -> object:
        """The state after the last finished round; None if there was none."""
        try:
            return json.loads((self.folder / DONE).read_bytes())
        except (FileNotFoundError, ValueError):
            return None


@grouped
def watch(context: typer.Context, job: _Watch) -> None:
    """Extract and resolve what arrives in folders and feeds, and print what is new in the knowledge.

    One round and the end, for cron, or a round `--every` so many minutes. It can be stopped at any moment; the same
    command goes on.

    Example: corridor watch news/ -o watched/
    """
    job.extractor = extractor_for(context, job.extractor)
    if job.extractor in WITH_MODEL:
        job.second.require(Settings(profile=job.profile))
        refuse(
            (job.second.dry_run or job.second.llm_batch, "a watch reads at once: leave --dry-run and --llm-batch out")
        )
    else:
        job.second.refuse_alone(ENDPOINT)
    job.folder.mkdir(parents=True, exist_ok=True)
    with on_interrupt(f"stopped; continue with: {shlex.join(['corridor', *sys.argv[1:]])}"):
        lock = locked(job.folder / LOCK, f"{job.out}: another watch is at work there")
        try:
            code = job.round()
            while job.every is not None:
                flush_warnings()
                time.sleep(60 * job.every)
                code = job.round()
        finally:
            lock.release()
    exit_if(code, code)
