"""Options that several commands have. A command that names a dataclass as a parameter has its fields as options."""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import MISSING, dataclass, field, fields, is_dataclass, replace
from datetime import date
from functools import wraps
from inspect import Parameter, Signature, signature
from pathlib import Path
from typing import Annotated, Any, Literal, get_type_hints

from typer import Argument, CallbackParam, Context, Option

from pipeline import __version__
from pipeline.cli.console import refuse, say
from pipeline.errors import SetupError, number_of
from pipeline.llm import alone
from pipeline.llm.ask import Asker
from pipeline.llm.checks import belief_in
from pipeline.llm.endpoint import NAME, Cache, Endpoint, require_client
from pipeline.llm.fuse import read_fusion
from pipeline.llm.ledger import Budget, Plan, Prices, budget_of, prices_of
from pipeline.llm.prompt import Request, version
from pipeline.llm.read import Reader
from pipeline.seeds import activate
from pipeline.settings import Profile, Settings, trained

AGENT = f"corridor/{__version__} (+reads news articles; one request at a time)"
KEPT = "these articles keep the record of the small models, in other languages their sentences alone"
WITH_MODEL = ("llm", "both")  # extractors that ask a language model
ENDPOINT = "a language model: --llm-url and --llm-model"
SHOWN = 10  # reasons for answers that were set aside


def is_day(text: str) -> bool:
    """Whether a text has the form of a day, such as 2025-06-01."""
    return bool(re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text))


def day(option: CallbackParam, text: str | None) -> str | None:
    """The value of an option, which must be a day of the calendar. Raises SetupError."""
    try:
        if text is None or (is_day(text) and date.fromisoformat(text)):
            return text
    except ValueError:
        pass
    raise SetupError(f"{option.opts[0]} {text}: not a full date such as 2025-06-01")


def day_or_folder(option: CallbackParam, text: str | None) -> str | None:
    """The value of an option; where it has the form of a day it must be one. Raises SetupError."""
    return day(option, text) if text and is_day(text) else text


Records = Annotated[str, Argument(help="What `corridor extract` wrote: a file, a run folder, or - for standard input.")]
GoldFolder = Annotated[Path, Option("--out", "-o", help="Gold folder; other articles in it are kept.")]
ProfileName = Annotated[
    Profile, Option(help="default: most accurate; fast: without the encoder, at about twice the speed.")
]
ExtractorName = Annotated[
    str | None,
    Option(
        help="small: offline, English; llm: a language model alone, any language; both: small and llm in English, "
        "else llm; or the name of one that another package has installed.",
        show_default="both with --llm-url and --llm-model, else small",
    ),
]
Delay = Annotated[float, Option(min=0, max=3600, help="Seconds between two requests to one host.")]
Agent = Annotated[str, Option(help="How Corridor names itself; add how to reach you.")]
Port = Annotated[int, Option(min=0, max=65535, help="Port to serve at, 0 for any that is free.")]
Today = Annotated[
    str | None,
    Option(
        callback=day,
        help="Day on which commitments may be overdue, in a report also silent.",
        show_default="day of the latest article",
    ),
]


def extractor_for(context: Context, name: str | None, asked: bool = False) -> str:
    """The extractor that is named, else `both` with an endpoint; the environment alone asks no language model."""
    sources = [context.get_parameter_source(option) for option in ("llm_url", "llm_model")]
    given = all(source is not None and source.name == "COMMANDLINE" for source in sources)
    return name or ("both" if asked or given else "small")


def grouped[R](command: Callable[..., R]) -> Callable[..., R]:
    """The command with the fields of each parameter that is a dataclass in its place, for typer to read."""
    hints = get_type_hints(command, include_extras=True)
    defaults = {name: parameter.default for name, parameter in signature(command).parameters.items()}
    parameters = [parameter for name in defaults for parameter in _parameters(name, hints[name], defaults[name])]

    @wraps(command)
    def run(**given: Any) -> R:
        return command(**{name: _made(name, hints[name], given) for name in defaults})

    run.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return run


