"""The options of the second reader, a language model behind an OpenAI-compatible endpoint."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from pipeline.cli.console import say
from pipeline.errors import SetupError, number_of
from pipeline.settings import Settings

if TYPE_CHECKING:
    from pipeline.llm.cache import Cache
    from pipeline.llm.endpoint import Endpoint
    from pipeline.llm.ledger import Budget, Plan, Prices
    from pipeline.llm.read import Reader

Choice = Annotated[
    Literal["llm"] | None,
    typer.Option("--reader", help="llm: a language model reads each article a second time; needs the extra `llm`."),
]
Url = Annotated[
    str | None,
    typer.Option(envvar="CORRIDOR_LLM_URL", help="Address of an OpenAI-compatible endpoint, with its /v1."),
]
Model = Annotated[
    str | None, typer.Option(envvar="CORRIDOR_LLM_MODEL", help="Name of the language model at the endpoint.")
]
BudgetText = Annotated[
    str | None,
    typer.Option(metavar="N CALLS|TOKENS", help="Read the articles that gain most, such as '200 calls', '2M tokens'."),
]
PricesText = Annotated[
    str | None, typer.Option(metavar="IN,OUT", help="Prices of a million tokens read and written, to show the cost.")
]
Concurrency = Annotated[int, typer.Option(min=1, help="Requests at once.")]
Timeout = Annotated[float, typer.Option(min=1, help="Seconds for a whole answer; then the request is repeated.")]
MaxTokens = Annotated[int, typer.Option(min=100, help="Tokens of one answer; a longer one is cut and asked again.")]
CacheFile = Annotated[
    Path | None, typer.Option(help="File of answers, none of which is asked for twice.", show_default="in a run folder")
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="With --reader: call nothing; say how many calls and tokens it would take.")
]
SHOWN = 10  # reasons for answers that were set aside


@dataclass(frozen=True)
class Options:
    """What was given on the command line."""

    reader: str | None
    url: str | None
    model: str | None
    budget: str | None = None
    prices: str | None = None
    concurrency: int = 4
    timeout: float = 120.0
    max_tokens: int = 8_000
    cache: Path | None = None
    dry: bool = False


@dataclass
class SecondReader:
    """A second reader with its endpoint; `open` gives it a cache."""

    options: Options
    endpoint: Endpoint
    budget: Budget
    prices: Prices | None

    @property
    def made(self) -> dict[str, Any]:
        """What of it decides a record."""
        from pipeline.llm.prompt import version

        return {**self.endpoint.made, "prompt": version()}

    def require(self, settings: Settings) -> None:
        """Raises SetupError if the pipeline lacks what a second reader needs, before anything is read."""
        from pipeline.llm.fuse import read_fusion

        read_fusion(settings.measured(settings.profile))

    @contextmanager
    def open(self, settings: Settings, folder: str | None = None) -> Iterator[tuple[Reader, Cache]]:
        """The reader and its cache, in a run folder if there is one."""
        from pipeline.llm.cache import NAME, Cache
        from pipeline.llm.read import Reader

        path = self.options.cache or (Path(folder) / NAME if folder else None)
        with ExitStack() as stack:
            cache = stack.enter_context(Cache(path))
            yield stack.enter_context(Reader(self.endpoint, settings, cache, self.budget)), cache

    def report(self, plan: Plan) -> bool:
        """Prints a plan in a dry run; whether it is carried out."""
        if self.options.dry:
            say(plan.text(self.prices))
        return not self.options.dry

    def summarize(self, reader: Reader, quiet: bool) -> bool:
        """Prints what was done; whether all was done that was wanted."""
        if self.options.dry:
            return True
        ledger = reader.ledger
        if not quiet:
            say(ledger.text(self.prices))
        for reason, count in ledger.set_aside.most_common(SHOWN):
            say(f"{reason}: {number_of(count, 'time')}; these articles keep the record of the small models")
        if ledger.stopped:
            say(f"the language model was not asked any more: {ledger.stopped}; what it has not read keeps its record")
            say("check --llm-url, --llm-model, --llm-timeout and the key, and run again, a run folder with --resume")
        nothing = ledger.unread and not (ledger.calls or ledger.cached)
        return not (ledger.stopped or ledger.failed or nothing)


def second_reader(options: Options) -> SecondReader | None:
    """The second reader that the options name, if any. Raises SetupError where they do not fit together."""
    if options.reader is None:
        unused = {
            "--llm-budget": options.budget,
            "--llm-prices": options.prices,
            "--llm-cache": options.cache,
            "--dry-run": options.dry,
        }
        for name, value in unused.items():
            if value:
                raise SetupError(f"{name} needs --reader llm")
        return None
    return required(options)


def required(options: Options) -> SecondReader:
    """The second reader that the options name. Raises SetupError where something is missing."""
    if not options.url or not options.model:
        raise SetupError("a language model needs --llm-url, such as http://localhost:8080/v1, and --llm-model")
    from pipeline.llm.endpoint import Endpoint, require_client
    from pipeline.llm.ledger import Budget, budget_of, prices_of

    require_client()
    budget = budget_of(options.budget) if options.budget else Budget()
    endpoint = Endpoint(
        options.url,
        options.model,
        timeout=options.timeout,
        concurrency=options.concurrency,
        max_tokens=options.max_tokens,
    )
    return SecondReader(options, endpoint, budget, prices_of(options.prices) if options.prices else None)
