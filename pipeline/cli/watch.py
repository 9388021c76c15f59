"""The command `corridor watch`: what arrives at sources is extracted into a run folder, resolved, and shown."""

from __future__ import annotations

import json
import shlex
import sys
import time
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.console import ALERTS, SOME_FAILED, flush_warnings, interrupt_message, say
from pipeline.cli.diff import News
from pipeline.cli.fetch import fetch, hosts
from pipeline.cli.options import AGENT, Agent, Delay, ProfileName, grouped
from pipeline.cli.resolve import gather
from pipeline.cli.tally import Tally
from pipeline.errors import ArticleError, SetupError, number_of
from pipeline.records import STANDARD
from pipeline.settings import Profile, Settings
from pipeline.whole import whole_file

if TYPE_CHECKING:
    from pipeline.run.inbox import Inbox

FETCHED, RUN, KNOWLEDGE, SHOWN = "fetched", "run", "knowledge", "shown"
OPTIONS: dict[str, object] = {
    "to": "jsonl",
    "near_copies": "group",
    "columns": {},
    "date": None,
    "source": None,
}  # as of a plain `extract`
LOCK, DONE = "watch.lock", "done.json"


@grouped
def watch(
    sources: Annotated[list[str], typer.Argument(metavar="SOURCE", help="Folders, files, globs and URLs, mixed.")],
    *,
    out: Annotated[str, typer.Option("--out", "-o", help="Folder of the watch, created or continued.")],
    every: Annotated[
        float | None, typer.Option(min=1, help="Minutes between rounds, until Ctrl-C.", show_default="one round")
    ] = None,
    news: News,
    profile: ProfileName = "default",
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes.", show_default="one per core, fewer for few articles")
    ] = None,
    delay: Delay = 2.0,
    user_agent: Agent = AGENT,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="No progress; changes and failures are still shown.")
    ] = False,
) -> None:
    """Extract and resolve what arrives in folders and feeds, and print what is new in the knowledge.

    One round and the end, for cron, or a round `--every` so many minutes. It can be stopped at any moment; the same
    command goes on.

    Example: corridor watch news/ -o watched/
    """
    from pipeline.sources.inputs import is_remote, local
    from pipeline.whole import locked

    folder = Path(local(out))
    if is_remote(out):
        raise SetupError(f"{out}: name a folder of this machine with -o")
    urls = [source for source in sources if source.startswith(("http://", "https://"))]
    files = [source for source in sources if source not in urls]
    hosts(urls)
    for source in files:
        if source == STANDARD or Path(source).resolve().is_relative_to(folder.resolve()):
            raise SetupError(f"{source}: cannot be watched; name a folder outside {out}, a file or a URL")
    job = _Watch(folder, urls, files, news, profile, workers, delay, user_agent, quiet)
    folder.mkdir(parents=True, exist_ok=True)
    with interrupt_message(f"stopped; continue with: {shlex.join(['corridor', *sys.argv[1:]])}"):
        lock = locked(folder / LOCK, f"{out}: another watch is at work there")
        try:
            code = job.round()
            while every is not None:
                flush_warnings()
                time.sleep(60 * every)
                code = job.round()
        finally:
            lock.release()
    if code:
        raise typer.Exit(code)


@dataclass
class _Watch:
    """The options of a watch, and its rounds."""

    out: Path
    urls: list[str]
    files: list[str]
    news: News
    profile: Profile
    workers: int | None
    delay: float
    user_agent: str
    quiet: bool

    def round(self) -> int:
        """Takes in what is new and shows it; returns the exit code."""
        from pipeline.run.inbox import Inbox
        from pipeline.sources import ReadOptions

        failed = self._fetch()
        with closing(Inbox(self.out, ReadOptions())) as inbox:
            messages = [message for source in self.files for message in inbox.collect(source)]
            fetched = self.out / FETCHED / "articles.jsonl"
            if fetched.exists() and fetched.stat().st_size:
                messages += inbox.collect(str(fetched), own=True)
            for message in messages:
                say(message)
            failed = failed or bool(messages)
            if not self.quiet:
                say(f"{number_of(inbox.new, 'new article')}, {len(inbox):,} in {self.out}")
            if not len(inbox) or self._done() == self._state():
                return SOME_FAILED if failed else 0
            failed = bool(self._extract(inbox)) or failed
        return self._tell() or (SOME_FAILED if failed else 0)

    def _fetch(self) -> bool:
        """Fetches the URLs; whether some failed."""
        try:
            if self.urls:
                folder = str(self.out / FETCHED)
                fetch(folder, self.urls, delay=self.delay, user_agent=self.user_agent, quiet=self.quiet)
        except typer.Exit:
            return True
        return False

    def _extract(self, inbox: Inbox) -> int:
        """Reads the articles that have no outcome yet; returns how many of them failed."""
        from pipeline import run

        where, settings = str(self.out / RUN), Settings(profile=self.profile)
        with closing(run.RunFolder(where, run.made_with(settings, OPTIONS), resume=True)) as folder:
            before = folder.counts()
            left = len(inbox) - sum(count for state, count in before.items() if state != "todo")
            workers = self.workers or min(run.cores(), 1 + max(0, left) // run.FEW)
            with Tally(self.quiet, where, len(inbox)) as tally:
                after = run.run(inbox.articles, folder, run.local_engine(settings, workers), "group", tally)
        return after.get("failed", 0) - before.get("failed", 0)

    def _tell(self) -> int:
        """Resolves the records and shows what was not shown before; returns the exit code.

        `shown` is what the knowledge said when it was last shown, so that nothing is lost if a round stops or the
        webhook is down.
        """
        from pipeline.knowledge.changes import changes
        from pipeline.knowledge.decisions import read_decisions
        from pipeline.knowledge.folder import Knowledge, of_folder, write

        knowledge, shown, failed = self.out / KNOWLEDGE, self.out / SHOWN, list[ArticleError]()
        if not (shown / "links.jsonl").exists():
            write(Knowledge(), shown)
        old = of_folder(shown)
        _, found = gather([str(self.out / RUN)], knowledge, read_decisions(knowledge), failed)
        code = self.news.tell(changes(old, found), found)
        if code in (0, ALERTS):
            write(found, shown)
            with whole_file(str(self.out / DONE)) as file:
                json.dump(self._state(), file)
        return code or (SOME_FAILED if failed else 0)

    def _state(self) -> list[object]:
        """What a finished round depends on."""
        decisions = self.out / KNOWLEDGE / "decisions.csv"
        return [
            (self.out / "articles.jsonl").stat().st_size,
            sha256(decisions.read_bytes()).hexdigest() if decisions.exists() else None,
            self.profile,
            (self.out / RUN / "run.json").exists(),
        ]

    def _done(self) -> object:
        """The state after the last finished round; None if there was none."""
        try:
            return json.loads((self.out / DONE).read_bytes())
        except (FileNotFoundError, ValueError):
            return None
