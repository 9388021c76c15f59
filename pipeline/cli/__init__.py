"""The command `corridor`: arguments in, one call out.

Hard because `--help` should not wait for spaCy: heavy imports stand inside the commands.
"""

from __future__ import annotations

import json
import logging
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from pipeline import __version__
from pipeline.cli.manners import SETUP, SOME_FAILED, Commands, Sayer, Tally, say, training
from pipeline.errors import ArticleError, SetupError
from pipeline.export import jsonl
from pipeline.record import Record, json_schema
from pipeline.settings import Settings

EXIT_CODES = "Exit codes: 0 done; 1 some articles failed (named on stderr, the rest written); 2 usage or set-up."

app = typer.Typer(
    cls=Commands, epilog=EXIT_CODES, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
)
train = typer.Typer(help="Build the models in models/ from seeds and corpora.", no_args_is_help=True)
app.add_typer(train, name="train")


def main() -> None:
    """The entry point of `corridor` and `python -m pipeline`."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8")  # also where the locale says otherwise: the text is the world's
    app(prog_name="corridor")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"corridor {__version__}")
        raise typer.Exit


@app.callback()
def corridor(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Reads news about development cooperation and writes down who committed what to whom, with the evidence."""
    logging.getLogger("corridor").handlers[:] = [Sayer()]


def _columns(pairs: list[str]) -> dict[str, str]:
    """`text=body` -> {"text": "body"}."""
    for pair in pairs:
        if not all(pair.partition("=")):
            raise typer.BadParameter(f"{pair!r} is not of the form text=body", param_hint="--column")
    return dict(pair.split("=", 1) for pair in pairs)


@app.command(epilog=EXIT_CODES)
def extract(
    inputs: Annotated[
        list[str], typer.Argument(metavar="INPUT", help="Files, folders, globs, or - for standard input, mixed.")
    ],
    out: Annotated[str, typer.Option("--out", "-o", help="File to write, - for standard output.")] = jsonl.STANDARD,
    date: Annotated[str | None, typer.Option(help="Date of articles that carry none, such as 2025-09-25.")] = None,
    source: Annotated[str | None, typer.Option(help="Source of articles that carry none.")] = None,
    column: Annotated[
        list[str], typer.Option(help="Column of a table under another name, as text=body; repeatable.")
    ] = [],  # noqa: B006  typer copies it
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="No progress, no summary; failures are still named.")
    ] = False,
) -> None:
    """Read articles (.txt, .md, .html, .jsonl, .csv, .parquet) and write one record of JSON a line.

    Example: corridor extract news/ -o records.jsonl
    """
    from pipeline.readers import ReadOptions, read

    _keep_apart(inputs, out)
    articles = read(inputs, ReadOptions(columns=_columns(column), date=date, source=source))

    from pipeline.extract import extract_stream, load  # takes a second, so only once there is something to read

    with Tally(quiet, out) as tally, jsonl.whole_file(out) as file:
        for result in extract_stream(tally.readable(articles), load()):
            if isinstance(result, Record):
                jsonl.write(result, file)
            tally.count(result)
    tally.finish()


def _keep_apart(inputs: list[str], out: str) -> None:
    if Path(out).is_file() and Path(out).resolve() in [Path(name).resolve() for name in inputs]:
        raise SetupError(f"{out}: is an input and would be overwritten; name another file with -o")


@app.command(epilog=EXIT_CODES)
def show(
    records: Annotated[str, typer.Argument(help="What `corridor extract` wrote, - for standard input.")],
    article: Annotated[str | None, typer.Argument(metavar="[ID]", help="Only the record with this id.")] = None,
) -> None:
    """Show records as a person reads them: actors, projects, commitments with their sentences.

    Example: corridor show records.jsonl
    """
    from pipeline.review.terminal import render

    console = Console()
    found, failed = 0, 0
    for record in jsonl.read(records):
        if isinstance(record, ArticleError):
            failed += 1
            say(str(record))
        elif article in (None, record.article.id):
            found += 1
            console.print(render(record))
    if not found and not failed:
        raise SetupError(f"{records}: holds no record{f' with the id {article}' if article else ''}")
    if failed:
        raise typer.Exit(SOME_FAILED)


