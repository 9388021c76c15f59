"""The commands `corridor llm`: what a language model is worth."""

from typing import Annotated, Literal

import typer
from rich.console import Console
from rich.table import Table

from pipeline.cli.console import EXIT_CODES, Commands, Ticker, exit_if
from pipeline.cli.options import LanguageModel, grouped
from pipeline.llm.checks import Check, keep
from pipeline.record import Record
from pipeline.settings import Settings

llm = typer.Typer(cls=Commands, no_args_is_help=True, help="Try a language model before its word counts.")
_THOUSAND = 1000  # articles of which the price is shown


@llm.callback()
def _llm() -> None:
    """Try a language model before its word counts."""


@llm.command("check", epilog=EXIT_CODES)
@grouped
def check_model(
    model: LanguageModel,
    to: Annotated[Literal["text", "json"], typer.Option("--format", help="Form of the result.")] = "text",
) -> None:
    """Let a language model read twelve articles with gold, and keep how far it is to be believed in later runs.

    Example: corridor llm check --llm-url http://localhost:8080/v1 --llm-model NAME
    """
    from pipeline.extract import extract_stream, load
    from pipeline.gold.folder import read_gold
    from pipeline.gold.trial import TWELVE, check

    settings = Settings()
    model.require(settings)
    golds = [gold for gold in read_gold(settings.seeds / "regions") if gold.article.id in TWELVE]
    articles = [gold.article for gold in golds]
    alone = [record for record in extract_stream(articles, load()) if isinstance(record, Record)]
    with Ticker(quiet=False, total=len(golds)) as ticker:
        made = check(model.endpoint, golds, alone, lambda done: ticker.show(done, "read", f"{done} read"))
    if not made.stopped:
        keep(made)
    if to == "json":
        typer.echo(made.model_dump_json(indent=2))
    else:
        _print(made, model)
    exit_if(made.stopped is not None)


def _print(made: Check, model: LanguageModel) -> None:
    table = Table("F1", "alone", "with the model", "95 % interval", title=f"{made.model}, {made.articles} articles")
    for name, row in made.rows.items():
        table.add_row(name, f"{row.alone:.3f}", f"{row.read:.3f}", f"{row.low:.3f} to {row.high:.3f}")
    Console().print(table)
    of = made.articles
    took = f"{made.seconds / of:.1f} seconds, {made.tokens_in / of:,.0f} tokens read and {made.tokens_out / of:,.0f}"
    bad = f"{made.set_aside / of:.0%} of answers set aside, {made.copied / of:.0%} copy the example"
    typer.echo(f"{took} written an article; {bad}")
    if model.llm_prices:
        cost = model.llm_prices.cost(made.tokens_in, made.tokens_out) / of * _THOUSAND
        typer.echo(f"{_THOUSAND:,} such articles cost about {cost:,.2f}")
    typer.echo(f"{made.model}: {made.verdict}")
