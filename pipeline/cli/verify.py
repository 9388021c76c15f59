"""The command `corridor verify`: what is whole in a run folder, and what is not."""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline.cli.console import SOME_FAILED, plain, say


def verify(
    run: Annotated[str, typer.Argument(help="A run folder of `corridor extract`, or its address.")],
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Only what is wrong.")] = False,
) -> None:
    """Check that a run folder is whole: every record, digest and count; a line for each thing that is not.

    Nothing is changed. `corridor extract ... -o RUN/ --resume`, with the options of the run, makes it whole again.
    Exit codes: 0 whole; 1 not; 2 no run there, or one that is being written.

    Example: corridor verify run/
    """
    from pipeline.batch.verify import verify

    wrong = 0
    for finding in verify(run):
        wrong += 1
        typer.echo(plain(f"{run.rstrip('/')}/{finding}"))
    if wrong:
        raise typer.Exit(SOME_FAILED)
    if not quiet:
        say(f"{run}: whole")
