"""The options of the second reader, a language model behind an OpenAI-compatible endpoint."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.cli.console import say
from pipeline.errors import SetupError, number_of
from pipeline.settings import Settings

if TYPE_CHECKING:
    from pipeline.llm.endpoint import Endpoint
    from pipeline.llm.ledger import Budget, Plan, Prices
    from pipeline.llm.read import Reader

SHOWN = 10  # reasons for answers that were set aside


@dataclass(frozen=True)
class Options:
    """The endpoint, and what it may be asked."""

    llm_url: Annotated[
        str | None,
        typer.Option(envvar="CORRIDOR_LLM_URL", help="Address of an OpenAI-compatible endpoint, with its /v1."),
    ] = None
    llm_model: Annotated[
        str | None, typer.Option(envvar="CORRIDOR_LLM_MODEL", help="Name of the language model at the endpoint.")
    ] = None
    llm_budget: Annotated[
        str | None,
        typer.Option(
            metavar="N CALLS|TOKENS", help="Read the articles that gain most, such as '200 calls', '2M tokens'."
        ),
    ] = None
    llm_prices: Annotated[
        str | None,
        typer.Option(metavar="IN,OUT", help="Prices of a million tokens read and written, to show the cost."),
    ] = None
    llm_concurrency: Annotated[int, typer.Option(min=1, help="Requests at once.")] = 4
    llm_timeout: Annotated[
        float, typer.Option(min=1, help="Seconds for a whole answer; then the request is repeated.")
    ] = 120.0
    llm_max_tokens: Annotated[
        int, typer.Option(min=100, help="Tokens of one answer; a longer one is cut and asked again.")
    ] = 8_000
    llm_cache: Annotated[
        Path | None,
        typer.Option(help="File of answers, none of which is asked for twice.", show_default="in a run folder"),
    ] = None
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="With --reader: call nothing; say how many calls and tokens it would take."),
    ] = False

    def reader_if(self, wanted: str | None) -> SecondReader | None:
        """The second reader, if one is wanted. Raises SetupError where its options are given and it is not."""
        for name in () if wanted else ("llm_budget", "llm_prices", "llm_cache", "dry_run"):
            if getattr(self, name):
                raise SetupError(f"--{name.replace('_', '-')} needs --reader llm")
        return self.reader() if wanted else None

    def reader(self) -> SecondReader:
        """The second reader that the options name. Raises SetupError where something is missing."""
        if not self.llm_url or not self.llm_model:
            raise SetupError("a language model needs --llm-url, such as http://localhost:8080/v1, and --llm-model")
        from pipeline.llm.endpoint import Endpoint, require_client
        from pipeline.llm.ledger import Budget, budget_of, prices_of

        require_client()
        budget = budget_of(self.llm_budget) if self.llm_budget else Budget()
        endpoint = Endpoint(
            self.llm_url,
            self.llm_model,
            timeout=self.llm_timeout,
            concurrency=self.llm_concurrency,
            max_tokens=self.llm_max_tokens,
        )
        return SecondReader(self, endpoint, budget, prices_of(self.llm_prices) if self.llm_prices else None)


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
    def open(self, settings: Settings, folder: str | None = None) -> Iterator[Reader]:
        """The reader, with its cache in a run folder if there is one."""
        from pipeline.llm.endpoint import NAME, Cache
        from pipeline.llm.read import Reader

        path = self.options.llm_cache or (Path(folder) / NAME if folder else None)
        with ExitStack() as stack:
            cache = stack.enter_context(Cache(path))
            yield stack.enter_context(Reader(self.endpoint, settings, cache, self.budget))

    def report(self, plan: Plan) -> bool:
        """Prints a plan in a dry run; whether it is carried out."""
        if self.options.dry_run:
            say(plan.text(self.prices))
        return not self.options.dry_run

    def summarize(self, reader: Reader, quiet: bool) -> bool:
        """Prints what was done; whether all was done that was wanted."""
        if self.options.dry_run:
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
