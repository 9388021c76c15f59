"""The command `corridor serve`: extraction, records and knowledge for other programs."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.console import interrupt_message, say
from pipeline.cli.options import Method, Port, grouped
from pipeline.errors import SetupError, number_of
from pipeline.settings import install


@grouped
def serve(
    *,
    records: Annotated[
        str | None, typer.Argument(help="Records to serve: a file, or a run folder.", show_default="none")
    ] = None,
    knowledge: Annotated[
        Path | None, typer.Option(help="Knowledge folder of `corridor resolve` to serve.", show_default="none")
    ] = None,
    old: Annotated[
        Path | None, typer.Option(help="Older knowledge folder: /changes compares with it.", show_default="none")
    ] = None,
    method: Method,
    host: Annotated[str, typer.Option(help="Address to serve at; any but this machine's own needs a token.")] = (
        "127.0.0.1"
    ),
    port: Port = 8000,
    token: Annotated[
        str | None, typer.Option(envvar="CORRIDOR_TOKEN", help="Token that requests must send.", show_default="none")
    ] = None,
    timeout: Annotated[float, typer.Option(min=1, help="Seconds that a request may wait, and may take.")] = 60.0,
    queue: Annotated[int, typer.Option(min=0, help="Requests that may wait; others get 503.")] = 16,
    mcp: Annotated[
        bool, typer.Option("--mcp", help="Serve tools for a language model on standard input and output instead.")
    ] = False,
) -> None:
    """Serve extraction, records and knowledge over HTTP, or with --mcp as tools of a language model.

    One article is read at a time, and nothing is written. Ctrl-C ends it. See docs/serve.md.

    Example: corridor serve records.jsonl --knowledge knowledge
    """
    try:
        if mcp:
            from pipeline.serve.mcp import serve_mcp
        from pipeline.serve.extraction import Extraction
        from pipeline.serve.known import known_of
        from pipeline.serve.records import Records
        from pipeline.serve.run import Options, Server
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if package not in ("fastapi", "mcp"):
            raise
        raise SetupError(f"`corridor serve` needs {package}: {install('serve')}") from error

    if mcp and records:
        raise SetupError(f"{records}: --mcp serves no records; name a folder with --knowledge")
    extraction = Extraction(method.settings(), timeout, queue)
    if mcp:
        serve_mcp(extraction, known_of(knowledge, old))
        return

    def ready(address: str, elsewhere: str | None) -> None:
        if elsewhere:
            say(f"other machines reach it at {elsewhere}; keep the token secret: the connection is not encrypted")
        counts = [number_of(len(served), "record")] if served else []
        counts += [number_of(count, name[:-1]) for name, count in (known.counts().items() if known else ())]
        say(f"{', '.join([*counts, 'extraction'])} at {address} (Ctrl-C ends it); try {address}/health")

    server = Server(Options(host, port, token))
    with interrupt_message("stopped"), closing(extraction):
        extraction.start()  # it loads its models while the rest is read
        known, served = known_of(knowledge, old), Records(records, say) if records else None
        server.run(extraction, method.profile, served, known, ready)
