"""The commands `corridor extract`, which writes records into a file or a run folder, and `corridor verify`."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, nullcontext, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from typer import Argument, Option

from pipeline.atomic import whole_file
from pipeline.cli.console import Tally, exit_if, notices, on_interrupt, printable, refuse, say
from pipeline.cli.options import ENDPOINT, WITH_MODEL, Method, SecondReader, day, extractor_for, grouped
from pipeline.records import STANDARD
from pipeline.settings import Settings
from pipeline.sources import ReadOptions, expected, files, read
from pipeline.sources.locations import is_remote, local

if TYPE_CHECKING:  # it loads spaCy
    from pipeline.run.inputs import Source

BATCHES = "llm_batch"  # in a run folder: the files of batches
FOLDER_ONLY = {"engine": "local", "to": "jsonl", "near_copies": "group", "address": None}  # options and their defaults


@dataclass(kw_only=True)
class _Options:
    inputs: Annotated[
        list[str], Argument(metavar="INPUT", help="Files, folders, globs, or - for standard input, mixed.")
    ]
    out: Annotated[
        str, Option("--out", "-o", help="File to write, - for standard output; a name that ends in / is a run folder.")
    ] = STANDARD
    title: Annotated[str | None, Option(help="Title of articles that have none.")] = None
    date: Annotated[str | None, Option(help="Date of articles that have none, such as 2025-09-25.")] = None
    source: Annotated[str | None, Option(help="Source of articles that have none.")] = None
    column: Annotated[list[str], Option(help="Name of a column in the input, as text=body; repeatable.")] = field(
        default_factory=list
    )
    follow_links: Annotated[
        bool, Option("--follow-links", help="Follow links inside folders; each file is read once.")
    ] = False
    since: Annotated[
        str | None, Option(callback=day, help="Only articles of this day or later, such as 2025-01-01.")
    ] = None
    limit: Annotated[int | None, Option(min=1, help="At most so many articles, from the first.")] = None
    sample: Annotated[float, Option(help="Only this share of the articles, the same ones each time.")] = 1.0
    method: Method
    workers: Annotated[
        int | None, Option(min=1, help="Processes, of about 0.7 GB each.", show_default="one per core")
    ] = None
    timeout: Annotated[
        float | None, Option(min=1, help="Seconds after which an article fails.", show_default="300")
    ] = None
    engine: Annotated[
        Literal["local", "ray"], Option(help="For a run folder: workers on this machine, or on a Ray cluster.")
    ] = "local"
    address: Annotated[
        str | None, Option(help="Address of the Ray cluster.", show_default="one started on this machine")
    ] = None
    near_copies: Annotated[
        Literal["group", "skip", "off"],
        Option(
            help="Near-duplicates, in a run folder: name their story, skip what its first contains, or do not look."
        ),
    ] = "group"
    to: Annotated[Literal["jsonl", "parquet"], Option(help="Format of the parts of a run folder.")] = "jsonl"
    resume: Annotated[bool, Option("--resume", help="Continue the run in the folder.")] = False
    retry: Annotated[
        bool, Option("--retry", help="With --resume: read failed articles again, such as with a longer --timeout.")
    ] = False
    prune: Annotated[
        bool, Option("--prune", help="With --resume: delete records of articles that are no longer in the input.")
    ] = False
    reader: Annotated[
        Literal["llm"] | None, Option(hidden=True, help="llm: the same as --extractor both.")  # its name before 2.1
    ] = None
    second: SecondReader
    quiet: Annotated[bool, Option("--quiet", "-q", help="No progress, no summary; failures are still named.")] = False

    @property
    def is_folder(self) -> bool:
        """Whether a run folder is written. Raises SetupError if a run is to be resumed and there is none."""
        out = self.out
        is_folder = out != STANDARD and (out.endswith("/") or Path(out).is_dir() or is_remote(out))
        refuse((self.resume and not is_folder, f"{out}: no run folder to resume"))
        return is_folder

    @property
    def asks(self) -> bool:
        """Whether a language model reads articles."""
        return self.reader is not None or self.method.extractor in WITH_MODEL

    @property
    def columns(self) -> dict[str, str]:
        """`text=body` -> {"text": "body"}."""
        for pair in self.column:
            if not all(pair.partition("=")):
                raise typer.BadParameter(f"{pair!r} does not have the form text=body", param_hint="--column")
        return dict(pair.split("=", 1) for pair in self.column)

    def require(self, given: ReadOptions) -> None:
        """Raises SetupError where options do not go together, or the output would overwrite an input."""
        refuse(*((getattr(self, name) and not self.resume, f"--{name} needs --resume") for name in ("retry", "prune")))
        if not self.asks:
            self.second.refuse_alone(ENDPOINT)
        out, own = Path(self.out), {name: getattr(self, name) for name in FOLDER_ONLY}
        is_input = out.is_file() and out.resolve() in (path.resolve() for path in files(self.inputs, given))
        lost = self.asks and (self.second.llm_cache is None or self.second.llm_batch) and is_remote(self.out)
        in_file = self.second.llm_batch and not self.is_folder
        more = [f"--{name.replace('_', '-')} {own[name]}" for name, usual in FOLDER_ONLY.items() if own[name] != usual]
        refuse(
            (is_input, f"{self.out}: is an input; name another file with -o"),
            (more and not self.is_folder, f"{', '.join(more)} needs a run folder: -o {self.out}/"),
            (in_file, f"--llm-batch needs a run folder: -o {self.out}/"),
            (lost, f"{self.out}: answers cannot be kept there; name a file of this machine with --llm-cache"),
        )

    def into_file(self, articles: Source, settings: Settings, tally: Tally) -> bool:
        """Whether the second reader, if there is one, has done all that it should."""
        from pipeline.run import stream
        from pipeline.run.second_reader import read_outcomes

        complete = True
        with suppress(_NoRecord), whole_file(self.out) as file, ExitStack() as stack:
            outcomes = stream(articles(), settings, self.workers, self.timeout)
            reader = stack.enter_context(self.second.open(settings)) if self.asks else None
            for outcome in read_outcomes(outcomes, reader, self.second.shown) if reader else outcomes:
                if outcome.line:
                    file.write(f"{outcome.line}\n")
                tally.count([outcome])
            complete = self.second.summarize(reader, self.quiet) if reader else True
            if tally.failed_all:
                raise _NoRecord
        return complete

    def into_folder(self, articles: Source, settings: Settings, tally: Tally) -> bool:
        """As `into_file`."""
        from pipeline.run import RunFolder, local_engine, made_with, ray_engine, run
        from pipeline.run.second_reader import read_folder

        made = {name: getattr(self, name) for name in ("to", "near_copies", "columns", "date", "source")}
        made |= {"title": self.title} if self.title else {}
        made |= {"reader": self.second.made} if self.asks and (self.resume or not self.second.dry_run) else {}
        words = ["corridor", *sys.argv[1:]]
        again = shlex.join(words if "--resume" in words else [*words, "--resume"])
        how = settings, self.workers, self.timeout
        work = ray_engine(*how, self.address) if self.engine == "ray" else local_engine(*how)
        with (
            on_interrupt(f"stopped; continue with: {again}"),
            closing(RunFolder(self.out, made_with(settings, made), self.resume, self.retry)) as folder,
        ):
            tally.settle(run(articles, folder, work, self.near_copies, tally, self.prune))
            if not self.asks:
                return True
            with self.second.open(settings, folder.where) as reader:
                fill = self.second.batches(reader, Path(folder.where) / BATCHES) if self.second.llm_batch else None
                read_folder(folder, reader, self.second.shown, self.second.llm_prices, tally.read_again, fill)
                return self.second.summarize(reader, self.quiet)


@grouped
def extract(context: typer.Context, options: _Options) -> None:
    """Read articles (.txt, .html, .pdf, .docx, .json, .jsonl, .csv, .parquet ...) and write one JSON record per line.

    A run folder (`-o outputs/RUN/`) can be stopped at any moment and continued with --resume; it skips exact copies
    and lists the outcome of every article.

    Example: corridor extract news/ -o records.jsonl
    """
    from pipeline.run import Selection
    from pipeline.run.inputs import Read

    options.out = local(options.out)
    name = extractor_for(context, options.method.extractor, options.reader is not None)
    options.method = replace(options.method, extractor=name)
    selection, notice = Selection(options.since, options.sample, options.limit), None if options.quiet else notices()
    given = ReadOptions(
        options.columns,
        options.title,
        options.date,
        options.source,
        tell=notice,
        follow_links=options.follow_links,
        any_language=options.asks,
    )
    options.require(given)
    settings = options.method.settings(options.method.extractor)
    if options.asks:
        options.second.require(settings)
    spooled = options.resume and STANDARD in options.inputs  # it has to be read twice
    with TemporaryFile() if spooled else nullcontext() as stdin:
        if stdin:
            copyfileobj(sys.stdin.buffer, stdin)

        def articles() -> Iterator[Read]:
            if stdin:
                stdin.seek(0)
            return selection(read(options.inputs, replace(given, stdin=stdin)))

        articles()  # wrong inputs are reported before anything is written
        total = None if options.quiet else selection.expected(expected(options.inputs, given))
        with Tally(options.quiet, options.out, total) as tally:
            write = options.into_folder if options.is_folder else options.into_file
            complete = write(articles, settings, tally)
    if selection.undated:
        have, them = ("article has", "it") if selection.undated == 1 else ("articles have", "them")
        say(
            f"{selection.undated:,} {have} no date, so sums by year and --since leave {them} out: "
            "give a day with --date, such as --date 2025-09-25"
        )
    tally.finish()
    exit_if(not complete)


def verify(
    run: Annotated[str, Argument(help="A run folder of `corridor extract`, or its address.")],
    quiet: Annotated[bool, Option("--quiet", "-q", help="Print problems only.")] = False,
) -> None:
    """Check a run folder: every record, digest and count. Prints one line per problem and changes nothing.

    `corridor extract ... -o RUN/ --resume`, with the options of the run, repairs it.
    Exit codes: 0 whole; 1 damaged; 2 no run there, or one that is being written.

    Example: corridor verify run/
    """
    from pipeline.run.verify import verify

    damaged = False
    for finding in verify(run):
        damaged = True
        typer.echo(printable(f"{run.rstrip('/')}/{finding}"))
    exit_if(damaged)
    if not quiet:
        say(f"{run}: whole")


class _NoRecord(Exception):
    """No article gave a record: the file of an earlier run is kept."""
