"""Prints docs/commands.md: `.ci/commands.md`, then every command and option as the command line describes them."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer.main

from pipeline.cli import app
from pipeline.cli.options import AGENT

HEAD = Path(__file__).with_suffix(".md")
MORE = {  # pages about a command, beside the one of its name
    "extract": "[input](input.md), [record](record.md), [many articles](batch.md), [a second reader](llm.md)",
    "verify": "[many articles](batch.md)",
    "diff": "[what is new](resolve.md#what-is-new)",
    "match": "[match](resolve.md#match-with-published-activities)",
    "export": "[export](export.md), [tables](tables.md)",
    "schema": "[record](record.md)",
    "sums": "[sums](values.md#sums)",
    "evaluate": "[accuracy](accuracy.md)",
    "annotate llm": "[a second reader](llm.md)",
    "annotate agree": "[review](review.md#decisions)",
} | {name: f"[{name}]({name}.md)" for name in ("fetch", "review", "serve", "resolve", "watch", "report")}
GROUPS = {"annotate": "[annotate](annotate.md)", "train": "[training](training.md)"}


def page() -> str:
    """The page."""
    root = typer.main.get_command(app)
    single = [(name, command) for name, command in root.commands.items() if name not in GROUPS]
    parts = [HEAD.read_text(encoding="utf-8"), "## Commands\n", *(_section(name, command) for name, command in single)]
    for group, more in GROUPS.items():
        parts.append(f"## `corridor {group}`\n\n{root.commands[group].help} More: {more}.\n")
        parts += [_section(f"{group} {name}", command) for name, command in root.commands[group].commands.items()]
    return "\n".join(parts)


def _section(name: str, command: Any) -> str:
    """The heading of a command, what it does, its example, and a table of its arguments and options."""
    arguments = [_argument(one) for one in command.params if one.param_type_name == "argument"]
    required = [f"{one.opts[0]} ..." for one in command.params if one.param_type_name == "option" and one.required]
    usage = " ".join(["corridor", name, *arguments, *required])
    says, _, example = command.help.partition("Example: ")
    lines = [f"### {name}\n", f"`{usage}`\n", *(f"{part}\n" for part in says.strip().split("\n\n"))]
    lines += [f"For example: `{example.strip()}`\n"]
    lines += [f"More: {MORE[name]}.\n"] if name in MORE else []
    rows = list(_rows(command))
    return "\n".join([*lines, *(["| option | default | |", "| --- | --- | --- |", *rows, ""] if rows else [])])


def _argument(one: Any) -> str:
    """As it stands in the usage, such as `[ID]` or `INPUT...`."""
    name = one.metavar or one.name.upper()
    name = name if one.required or name.startswith("[") else f"[{name}]"
    return f"{name}..." if one.nargs == -1 and not name.endswith("...") else name


def _rows(command: Any) -> Iterator[str]:
    for one in command.params:
        names = [_argument(one)] if one.param_type_name == "argument" else [*one.opts, *one.secondary_opts]
        if names != ["--help"]:
            choices = getattr(one.type_descriptor, "choices", None) or ()
            form = one.metavar if names[0].startswith("-") and one.metavar else "|".join(map(str, choices))
            named = ", ".join(f"`{name}`" for name in names)
            cells = [f"{named} `{form}`" if form else named, _default(one), one.help or ""]
            yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _default(one: Any) -> str:
    """The default in words; empty where there is none, or where it is that an option is off."""
    if one.required:
        return "required"
    if isinstance(one.show_default, str):
        return one.show_default
    return "" if one.default in (None, False, [], ()) or one.default == AGENT else f"`{one.default}`"


if __name__ == "__main__":
    sys.stdout.write(page())