def _parameters(name: str, kind: Any, default: Any) -> Iterator[Parameter]:
    """The parameter itself, or one for each field of a dataclass."""
    if not is_dataclass(kind):
        yield Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=kind)
        return
    hints = get_type_hints(kind, include_extras=True)
    for part in fields(kind):
        default = part.default if part.default_factory is MISSING else part.default_factory()
        yield from _parameters(part.name, hints[part.name], Parameter.empty if default is MISSING else default)


def _made(name: str, kind: Any, given: dict[str, Any]) -> Any:
    """What was given for a parameter; a dataclass of what was given for its fields."""
    if not is_dataclass(kind):
        return given[name]
    hints = get_type_hints(kind, include_extras=True)
    return kind(**{part.name: _made(part.name, hints[part.name], given) for part in fields(kind)})  # type: ignore[operator]


@dataclass(frozen=True)
class Method:
    """The method by which articles are read."""

    profile: ProfileName = "default"
    model: Annotated[
        Path | None, Option(help="Directory of a trained pipeline.", show_default="the one that comes with Corridor")
    ] = None
    seeds: Annotated[
        list[Path], Option(help="Folder with your own names and words beside those of seeds/; repeatable.")
    ] = field(default_factory=list)
    extractor: ExtractorName = None

    def settings(self, extractor: str | None = None) -> Settings:
        """The settings that the options name, with another extractor where one is given.

        Raises SetupError if `model` is no trained pipeline, a row of the user's own seeds is wrong, or no extractor has
        that name.
        """
        from pipeline.extract import SMALL, extractor_of  # it loads spaCy

        activate(tuple(self.seeds))
        folders = tuple(folder.absolute() for folder in self.seeds)
        name = extractor or self.extractor or SMALL
        settings = Settings(profile=self.profile, own_seeds=folders, extractor=name)
        settings = settings if self.model is None else replace(settings, models=trained(self.model).absolute())
        extractor_of(settings)
        return settings


@dataclass(frozen=True)
class LanguageModel:
    """A language model behind an OpenAI-compatible endpoint."""

    llm_url: Annotated[
        str | None, Option(envvar="CORRIDOR_LLM_URL", help="Address of an OpenAI-compatible endpoint, with its /v1.")
    ] = None
    llm_model: Annotated[
        str | None, Option(envvar="CORRIDOR_LLM_MODEL", help="Name of the language model at the endpoint.")
    ] = None
    llm_prices: Annotated[
        Prices | None,
        Option(
            parser=prices_of, metavar="IN,OUT", help="Prices of a million tokens read and written, to show the cost."
        ),
    ] = None
    llm_concurrency: Annotated[int, Option(min=1, help="Requests at once.")] = 4
    llm_timeout: Annotated[float, Option(min=1, help="Seconds for a whole answer; then the request is repeated.")] = (
        120.0
    )
    llm_max_tokens: Annotated[
        int, Option(min=100, help="Tokens of one answer; a longer one is cut and asked again.")
    ] = 8_000

    def require(self, settings: Settings) -> None:
        """Raises SetupError where something is missing or wrong, before anything is read."""
        self.require_client()
        read_fusion(settings.measured(settings.profile))

    def require_client(self) -> None:
        """Raises SetupError where the endpoint has no address, or its client is not installed."""
        _ = self.endpoint
        require_client()

    @property
    def endpoint(self) -> Endpoint:
        if not self.llm_url or not self.llm_model:
            raise SetupError("a language model needs --llm-url, such as http://localhost:8080/v1, and --llm-model")
        more = {"concurrency": self.llm_concurrency, "max_tokens": self.llm_max_tokens}
        return Endpoint(self.llm_url, self.llm_model, timeout=self.llm_timeout, **more)


