"""The command `corridor review`: a local web page to correct records; saves gold."""

from __future__ import annotations

import webbrowser
from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.console import interrupt_message, say
from pipeline.cli.options import Port


def review(
    records: Annotated[str, typer.Argument(help="What `corridor extract` wrote: a file or a run folder.")],
    gold: Annotated[Path, typer.Option(help="Gold folder to write; an existing review in it is continued.")],
    reviewer: Annotated[str | None, typer.Option(help="Your name, for the journal of decisions.")] = None,
    host: Annotated[str, typer.Option(help="Address to serve at; 0.0.0.0 for all of this machine.")] = "127.0.0.1",
    port: Port = 0,
    open_: Annotated[bool, typer.Option("--open/--no-open", help="Open the page in the browser.")] = True,
) -> None:
    """Correct records on a web page, the least confident first; every decision is saved as gold at once.

    Ctrl-C ends it. The folder can be used to train and evaluate as it is: see docs/review.md.

    Example: corridor review records.jsonl --gold mine/
    """
    from pipeline.review.page.app import page, serve
    from pipeline.review.page.store import Store

    def ready(address: str, elsewhere: str | None) -> None:
        if elsewhere:
            say(f"other machines reach it at {elsewhere}; keep the token secret: the connection is not encrypted")
        counts = ", ".join(f"{number} {state}" for state, number in store.counts().items())
        say(f"{counts}; review at {address} (Ctrl-C ends it)")
        if open_:
            webbrowser.open(address)

    store = Store(records, gold, say, reviewer)
    try:
        with interrupt_message(f"stopped; your review is saved in {gold}"):
            serve(store, page(), host, port, ready)
    finally:
        store.close()