@app.command(epilog=EXIT_CODES)
def evaluate(
    gold: Annotated[
        Path, typer.Argument(help="Corpus folder (articles.jsonl, gold/ID.json) or records by another hand.")
    ],
    predictions: Annotated[Path, typer.Argument(help="What `corridor extract` wrote.")],
    as_json: Annotated[bool, typer.Option("--json", help="All scores as JSON.")] = False,
    errors: Annotated[int, typer.Option(min=0, help="List the differences of so many articles, the worst first.")] = 0,
) -> None:
    """Hold records against gold: precision, recall, F1 with 95 % intervals, calibration.

    Example: corridor evaluate gold/ records.jsonl --errors 3
    """
    from pipeline.evaluate.files import differences_in_files, evaluate_files
    from pipeline.evaluate.report import listing, table, to_json

    scores = evaluate_files(gold, predictions)
    if as_json:
        typer.echo(to_json(scores))
    else:
        Console().print(table(scores))
    if errors:
        console = Console(stderr=as_json)
        console.print(listing(differences_in_files(gold, predictions), errors))


@app.command()
def schema() -> None:
    """Print the JSON Schema that every record keeps to.

    Example: corridor schema
    """
    typer.echo(json.dumps(json_schema(), indent=2))


@app.command(epilog=EXIT_CODES)
def doctor() -> None:
    """Say what is installed, which models are there, what is slow and why.

    Example: corridor doctor
    """
    from pipeline.doctor import examine, table

    checks = list(examine())
    Console().print(table(checks))
    if any(check.state == "missing" for check in checks):
        raise typer.Exit(SETUP)


@train.command("sectors", epilog=EXIT_CODES)
def train_sectors(
    data: Annotated[Path, typer.Option(help="Folder with aiddata_*.jsonl and worldbank_projects.jsonl.")],
    out: Annotated[
        Path | None, typer.Option(help="Folder to write the model to.", show_default="the one that extract reads")
    ] = None,
) -> None:
    """Train the sector model; the same data give the same model, bit for bit.

    Example: corridor train sectors --data ../shared/data/sectors
    """
    with training():
        from pipeline.train.sectors import train_sectors as run
    typer.echo(json.dumps(run(data, out or Settings().models / "sectors"), indent=2))


@train.command("entities", epilog=EXIT_CODES)
def train_entities(
    corpus: Annotated[Path, typer.Option(help="Folder with articles.jsonl and gold/ID.json.")],
    unlabelled: Annotated[
        Path | None, typer.Option(help="JSON lines with `text`, which a first recognizer labels for the second.")
    ] = None,
    limit: Annotated[int, typer.Option(help="How many unlabelled articles are read.")] = 2000,
    seed: Annotated[int, typer.Option(help="Decides the order of training.")] = 0,
    out: Annotated[
        Path | None, typer.Option(help="Folder to write the model to.", show_default="the one that extract reads")
    ] = None,
) -> None:
    """Fine-tune the recognizer and measure what settles the finders' proposals; minutes on one core.

    Example: corridor train entities --corpus ../shared/corpus
    """
    with training():
        from pipeline.train.entities import train_entities as run
    typer.echo(json.dumps(run(corpus, out or Settings().models / "entities", unlabelled, limit, seed), indent=2))


@train.command("commitments", epilog=EXIT_CODES)
def train_commitments(
    corpus: Annotated[Path, typer.Option(help="Folder with articles.jsonl and gold/ID.json.")],
    out: Annotated[
        Path | None, typer.Option(help="Folder to write the model to.", show_default="the one that extract reads")
    ] = None,
) -> None:
    """Measure what tells a commitment and its kind; the same corpus gives the same model, bit for bit.

    Example: corridor train commitments --corpus ../shared/corpus
    """
    with training():
        from pipeline.train.commitments import train as run
    typer.echo(json.dumps(run(corpus, out or Settings().models / "commitments"), indent=2))


@train.command("scores", epilog=EXIT_CODES)
def train_scores(
    corpus: Annotated[Path, typer.Option(help="Folder with articles.jsonl and gold/ID.json.")],
    unlabelled: Annotated[Path | None, typer.Option(help="As for `corridor train entities`.")] = None,
    limit: Annotated[int, typer.Option(help="How many unlabelled articles are read.")] = 2000,
    seed: Annotated[int, typer.Option(help="Decides the order of training.")] = 0,
) -> None:
    """Score everything that is trained on articles it did not learn from: five parts, split by story. Writes no model.

    Example: corridor train scores --corpus ../shared/corpus
    """
    with training():
        from pipeline.train.cross_validation import cross_validated
    from pipeline.evaluate.report import table

    Console().print(table(cross_validated(corpus, unlabelled, limit, seed)))
