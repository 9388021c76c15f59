"""The commands `corridor annotate ...`: gold and records to annotation tools, and the answers back."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated, Literal

import typer

from pipeline.cli.console import EXIT_CODES, exit_if, number_of, require_other_path, say
from pipeline.errors import SetupError

annotate = typer.Typer(help="Correct records and gold in Prodigy, Label Studio or spaCy.", no_args_is_help=True)

Tool = Literal["prodigy", "label-studio", "spacy"]
ENDS: dict[str, Tool] = {".jsonl": "prodigy", ".json": "label-studio", ".spacy": "spacy"}
To = Annotated[Tool, typer.Option("--to", help="The tool.")]


@annotate.command("export", epilog=EXIT_CODES)
def annotate_export(
    source: Annotated[
        str,
        typer.Argument(
            metavar="GOLD|RECORDS", help="Gold folder, or what `corridor extract` wrote (- for standard input)."
        ),
    ],
    to: To,
    out: Annotated[str, typer.Option("--out", "-o", help="File to write.")],
) -> None:
    """Write gold or records for a tool: mentions, actors and projects, relations, commitments.

    Example: corridor annotate export records.jsonl --to label-studio -o tasks.json
    """
    from pipeline.annotate.formats.exchange import export

    require_other_path(source, out)
    _finish(export(source, to, out, say), out)


@annotate.command("import", epilog=EXIT_CODES)
def annotate_import(
    file: Annotated[
        Path, typer.Argument(help="What the tool exported: .jsonl of Prodigy, .json of Label Studio, .spacy.")
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="Gold folder; other articles in it are kept.")],
) -> None:
    """Read the answers from a tool into a gold folder, to evaluate and train with.

    Example: corridor annotate import answers.json -o outputs/gold
    """
    from pipeline.annotate.formats.exchange import import_

    tool = ENDS.get(file.suffix)
    if tool is None:
        raise SetupError(f"{file}: the name must end in .jsonl (Prodigy), .json (Label Studio) or .spacy")
    _finish(import_(file, tool, out, say), str(out))


@annotate.command("config", epilog=EXIT_CODES)
def annotate_config(
    to: Annotated[Literal["prodigy", "label-studio"], typer.Option("--to", help="The tool.")],
) -> None:
    """Print the set-up of a tool: the labelling interface of Label Studio, or the labels for prodigy.json.

    Example: corridor annotate config --to label-studio
    """
    from pipeline.annotate.formats.exchange import CONFIGS

    typer.echo(CONFIGS[to](), nl=False)


def _finish(count: Counter[str], out: str) -> None:
    """Prints the summary; raises the exit for failed articles, if there are any."""
    left_out = f", {count['left out']} left out" if count["left out"] else ""
    say(f"{number_of(count['done'], 'article')} written to {out}, {count['failed']} failed{left_out}")
    exit_if(count["failed"])
