"""The commands `corridor extract`, which writes records into a file or a run folder, and `corridor verify`."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Annotated, BinaryIO, Literal

import typer

from pipeline.cli import second_reader as llm
from pipeline.cli.console import exit_if, interrupt_message, printable, say, teller
from pipeline.cli.options import Method, Workers, grouped
from pipeline.cli.tally import Tally
from pipeline.errors import SetupError
from pipeline.records import STANDARD
from pipeline.settings import Settings
from pipeline.whole import whole_file

if TYPE_CHECKING:
    from pipeline.run import RunFolder
    from pipeline.run.inputs import Read
    from pipeline.run.parts import Engine
    from pipeline.sources import ReadOptions

Inputs = Annotated[
    list[str], typer.Argument(metavar="INPUT", help="Files, folders, globs, or - for standard input, mixed.")
]
Out = Annotated[
    str,
    typer.Option("--out", "-o", help="File to write, - for standard output; a name that ends in / is a run folder."),
]
Columns = Annotated[list[str], typer.Option(help="Name of a column in the input, as text=body; repeatable.")]

RUN_OPTIONS = {"engine": "local", "to": "jsonl", "near-copies": "group", "address": None}  # and their defaults


@grouped
def extract(
    inputs: Inputs,
    *,
    out: Out = STANDARD,
    title: Annotated[str | None, typer.Option(help="Title of articles that have none.")] = None,
    date: Annotated[str | None, typer.Option(help="Date of articles that have none, such as 2025-09-25.")] = None,
    source: Annotated[str | None, typer.Option(help="Source of articles that have none.")] = None,
    column: Columns = [],  # noqa: B006  typer copies the default
    follow_links: Annotated[
        bool, typer.Option("--follow-links", help="Follow links inside folders; each file is read once.")
    ] = False,
    since: Annotated[str | None, typer.Option(help="Only articles of this day or later, such as 2025-01-01.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many articles, from the first.")] = None,
    sample: Annotated[float, typer.Option(help="Only this share of the articles, the same ones each time.")] = 1.0,
    method: Method,
    workers: Workers = None,
    timeout: Annotated[
        float | None, typer.Option(min=1, help="Seconds after which an article fails.", show_default="300")
    ] = None,
    engine: Annotated[
        Literal["local", "ray"], typer.Option(help="For a run folder: workers on this machine, or on a Ray cluster.")
    ] = "local",
    address: Annotated[
        str | None, typer.Option(help="Address of the Ray cluster.", show_default="one started on this machine")
    ] = None,
    near_copies: Annotated[
        Literal["group", "skip", "off"],
        typer.Option(
            help="Near-duplicates, in a run folder: name their story, skip what its first contains, or do not look."
        ),
    ] = "group",
    to: Annotated[Literal["jsonl", "parquet"], typer.Option(help="Format of the parts of a run folder.")] = "jsonl",
    resume: Annotated[bool, typer.Option("--resume", help="Continue the run in the folder.")] = False,
    retry: Annotated[
        bool,
        typer.Option("--retry", help="With --resume: read failed articles again, such as with a longer --timeout."),
    ] = False,
    prune: Annotated[
        bool, typer.Option("--prune", help="With --resume: delete records of articles that are no longer in the input.")
    ] = False,
    reader: Annotated[
        Literal["llm"] | None,
        typer.Option(help="llm: a language model reads each article a second time; needs the extra `llm`."),
    ] = None,
    llm_options: llm.Options,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="No progress, no summary; failures are still named.")
    ] = False,
) -> None:
    """Read articles (.txt, .html, .pdf, .docx, .json, .jsonl, .csv, .parquet ...) and write one JSON record per line.

    A run folder (`-o outputs/RUN/`) can be stopped at any moment and continued with --resume; it skips exact copies
    and lists the outcome of every article.

    Example: corridor extract news/ -o records.jsonl
    """
    from pipeline.run import Selection
    from pipeline.sources import ReadOptions, expected, read
    from pipeline.sources.inputs import local

    out = local(out)
    for name, wanted in (("--retry", retry), ("--prune", prune)):
        if wanted and not resume:
            raise SetupError(f"{name} needs --resume")
    second = llm_options.reader_if(reader)
    complete = True
    selection = Selection(since, sample, limit)
    columns = _columns(column)
    given = ReadOptions(columns, title, date, source, tell=None if quiet else teller(), follow_links=follow_links)
    _require_no_input(inputs, out, given)
    settings = method.settings()
    if second:
        second.require(settings)
    with _stdin(resume and STANDARD in inputs) as stdin:

        def articles() -> Iterator[Read]:
            if stdin:
                stdin.seek(0)
            return selection(read(inputs, replace(given, stdin=stdin)))

        results = articles()  # wrong options and inputs are reported before anything is written
        total = None if quiet else selection.expected(expected(inputs, given))
        with Tally(quiet, out, total) as tally:
            if not _is_folder(out, resume):
                only = {"engine": engine, "to": to, "near-copies": near_copies, "address": address}
                for name, value in only.items():
                    if value != RUN_OPTIONS[name]:
                        raise SetupError(f"--{name} {value} needs a run folder: -o {out}/")
                complete = _into_file(results, settings, workers, timeout, out, tally, second, quiet)
            else:
                _require_cache(out, second)
                options = {"to": to, "near_copies": near_copies, "columns": columns, "date": date, "source": source}
                options |= {"title": title} if title else {}
                options |= {"reader": second.made} if second and (resume or not llm_options.dry_run) else {}
                with interrupt_message(f"stopped; continue with: {_resume_command()}"):
                    from pipeline.run import RunFolder, made_with, run

                    work = _engine(engine, settings, workers, timeout, address)
                    with closing(RunFolder(out, made_with(settings, options), resume, retry)) as folder:
                        tally.settle(run(articles, folder, work, near_copies, tally, prune))
                        complete = _read_again(folder, settings, second, tally, quiet)
    if selection.undated:
        have, them = ("article has", "it") if selection.undated == 1 else ("articles have", "them")
        say(
            f"{selection.undated:,} {have} no date, so sums by year and --since leave {them} out: "
            "give a day with --date, such as --date 2025-09-25"
        )
    tally.finish()
    exit_if(not complete)


def verify(
    run: Annotated[str, typer.Argument(help="A run folder of `corridor extract`, or its address.")],
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print problems only.")] = False,
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


@contextmanager
def _stdin(spooled: bool) -> Iterator[BinaryIO | None]:
    """Standard input in a temporary file, if it has to be read twice; else None."""
    if not spooled:
        yield None
        return
    with TemporaryFile() as file:
        copyfileobj(sys.stdin.buffer, file)
        yield file


def _into_file(
    results: Iterable[Read],
    settings: Settings,
    workers: int | None,
    timeout: float | None,
    out: str,
    tally: Tally,
    second: llm.SecondReader | None,
    quiet: bool,
) -> bool:
    """Whether the second reader, if there is one, has done all that it should."""
    from pipeline.run import stream

    complete = True
    with suppress(_NoRecord), whole_file(out) as file:
        outcomes = stream(results, settings, workers, timeout)
        with ExitStack() as stack:
            if second:
                from pipeline.run.second_reader import read_outcomes

                reader = stack.enter_context(second.open(settings))
                outcomes = read_outcomes(outcomes, reader, second.report if second.options.dry_run else None)
            for outcome in outcomes:
                if outcome.line:
                    file.write(f"{outcome.line}\n")
                tally.count([outcome])
            if second:
                complete = second.summarize(reader, quiet)
        if tally.failed_all:
            raise _NoRecord
    return complete


def _require_cache(out: str, second: llm.SecondReader | None) -> None:
    """Raises SetupError if the answers of a second reader have no place."""
    from pipeline.sources.inputs import is_remote

    if second and second.options.llm_cache is None and is_remote(out):
        raise SetupError(f"{out}: answers cannot be kept there; name a file of this machine with --llm-cache")


def _read_again(
    folder: RunFolder, settings: Settings, second: llm.SecondReader | None, tally: Tally, quiet: bool
) -> bool:
    """Lets the second reader, if there is one, read a finished run; whether it has done all that it should."""
    if second is None:
        return True
    from pipeline.run.second_reader import read_folder

    with second.open(settings, folder.where) as reader:
        read_folder(folder, reader, second.report, second.prices, tally.read_again)
        return second.summarize(reader, quiet)


class _NoRecord(Exception):
    """No article gave a record: the file of an earlier run is kept."""


def _engine(
    name: str, settings: Settings, workers: int | None, timeout: float | None, address: str | None
) -> AbstractContextManager[Engine]:
    from pipeline.run import local_engine, ray_engine

    if name == "ray":
        return ray_engine(settings, workers, timeout, address)
    return local_engine(settings, workers, timeout)


def _is_folder(out: str, resume: bool) -> bool:
    """Raises SetupError if a run is to be resumed and `out` is no folder."""
    from pipeline.sources.inputs import is_remote

    found = out != STANDARD and (out.endswith("/") or Path(out).is_dir() or is_remote(out))
    if resume and not found:
        raise SetupError(f"{out}: no run folder to resume")
    return found


def _resume_command() -> str:
    words = ["corridor", *sys.argv[1:]]
    return shlex.join(words if "--resume" in words else [*words, "--resume"])


def _columns(pairs: list[str]) -> dict[str, str]:
    """`text=body` -> {"text": "body"}."""
    for pair in pairs:
        if not all(pair.partition("=")):
            raise typer.BadParameter(f"{pair!r} does not have the form text=body", param_hint="--column")
    return dict(pair.split("=", 1) for pair in pairs)


def _require_no_input(inputs: list[str], out: str, options: ReadOptions) -> None:
    """Raises SetupError if the output would overwrite an input."""
    if Path(out).is_file():
        from pipeline.sources import files

        if Path(out).resolve() in (path.resolve() for path in files(inputs, options)):
            raise SetupError(f"{out}: is an input; name another file with -o")
