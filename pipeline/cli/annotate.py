"""The commands `corridor annotate ...`: gold and records to annotation tools, and the answers back."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

import typer
from typer import Argument, Option

from pipeline.cli.console import EXIT_CODES, exit_if, notices, printable, refuse, require_other_path, say
from pipeline.cli.options import GoldFolder, SecondReader, grouped
from pipeline.errors import ArticleError, SetupError, number_of
from pipeline.gold.folder import write_sound
from pipeline.record import Record
from pipeline.review.accepted.agreement import agreement
from pipeline.review.accepted.decisions import Reviewed, name_of
from pipeline.settings import Settings
from pipeline.sources import ReadOptions, read

annotate = typer.Typer(help="Correct records and gold in Excel, Prodigy, Label Studio or spaCy.", no_args_is_help=True)

Tool = Literal["prodigy", "label-studio", "spacy", "xlsx"]
ENDS: dict[str, Tool] = {
    ".jsonl": "prodigy", ".json": "label-studio", ".spacy": "spacy", ".xlsx": "xlsx", ".xlsm": "xlsx",
}  # fmt: skip
DECISIONS = ("accepted", "corrected", "rejected", "unsure")  # of a workbook
TABLES = (".xls", ".xlsb", ".ods", ".csv", ".tsv")  # what else a spreadsheet saves
To = Annotated[Tool, Option("--to", help="The tool.")]


@annotate.command("export", epilog=EXIT_CODES)
def annotate_export(
    source: Annotated[
        str,
        Argument(metavar="GOLD|RECORDS", help="Gold folder, or what `corridor extract` wrote (- for standard input)."),
    ],
    to: To,
    out: Annotated[str, Option("--out", "-o", help="File to write.")],
) -> None:
    """Write gold or records for a tool: mentions, actors and projects, relations, commitments.

    Example: corridor annotate export records.jsonl --to label-studio -o tasks.json
    """
    from pipeline.review.formats import tools
    from pipeline.review.workbook import write

    require_other_path(source, out)
    _finish(write.export(source, out, say) if to == "xlsx" else tools.export(source, to, out, say), out)


@annotate.command("import", epilog=EXIT_CODES)
def annotate_import(
    file: Annotated[
        Path, Argument(help="What the tool saved: .xlsx, .jsonl of Prodigy, .json of Label Studio, .spacy.")
    ],
    out: GoldFolder,
) -> None:
    """Read the answers from a tool into a gold folder, to evaluate and train with.

    Example: corridor annotate import answers.json -o outputs/gold
    """
    from pipeline.review.formats import tools
    from pipeline.review.workbook import read_back

    end = file.suffix.lower()
    refuse(
        (end in TABLES, f"{file}: cannot be read back; open the workbook again and save it as .xlsx (Excel Workbook)"),
        (end not in ENDS, f"{file}: the name must end in .xlsx, .jsonl (Prodigy), .json (Label Studio) or .spacy"),
    )
    tool = ENDS[end]
    _finish(read_back.import_(file, out, say) if tool == "xlsx" else tools.import_(file, tool, out, say), str(out))


@annotate.command("config", epilog=EXIT_CODES)
def annotate_config(to: Annotated[Literal["prodigy", "label-studio"], Option("--to", help="The tool.")]) -> None:
    """Print the set-up of a tool: the labelling interface of Label Studio, or the labels for prodigy.json.

    Example: corridor annotate config --to label-studio
    """
    from pipeline.review.formats.tools import CONFIGS

    typer.echo(CONFIGS[to](), nl=False)


@annotate.command("llm", epilog=EXIT_CODES)
@grouped
def annotate_llm(
    inputs: Annotated[
        list[str], Argument(metavar="INPUT", help="Articles, as for `extract`, or - for standard input.")
    ],
    out: GoldFolder,
    extractor: Annotated[
        Literal["both", "llm"], Option(help="both: with the small models in English, else alone; llm: always alone.")
    ] = "both",
    *,
    second: SecondReader,
) -> None:
    """Let a language model annotate articles, as gold to be reviewed; an article that it does not read is left out.

    Example: corridor annotate llm news/ -o outputs/mine --llm-url http://localhost:8080/v1 --llm-model NAME
    """
    from pipeline.run import stream
    from pipeline.run.second_reader import read_outcomes

    settings, failed = Settings(extractor=extractor), 0
    second.require(settings)

    def records() -> Iterator[Record]:
        nonlocal failed
        outcomes = stream(read(inputs, ReadOptions(tell=notices(), any_language=True)), settings)
        for outcome in read_outcomes(outcomes, reader, second.shown):
            if outcome.state == "failed":
                failed += 1
                say(f"{outcome.id}: {outcome.reason}")
            elif outcome.line and not second.dry_run and reader.was_read(outcome.id):
                yield Record.model_validate_json(outcome.line)

    with second.open(settings) as reader:
        count = write_sound(out, records(), say)
        complete = second.summarize(reader, quiet=False)
    count["failed"] += failed
    if not second.dry_run:
        _finish(count, str(out))
    exit_if(count["failed"] or not complete)


@annotate.command("agree")
def annotate_agree(
    folders: Annotated[
        list[Path], Argument(metavar="FOLDER FOLDER...", help="Folders of `corridor review`, one a reviewer.")
    ],
) -> None:
    """List the commitments on which reviewers decided differently, and count those on which they agree.

    Example: corridor annotate agree ann/ bob/
    """
    few = len({folder.resolve() for folder in folders}) < 2
    refuse((few, "two reviewers are compared: name two folders of `corridor review` or more"))
    try:
        agreed = agreement([Reviewed(folder) for folder in folders])
    except ArticleError as error:
        raise SetupError(str(error)) from error
    for decisions, values in agreed.disagreements:
        first = decisions[0][1]
        said = "; ".join([", ".join(f"{name} {name_of(decided)}" for name, decided in decisions), *values])
        typer.echo(printable(f"{first.article}/{first.commitment} {first.row.trigger.text!r}: {said}"))
    decided = agreed.agreed + len(agreed.disagreements)
    many = number_of(decided, "commitment")
    say(f"{many} decided by two or more: {agreed.agreed} alike, {len(agreed.disagreements)} not")


def _finish(count: Counter[str], out: str) -> None:
    """Prints the summary; raises the exit for failed articles, if there are any."""
    left_out = f", {count['left out']} left out" if count["left out"] else ""
    say(f"{number_of(count['done'], 'article')} written to {out}, {count['failed']} failed{left_out}")
    decided = [f"{count[decision]} {decision}" for decision in DECISIONS if count[decision]]
    if decided:
        say(f"commitments: {', '.join(decided)}")
    if count["refused"]:
        say(f"{number_of(count['refused'], 'cell')} refused: correct what is named and import the workbook again")
    exit_if(count["failed"] or count["refused"])
