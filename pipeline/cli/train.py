"""The commands `corridor train ...`: one per learned stage, in the order in which they depend on each other."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from pipeline.cli.console import EXIT_CODES, exit_if
from pipeline.cli.options import grouped
from pipeline.errors import SetupError, number_of
from pipeline.settings import Profile, Settings, install

train = typer.Typer(help="Build the models in models/ from seeds and corpora.", no_args_is_help=True)

Gold = Annotated[list[Path], typer.Option(help="Folder with articles.jsonl and gold/ID.json; repeatable.")]
PartsFolder = Annotated[
    Path,
    typer.Option("--parts", help="Folder for models of each part, trained without it; later commands reuse it."),
]
Projects = Annotated[
    Path | None,
    typer.Option(help="Folder as for `train sectors`: coded projects to learn sectors and stages from."),
]
Base = Annotated[
    Path | None,
    typer.Option(
        help="models/base, all-MiniLM-L6-v2, or another base with BERT's word pieces.",
        show_default="the package that carries it",
    ),
]
More = Annotated[
    list[Path],
    typer.Option(help="Gold for all weights but those of mentions, actors and projects; adds minutes; repeatable."),
]
Held = Annotated[list[Path], typer.Option(help="Gold of articles that the pipeline has not learned from; repeatable.")]
Seed = Annotated[int, typer.Option(help="Seed of the random order of training.")]
Card = dict[str, Any]
Out = Annotated[
    Path,
    typer.Option(
        help="Directory of the trained pipeline to write, for `extract --model`; missing parts are copied from the one "
        "that comes with Corridor."
    ),
]
NEEDED = ("sklearn", "scipy", "torch", "transformers", "safetensors", "onnx")  # packages that only training needs


def task(name: str, completes: bool = True) -> Callable[[Callable[..., Any]], Callable[..., None]]:
    """Makes a function a command: it names a package that training lacks, and prints the card that is returned.

    `completes`: the option --out is the directory of a trained pipeline, which gets the files that it lacks.
    """

    def command(run: Callable[..., Any]) -> Callable[..., None]:
        flat = grouped(run)

        @wraps(flat)
        def task(**options: Any) -> None:
            try:
                with _trained(options["out"]) if completes else nullcontext():
                    card = flat(**options)
            except ModuleNotFoundError as error:
                if (error.name or "").partition(".")[0] not in NEEDED:
                    raise
                raise SetupError(f"this training needs {error.name}: {install('train')}") from error
            if card is not None:
                typer.echo(json.dumps(card, indent=2))

        return train.command(name, epilog=EXIT_CODES)(task)

    return command


@train.command("join", epilog=EXIT_CODES)
def train_join(
    labels: Annotated[Path, typer.Argument(help="Gold without texts: seeds/news/labels.jsonl.")],
    texts: Annotated[list[Path], typer.Argument(help="JSON lines with `id` and `text`: your copy of the articles.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Gold folder to write.")],
) -> None:
    """Join labels with your copy of their texts, which may not be published, into a gold folder.

    Example: corridor train join seeds/news/labels.jsonl news.jsonl -o outputs/news
    """
    from pipeline.gold.labels import join

    joined, known = join(labels, texts, out)
    typer.echo(f"{joined} of {number_of(known, 'article')}: {out}")
    exit_if(not joined)


@train.command("strip", epilog=EXIT_CODES)
def train_strip(
    gold: Annotated[Path, typer.Argument(help="Folder with articles.jsonl and gold/ID.json.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Labels to write.")],
) -> None:
    """Take the texts out of a gold folder: the labels may be published where the articles may not.

    Example: corridor train strip seeds/gold -o outputs/labels.jsonl
    """
    from pipeline.gold.labels import strip

    typer.echo(f"{number_of(strip(gold, out), 'article')}: {out}")


@task("sectors")
def train_sectors(
    data: Annotated[Path, typer.Option(help="Folder with aiddata_*.jsonl and worldbank_projects.jsonl.")],
    out: Out,
) -> Card:
    """Train the sector model; the same data give the same model, byte for byte.

    Example: corridor train sectors --data ../shared/data/sectors --out outputs/model
    """
    from pipeline.train.sectors import train_sectors as run

    return run(data, out / "sectors")


@task("encoder")
def train_encoder(
    gold: Gold,
    parts: PartsFolder,
    out: Out,
    projects: Projects = None,
    base: Base = None,
    seed: Seed = 0,
    workers: Annotated[int, typer.Option(help="Encoders to train at the same time.")] = 2,
) -> Card:
    """Fine-tune the encoder, once without each part and once on everything; minutes each.

    Example: corridor train encoder --gold seeds/gold --parts outputs/parts --base models/base --out outputs/model
    """
    from pipeline.train.encoder import train_encoder as run
    from pipeline.train.gold import open_parts

    return run(open_parts(gold, parts), out / "encoder", projects, base, seed, workers)


@task("entities")
def train_entities(
    gold: Gold,
    parts: PartsFolder,
    out: Out,
    unlabelled: Annotated[
        Path | None, typer.Option(help="JSON lines with `text`: a first recognizer labels them for the second.")
    ] = None,
    limit: Annotated[int, typer.Option(help="Number of unlabelled articles to read.")] = 2000,
    base: Annotated[Path | None, typer.Option(help="Folder with a recognizer (ner/) to start from.")] = None,
    seed: Seed = 0,
) -> Card:
    """Fine-tune the recognizer of mentions, once without each part and once on everything; minutes each.

    Example: corridor train entities --gold seeds/gold --parts outputs/parts --out outputs/model
    """
    from pipeline.train.entities import train_entities as run
    from pipeline.train.gold import open_parts

    return run(open_parts(gold, parts), out / "entities", unlabelled, limit, seed, base)


@task("weights")
def train_weights(gold: Gold, parts: PartsFolder, out: Out, more: More = []) -> None:  # noqa: B006
    """Fit all classifiers, and score each profile on held-out articles.

    Run `train encoder` (without it there is only the fast profile) and `train entities` before, with the same --gold
    and --parts. The same articles give the same weights, byte for byte.

    Example: corridor train weights --gold seeds/gold --parts outputs/parts --out outputs/model
    """
    _scores(gold, parts, more, out)


@task("scores", completes=False)
def train_scores(gold: Gold, parts: PartsFolder, more: More = []) -> None:  # noqa: B006
    """Score each profile on held-out articles: five parts, split by story. Writes no model.

    Example: corridor train scores --gold seeds/gold --parts outputs/parts
    """
    _scores(gold, parts, more, None)


@task("boilerplate")
def train_boilerplate(gold: Gold, out: Out) -> Card:
    """Fit the classifier of boilerplate, for both profiles; about a minute for 200 articles.

    Only gold that has `boilerplate` teaches, and the texts of a boilerplate.txt in its folder. The same articles give
    the same weights, bit for bit.

    Example: corridor train boilerplate --gold seeds/gold --out outputs/model
    """
    from pipeline.train.boilerplate import train_boilerplate as run

    return run(gold, out / "boilerplate")


@dataclass(frozen=True)
class Fit:
    """What is fitted over the installed pipeline: from the gold, with the held-out gold for thresholds."""

    gold: Gold
    out: Out
    held: Held
    profile: Annotated[Profile, typer.Option(help="The profile to fit.")] = "default"

    def card(self, name: str, more: Sequence[Path] = (), only: str | None = None) -> Card:
        """Fits into the folder of the profile; returns the card."""
        from pipeline.train.installed import train_late

        return train_late(name, self.profile, self.gold, self.held, self.out, more, only)


@task("flows")
def train_flows(
    fit: Fit,
    more: More = [],  # noqa: B006
    only: Annotated[
        str | None, typer.Option(help="Fit only the features of parties that begin so, over the installed weights.")
    ] = None,
) -> Card:
    """Fit the flows of money and the confidence of rows over the installed pipeline; some minutes.

    The held-out gold teaches how often a row is right, so nothing else may have learned from it. The same articles give
    the same weights, byte for byte.

    Example: corridor train flows --gold seeds/gold --held outputs/later --out outputs/model
    """
    return fit.card("flows", more, only)


@task("relations")
def train_relations(fit: Fit) -> Card:
    """Fit which mentions are related over the installed pipeline; some minutes for 1,000 texts.

    Candidates come from the gold, the threshold and how sure relations are from the held-out gold. The same articles
    give the same weights, byte for byte.

    Example: corridor train relations --gold seeds/gold --held outputs/later --out outputs/model
    """
    return fit.card("relations")


@task("acts")
def train_acts(fit: Fit) -> Card:
    """Fit which clauses are commitments, and which commitments state the same act, over the installed pipeline.

    The weights come from the gold, the thresholds from the held-out gold; what is a commitment and its status are
    learned on from the installed weights. It takes ten minutes for two thousand articles. The same articles give the
    same weights, byte for byte.

    Example: corridor train acts --gold seeds/gold --held outputs/later --out outputs/model
    """
    return fit.card("acts")


@train.command("answers", epilog=EXIT_CODES)
def train_answers(
    run: Annotated[Path, typer.Argument(help="Run folder that a language model has read.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Recording to write: JSON lines without any text.")],
) -> None:
    """Take the answers of a language model out of a run folder, by offsets and ids, to measure it and to learn from.

    Example: corridor train answers run/ -o outputs/answers.jsonl
    """
    from pipeline.run.second_reader import recording_of
    from pipeline.whole import whole_file

    count = 0
    with whole_file(str(out)) as file:
        for line in recording_of(run):
            file.write(json.dumps(line, sort_keys=True) + "\n")
            count += 1
    typer.echo(f"{number_of(count, 'answer')}: {out}")


@task("reader")
def train_reader(
    gold: Gold,
    records: Annotated[
        list[Path], typer.Option(help="Records of these articles as the small models made them; repeatable.")
    ],
    answers: Annotated[list[Path], typer.Option(help="Recording of `train answers`; repeatable.")],
    out: Out,
    profile: Annotated[Profile, typer.Option(help="The profile that made the records.")] = "default",
) -> Card:
    """Fit how far a language model is to be believed, and which articles it should read first; a minute.

    A model of another kind or size needs its own fit. Use gold of articles that the pipeline has not learned from.

    Example: corridor train reader --gold outputs/later --records r.jsonl --answers a.jsonl --out outputs/model
    """
    from pipeline.gold.curve import read_examples
    from pipeline.gold.folder import read_gold, read_records
    from pipeline.stages.models.sectors import FOLDER, read_model
    from pipeline.train.reader import train_second_reader as run

    golds = [article for folder in gold for article in read_gold(folder)]
    known = [record for path in records for record in read_records(path).values()]
    examples = read_examples(golds, known, answers, read_model(Settings().models / FOLDER))
    return run(examples, out / profile)


@task("ablation", completes=False)
def train_ablation(
    out: Out,
    gold: Annotated[list[Path], typer.Option(help="Gold to fit and score components on; repeatable.")] = [],  # noqa: B006
    parts: Annotated[Path | None, typer.Option(help="As for `train weights`, to leave out components.")] = None,
    more: More = [],  # noqa: B006
    held: Annotated[
        list[Path], typer.Option(help="Gold of articles that nothing learned from, to leave out rules; repeatable.")
    ] = [],  # noqa: B006
) -> None:
    """Measure what each component (--gold, --parts) or each rule (--held) of the default profile adds.

    Example: corridor train ablation --held outputs/held --out outputs/model
    """
    from pipeline.train.gold import open_parts
    from pipeline.train.tasks import component_scores, write_rule_gains

    if not held and not (gold and parts):
        raise SetupError("ablation needs --gold and --parts for components, or --held for rules")
    with _trained(out):
        if gold and parts:
            typer.echo(
                json.dumps(component_scores([*gold, *more], open_parts(gold, parts, more), out / "default"), indent=2)
            )
    if held:
        from pipeline.extract import load

        gains = write_rule_gains(load(out), held, out / "default")
        typer.echo(f"{number_of(len(gains), 'rule')} measured: {out / 'default' / 'rules.csv'}")


@contextmanager
def _trained(out: Path) -> Iterator[Path]:
    """The directory of a trained pipeline to write into; afterwards missing files are copied from the shipped one.

    Raises SetupError if it is the shipped one, which no command overwrites.
    """
    shipped = Settings().models
    if out.resolve().is_relative_to(shipped.resolve()):
        raise SetupError(f"{out}: is the pipeline that comes with Corridor; name another directory with --out")
    yield out
    for path in (
        path for path in shipped.rglob("*") if path.is_file() and "base" not in path.relative_to(shipped).parts
    ):
        target = out / path.relative_to(shipped)
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)


def _scores(gold: list[Path], parts: Path, more: list[Path], out: Path | None) -> None:
    from pipeline.gold.evaluate.report import table
    from pipeline.train.gold import open_parts
    from pipeline.train.tasks import train_profiles

    console = Console()
    for profile, tables in train_profiles([*gold, *more], open_parts(gold, parts, more), out).items():
        for name, scores in tables.items():
            console.print(f"[bold]{profile} profile, {name}[/bold]")
            console.print(table(scores))
