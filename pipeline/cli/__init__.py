"""The command `corridor`. What loads spaCy is imported when a command runs, so that `--help` is fast."""

import json
import logging
import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from typer import Argument, Option

from pipeline import __version__
from pipeline.cli.annotate import annotate
from pipeline.cli.console import ALERT_CODES, EXIT_CODES, SETUP, Commands, WarningHandler, exit_if
from pipeline.cli.export import export, report, show
from pipeline.cli.extract import extract, verify
from pipeline.cli.fetch import EXIT_CODES as FETCH_CODES
from pipeline.cli.fetch import fetch, watch
from pipeline.cli.llm import llm
from pipeline.cli.resolve import diff, match, resolve
from pipeline.cli.serve import review, serve
from pipeline.cli.sums import sums
from pipeline.cli.train import train
from pipeline.gold.curve import curve, read_examples
from pipeline.gold.evaluate import report as scores_report
from pipeline.gold.evaluate.score import differences_in_files, evaluate_files
from pipeline.gold.folder import read_gold, read_records
from pipeline.llm.fuse import read_fusion
from pipeline.record import json_schema
from pipeline.settings import Settings, trained
from pipeline.stages.models.sectors import FOLDER, read_model

app = typer.Typer(
    cls=Commands, epilog=EXIT_CODES, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
)
EPILOGS = {verify: None, fetch: FETCH_CODES, resolve: ALERT_CODES, diff: ALERT_CODES, watch: ALERT_CODES}
for command in (extract, verify, fetch, review, serve, resolve, sums, diff, watch, match, export, report, show):
    app.command(epilog=EPILOGS.get(command, EXIT_CODES))(command)
app.add_typer(annotate, name="annotate")
app.add_typer(train, name="train")
app.add_typer(llm, name="llm")


def main() -> None:
    """The entry point of `corridor` and `python -m pipeline`."""
    for stream, errors in ((sys.stdout, "strict"), (sys.stderr, "backslashreplace")):
        if hasattr(stream, "reconfigure"):  # whatever the locale: articles hold any script
            stream.reconfigure(encoding="utf-8", errors=errors)
    app(prog_name="corridor")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"corridor {__version__}")
        raise typer.Exit


@app.callback()
def corridor(
    version: Annotated[
        bool, Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Reads news about development cooperation and records who committed what to whom, with the evidence."""
    logging.getLogger("corridor").handlers[:] = [WarningHandler()]


@app.command(epilog=EXIT_CODES)
def evaluate(
    gold: Annotated[Path, Argument(help="Gold folder (articles.jsonl, gold/ID.json), or records to compare with.")],
    predictions: Annotated[
        Path, Argument(help="What `corridor extract` wrote, or the gold folder of another annotator.")
    ],
    as_json: Annotated[bool, Option("--json", help="All scores as JSON.")] = False,
    errors: Annotated[int, Option(min=0, help="List the differences in so many articles, the worst first.")] = 0,
    answers: Annotated[
        list[Path],
        Option(
            help="Recorded answers of a language model (`train answers`) about these articles: shows what it gains at "
            "0, 10, 25, 50 and 100 % of the calls; repeatable."
        ),
    ] = [],  # noqa: B006
    model: Annotated[
        Path | None, Option(help="With --answers: trained pipeline whose fit of the language model is used.")
    ] = None,
) -> None:
    """Compare records with gold: precision, recall, F1 with 95 % intervals, calibration.

    Example: corridor evaluate gold/ records.jsonl --errors 3
    """
    if answers:
        settings = Settings() if model is None else replace(Settings(), models=trained(model))
        sectors = read_model(settings.models / FOLDER)
        examples = read_examples(read_gold(gold), read_records(predictions).values(), answers, sectors)
        points = curve(examples, read_fusion(settings.measured(settings.profile)))
        if as_json:
            typer.echo(scores_report.curve_json(points))
        else:
            Console().print(scores_report.curve_table(points))
        return
    scores = evaluate_files(gold, predictions)
    if as_json:
        typer.echo(scores_report.to_json(scores))
    else:
        Console().print(scores_report.table(scores))
    if errors:
        Console(stderr=as_json).print(scores_report.listing(differences_in_files(gold, predictions), errors))


@app.command()
def schema() -> None:
    """Print the JSON Schema of a record.

    Example: corridor schema
    """
    typer.echo(json.dumps(json_schema(), indent=2))


@app.command(epilog=EXIT_CODES)
def doctor() -> None:
    """Check the installation and the models, measure speed, and say how to fix what is wrong.

    Example: corridor doctor
    """
    from pipeline.doctor import examine, table

    checks = list(examine())
    Console().print(table(checks))
    exit_if(any(check.state == "missing" for check in checks), SETUP)