@dataclass(frozen=True)
class SecondReader(LanguageModel):
    """A language model that reads articles: what it may be asked, and how far it is believed."""

    llm_budget: Annotated[
        Budget | None,
        Option(
            parser=budget_of,
            metavar="N CALLS|TOKENS",
            help="Read the articles that gain most, such as '200 calls', '2M tokens'.",
        ),
    ] = None
    llm_cache: Annotated[
        Path | None, Option(help="File of answers, none of which is asked for twice.", show_default="in a run folder")
    ] = None
    llm_trust: Annotated[
        Literal["checked", "all"],
        Option(envvar="CORRIDOR_LLM_TRUST", help="checked: as far as `corridor llm check` found; all: fully."),
    ] = "checked"
    llm_pack: Annotated[int, Option(min=1, max=8, help="Short articles in one call, which makes calls cheaper.")] = 1
    llm_batch: Annotated[
        Literal["wait", "return", "files"] | None,
        Option(
            help="In batches, at half the price: wait for them; return, to collect with --resume; or only write files."
        ),
    ] = None
    dry_run: Annotated[
        bool, Option("--dry-run", help="Ask no language model; say how many calls and tokens it would take.")
    ] = False

    @property
    def made(self) -> dict[str, Any]:
        """What of it decides a record."""
        return {**self.endpoint.made, "prompt": version(), "alone": alone.version()}

    @contextmanager
    def open(self, settings: Settings, folder: str | None = None, rounds: bool = False) -> Iterator[Reader]:
        """The reader, with its cache in a run folder if there is one. `rounds`: see `Asker`."""
        path, endpoint = self.llm_cache or (Path(folder) / NAME if folder else None), self.endpoint
        believed, words = belief_in(endpoint) if self.llm_trust == "checked" else (True, "")
        if not believed:
            alone = "; what it reads alone is taken all the same" if settings.extractor in WITH_MODEL else ""
            say(f"{endpoint.model} {words}{alone}")
        more = self.llm_budget or Budget(), believed, self.llm_pack, rounds
        with Cache(path) as cache, Reader(endpoint, settings, cache, *more) as reader:
            yield reader

    def batches(self, reader: Reader, folder: Path) -> Callable[[Callable[[], Iterable[Request]]], bool]:
        """What fills the cache of a reader in batches."""
        from pipeline.llm.batch import Batches  # of the extra `llm`

        assert self.llm_batch
        return Batches(reader, folder, self.llm_batch, say).fill

    @contextmanager
    def asker(self, folder: Path) -> Iterator[Asker]:
        """What asks about anything, with its cache in a folder."""
        with (
            Cache(self.llm_cache or folder / NAME) as cache,
            Asker(self.endpoint, cache, self.llm_budget or Budget()) as asker,
        ):
            yield asker

    def refuse_alone(self, needed: str) -> None:
        """Raises SetupError for options of a language model that is not asked. `needed`: what lets it be asked."""
        for name in ("llm_budget", "llm_prices", "llm_cache", "llm_batch", "dry_run"):
            refuse((getattr(self, name), f"--{name.replace('_', '-')} needs {needed}"))

    @property
    def shown(self) -> Callable[[Plan], None] | None:
        """In a dry run, what prints the plan in place of carrying it out."""
        prices = self.llm_prices.of_batches if self.llm_prices and self.llm_batch else self.llm_prices
        return (lambda plan: say(plan.text(prices))) if self.dry_run else None

    def summarize(self, reader: Asker, quiet: bool, kept: str = KEPT) -> bool:
        """Prints what was done; whether all was done that was wanted. `kept`: said of what has no answer."""
        if self.dry_run:
            return True
        ledger = reader.ledger
        if not quiet:
            say(ledger.text(self.llm_prices))
        for reason, count in ledger.set_aside.most_common(SHOWN):
            say(f"{reason}: {number_of(count, 'time')}; {kept}")
        if ledger.stopped:
            say(f"the language model was not asked any more: {ledger.stopped}; {kept}")
            say("check --llm-url, --llm-model, --llm-timeout and the key, and run again, a run folder with --resume")
        nothing = ledger.unread and not (ledger.calls or ledger.cached)
        return not (ledger.stopped or ledger.failed or nothing)
