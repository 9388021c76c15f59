"""The commands `corridor train ...`: one per learned stage, in the order in which they depend on each other."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from pipeline.cli.console import EXIT_CODES, exit_if
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
Out = Annotated[
    Path,
    typer.Option(
        help="Directory of the trained pipeline to write, for `extract --model`; missing parts are copied from the one "
        "that comes with Corridor."
    ),
]
NEEDED = ("sklearn", "scipy", "torch", "transformers", "safetensors", "onnx")  # packages that only training needs


@contextmanager
def training() -> Iterator[None]:
    """For imports of training code. Raises SetupError with what to install if a package is missing."""
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in NEEDED:
            raise
        raise SetupError(f"this training needs {error.name}: {install('train')}") from error


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


@train.command("sectors", epilog=EXIT_CODES)
def train_sectors(
    data: Annotated[Path, typer.Option(help="Folder with aiddata_*.jsonl and worldbank_projects.jsonl.")],
    out: Out,
) -> None:
    """Train the sector model; the same data give the same model, byte for byte.

    Example: corridor train sectors --data ../shared/data/sectors --out outputs/model
    """
    with training():
        from pipeline.train.sectors import train_sectors as run
    with _trained(out):
        _print(run(data, out / "sectors"))


@train.command("encoder", epilog=EXIT_CODES)
def train_encoder(
    gold: Gold,
    parts: PartsFolder,
    out: Out,
    projects: Projects = None,
    base: Base = None,
    seed: Seed = 0,
    workers: Annotated[int, typer.Option(help="Encoders to train at the same time.")] = 2,
) -> None:
    """Fine-tune the encoder, once without each part and once on everything; minutes each.

    Example: corridor train encoder --gold seeds/gold --parts outputs/parts --base models/base --out outputs/model
    """
    with training():
        from pipeline.train.encoder.train import train_encoder as run
        from pipeline.train.parts import open_parts
    with _trained(out):
        _print(run(open_parts(gold, parts), out / "encoder", projects, base, seed, workers))


@train.command("entities", epilog=EXIT_CODES)
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
) -> None:
    """Fine-tune the recognizer of mentions, once without each part and once on everything; minutes each.

    Example: corridor train entities --gold seeds/gold --parts outputs/parts --out outputs/model
    """
    with training():
        from pipeline.train.entities import train_entities as run
        from pipeline.train.parts import open_parts
    with _trained(out):
        _print(run(open_parts(gold, parts), out / "entities", unlabelled, limit, seed, base))


@train.command("weights", epilog=EXIT_CODES)
def train_weights(gold: Gold, parts: PartsFolder, out: Out, more: More = []) -> None:  # noqa: B006
    """Fit all classifiers, and score each profile on held-out articles.

    Run `train encoder` (without it there is only the fast profile) and `train entities` before, with the same --gold
    and --parts. The same articles give the same weights, byte for byte.

    Example: corridor train weights --gold seeds/gold --parts outputs/parts --out outputs/model
    """
    with _trained(out):
        _scores(gold, parts, more, out)


@train.command("scores", epilog=EXIT_CODES)
def train_scores(gold: Gold, parts: PartsFolder, more: More = []) -> None:  # noqa: B006
    """Score each profile on held-out articles: five parts, split by story. Writes no model.

    Example: corridor train scores --gold seeds/gold --parts outputs/parts
    """
    _scores(gold, parts, more, None)


@train.command("boilerplate", epilog=EXIT_CODES)
def train_boilerplate(gold: Gold, out: Out) -> None:
    """Fit the classifier of boilerplate, for both profiles; about a minute for 200 articles.

    Only gold that has `boilerplate` teaches, and the texts of a boilerplate.txt in its folder. The same articles give
    the same weights, bit for bit.

    Example: corridor train boilerplate --gold seeds/gold --out outputs/model
    """
    with training():
        from pipeline.train.boilerplate import train_boilerplate as run
    with _trained(out):
        _print(run(gold, out / "boilerplate"))


def _fit(
    name: str,
    profile: Profile,
    gold: list[Path],
    held: list[Path],
    out: Path,
    more: Sequence[Path] = (),
    only: str | None = None,
) -> None:
    """Fits something over the installed pipeline into the folder of a profile, and prints its card."""
    with training():
        from pipeline.train.installed import train_late
    with _trained(out):
        _print(train_late(name, profile, gold, held, out, more, only))


@train.command("flows", epilog=EXIT_CODES)
def train_flows(
    gold: Gold,
    out: Out,
    held: Held,
    more: More = [],  # noqa: B006
    profile: Annotated[Profile, typer.Option(help="The profile whose flows are fitted.")] = "default",
    only: Annotated[
        str | None,
        typer.Option(help="Fit only the features of parties that begin so, over the installed weights."),
    ] = None,
) -> None:
    """Fit the flows of money and the confidence of rows over the installed pipeline; some minutes.

    The held-out gold teaches how often a row is right, so nothing else may have learned from it. The same articles give
    the same weights, byte for byte.

    Example: corridor train flows --gold seeds/gold --held outputs/later --out outputs/model
    """
    _fit("flows", profile, gold, held, out, more, only)


@train.command("relations", epilog=EXIT_CODES)
def train_relations(
    gold: Gold,
    out: Out,
    held: Held,
    profile: Annotated[Profile, typer.Option(help="The profile whose relations are fitted.")] = "default",
) -> None:
    """Fit which mentions are related over the installed pipeline; some minutes for 1,000 texts.

    Candidates come from the gold, the threshold and how sure relations are from the held-out gold. The same articles
    give the same weights, byte for byte.

    Example: corridor train relations --gold seeds/gold --held outputs/later --out outputs/model
    """
    _fit("relations", profile, gold, held, out)


@train.command("acts", epilog=EXIT_CODES)
def train_acts(
    gold: Gold,
    out: Out,
    held: Held,
    profile: Annotated[Profile, typer.Option(help="The profile to fit.")] = "default",
) -> None:
    """Fit which clauses are commitments, and which commitments state the same act, over the installed pipeline.

    The weights come from the gold, the thresholds from the held-out gold; what is a commitment and its status are
    learned on from the installed weights. It takes ten minutes for two thousand articles. The same articles give the
    same weights, byte for byte.

    Example: corridor train acts --gold seeds/gold --held outputs/later --out outputs/model
    """
    _fit("acts", profile, gold, held, out)


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


@train.command("reader", epilog=EXIT_CODES)
def train_reader(
    gold: Gold,
    records: Annotated[
        list[Path], typer.Option(help="Records of these articles as the small models made them; repeatable.")
    ],
    answers: Annotated[list[Path], typer.Option(help="Recording of `train answers`; repeatable.")],
    out: Out,
    profile: Annotated[Profile, typer.Option(help="The profile that made the records.")] = "default",
) -> None:
    """Fit how far a language model is to be believed, and which articles it should read first; a minute.

    A model of another kind or size needs its own fit. Use gold of articles that the pipeline has not learned from.

    Example: corridor train reader --gold outputs/later --records r.jsonl --answers a.jsonl --out outputs/model
    """
    with training():
        from pipeline.train.reader import train_second_reader as run
    from pipeline.gold.curve import read_examples
    from pipeline.gold.folder import read_gold, read_records
    from pipeline.stages.models.sectors import FOLDER, read_model

    golds = [article for folder in gold for article in read_gold(folder)]
    known = [record for path in records for record in read_records(path).values()]
    examples = read_examples(golds, known, answers, read_model(Settings().models / FOLDER))
    with _trained(out):
        _print(run(examples, out / profile))


@train.command("ablation", epilog=EXIT_CODES)
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
    with training():
        from pipeline.train.parts import open_parts
        from pipeline.train.profiles import component_scores
        from pipeline.train.rules import write_rule_gains
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
    with training():
        from pipeline.train.parts import open_parts
        from pipeline.train.profiles import train_profiles
    from pipeline.gold.evaluate.report import table

    console = Console()
    for profile, tables in train_profiles([*gold, *more], open_parts(gold, parts, more), out).items():
        for name, scores in tables.items():
            console.print(f"[bold]{profile} profile, {name}[/bold]")
            console.print(table(scores))


def _print(card: dict[str, object]) -> None:
    typer.echo(json.dumps(card, indent=2))
