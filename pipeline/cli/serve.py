"""The commands `corridor review` and `corridor serve`: a page to correct records, and records for other programs."""

import webbrowser
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Annotated

from typer import Argument, Context, Option

from pipeline.cli.console import on_interrupt, packages_of, refuse, say
from pipeline.cli.options import ENDPOINT, WITH_MODEL, Method, Port, SecondReader, extractor_for, grouped
from pipeline.errors import number_of
from pipeline.review.page import app as pages
from pipeline.review.page.store import Store


def review(
    records: Annotated[str, Argument(help="What `corridor extract` wrote: a file or a run folder.")],
    gold: Annotated[Path, Option(help="Gold folder to write; an existing review in it is continued.")],
    reviewer: Annotated[str | None, Option(help="Your name, for the journal of decisions.")] = None,
    accept_at: Annotated[float | None, Option(help="row_confidence from which rows are accepted by agreement.")] = None,
    host: Annotated[str, Option(help="Address to serve at; 0.0.0.0 for all of this machine.")] = "127.0.0.1",
    port: Port = 0,
    open_: Annotated[bool, Option("--open/--no-open", help="Open the page in the browser.")] = True,
) -> None:
    """Correct records on a web page, the least confident first; every decision is saved as gold at once.

    Ctrl-C ends it. The folder can be used to train and evaluate as it is: see docs/review.md.

    Example: corridor review records.jsonl --gold mine/
    """

    def ready(address: str, elsewhere: str | None) -> None:
        _say_elsewhere(elsewhere)
        counts = ", ".join(f"{number} {state}" for state, number in store.counts().items())
        say(f"{counts}; review at {address} (Ctrl-C ends it)")
        if open_:
            webbrowser.open(address)

    wrong = accept_at is not None and not 0 <= accept_at <= 1
    refuse((wrong, f"--accept-at {accept_at}: is compared with row_confidence; name a number from 0 to 1, such as .9"))
    store = Store(records, gold, say, reviewer, accept_at)
    with closing(store), on_interrupt(f"stopped; your review is saved in {gold}"):
        pages.serve(store, host, port, ready)


@grouped
def serve(
    context: Context,
    *,
    records: Annotated[
        str | None, Argument(help="Records to serve: a file, or a run folder.", show_default="none")
    ] = None,
    knowledge: Annotated[
        Path | None, Option(help="Knowledge folder of `corridor resolve` to serve.", show_default="none")
    ] = None,
    old: Annotated[
        Path | None, Option(help="Older knowledge folder: /changes compares with it.", show_default="none")
    ] = None,
    method: Method,
    second: SecondReader,
    host: Annotated[str, Option(help="Address to serve at; any but this machine's own needs a token.")] = ("127.0.0.1"),
    port: Port = 8000,
    token: Annotated[
        str | None, Option(envvar="CORRIDOR_TOKEN", help="Token that requests must send.", show_default="none")
    ] = None,
    timeout: Annotated[float, Option(min=1, help="Seconds that a request may wait, and may take.")] = 60.0,
    queue: Annotated[int, Option(min=0, help="Requests that may wait; others get 503.")] = 16,
    mcp: Annotated[
        bool, Option("--mcp", help="Serve tools for a language model on standard input and output instead.")
    ] = False,
) -> None:
    """Serve extraction, records and knowledge over HTTP, or with --mcp as tools of a language model.

    One article is read at a time, and nothing is written. Ctrl-C ends it. See docs/serve.md.

    Example: corridor serve records.jsonl --knowledge knowledge
    """
    with packages_of("serve", "`corridor serve`", "fastapi", "mcp"):
        if mcp:
            from pipeline.serve.mcp import serve_mcp
        from pipeline.serve.extraction import Extraction
        from pipeline.serve.known import Known
        from pipeline.serve.records import Records
        from pipeline.serve.run import Server

    refuse(
        (mcp and records, f"{records}: --mcp serves no records; name a folder with --knowledge"),
        (old and not knowledge, "--old is compared with --knowledge; name both"),
    )
    name = extractor_for(context, method.extractor)
    settings, asks = method.settings(name), name in WITH_MODEL
    late = second.dry_run or second.llm_batch
    refuse((asks and late, "a server reads at once: leave --dry-run and --llm-batch out"))
    second.require(settings) if asks else second.refuse_alone(ENDPOINT)
    opened = partial(second.open, settings, rounds=True) if asks else None
    extraction = Extraction(settings, timeout, queue, opened)
    if mcp:
        serve_mcp(extraction, Known(knowledge, old) if knowledge else None)
        return

    def ready(address: str, elsewhere: str | None) -> None:
        _say_elsewhere(elsewhere)
        counts = ({"records": len(served)} if served else {}) | (known.counts() if known else {})
        counted = [number_of(count, name[:-1]) for name, count in counts.items()]
        say(f"{', '.join([*counted, 'extraction'])} at {address} (Ctrl-C ends it); try {address}/health")

    server = Server(host, port, token)
    with on_interrupt("stopped"), closing(extraction):
        extraction.start()  # it loads its models while the rest is read
        known = Known(knowledge, old) if knowledge else None
        served = Records(records, say) if records else None
        server.run(extraction, method.profile, served, known, ready)


def _say_elsewhere(address: str | None) -> None:
    if address:
        say(f"other machines reach it at {address}; keep the token secret: the connection is not encrypted")
