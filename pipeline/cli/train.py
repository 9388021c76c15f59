"""The commands `corridor train ...`: each learned stage, in the order in which one builds on another."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from pipeline.cli.console import EXIT_CODES, SOME_FAILED
from pipeline.errors import SetupError
from pipeline.settings import Settings

train = typer.Typer(help="Build the models in models/ from seeds and corpora.", no_args_is_help=True)

Gold = Annotated[list[Path], typer.Option(help="Folder with articles.jsonl and gold/ID.json; repeatable.")]
PartsFolder = Annotated[
    Path, typer.Option("--parts", help="Folder for the models of each part, which never saw it; kept between commands.")
]
Projects = Annotated[
    Path | None, typer.Option(help="Folder as for `train sectors`: it learns sectors and stages of them too.")
]
Other = Annotated[list[Path], typer.Option(help="Gold to learn from that will not be scored; repeatable.")]
Apart = Annotated[
    list[Path], typer.Option(help="Gold that will be scored: the stories it tells are left out; repeatable.")
]
Base = Annotated[
    Path | None,
    typer.Option(
        help="Folder of `train base`, models/base, or all-MiniLM-L6-v2.", show_default="the package that carries it"
    ),
]
More = Annotated[
    list[Path],
    typer.Option(help="Gold for the weights after mentions, actors and projects alone: it costs minutes; repeatable."),
]
Teacher = Annotated[
    Path | None, typer.Option(help="Folder of `train teacher`, to learn from what it says beside what gold tells.")
]
Unlabelled = Annotated[
    list[str], typer.Option(help="Articles, as `extract` reads them, of which the teacher alone tells; repeatable.")
]
Seed = Annotated[int, typer.Option(help="Decides the order of training.")]
Out = Annotated[
    Path,
    typer.Option(
        help="Directory of the trained pipeline to write, for `extract --model`; what it lacks is copied from the one "
        "that comes with Corridor."
    ),
]
NEEDED = ("sklearn", "scipy", "torch", "transformers", "safetensors", "onnx")  # packages that only training needs


@contextmanager
def training() -> Iterator[None]:
    """Around the import of what trains: says what to install where it is missing."""
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in NEEDED:
            raise
        raise SetupError(f"this training needs {error.name}: pip install '.[train]'") from error


@train.command("join", epilog=EXIT_CODES)
def train_join(
    labels: Annotated[Path, typer.Argument(help="Gold without texts: seeds/news/labels.jsonl.")],
    texts: Annotated[list[Path], typer.Argument(help="JSON lines with `id` and `text`: your copy of the articles.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Gold folder to write.")],
) -> None:
    """Put labels together with the texts that they are of, which may not be given away, as a gold folder.

    Example: corridor train join seeds/news/labels.jsonl news.jsonl -o outputs/news
    """
    from pipeline.corpus.labels import join

    joined, known = join(labels, texts, out)
    typer.echo(f"{joined} of {known} articles: {out}")
    if not joined:
        raise typer.Exit(SOME_FAILED)


@train.command("strip", epilog=EXIT_CODES)
def train_strip(
    gold: Annotated[Path, typer.Argument(help="Folder with articles.jsonl and gold/ID.json.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Labels to write.")],
) -> None:
    """Take the texts out of a gold folder: labels that may be given away where the articles may not.

    Example: corridor train strip seeds/gold -o outputs/labels.jsonl
    """
    from pipeline.corpus.labels import strip

    typer.echo(f"{strip(gold, out)} articles: {out}")


@train.command("sectors", epilog=EXIT_CODES)
def train_sectors(
    data: Annotated[Path, typer.Option(help="Folder with aiddata_*.jsonl and worldbank_projects.jsonl.")],
    out: Out,
) -> None:
    """Train the sector model; the same data give the same model, bit for bit.

    Example: corridor train sectors --data ../shared/data/sectors --out outputs/model
    """
    with training():
        from pipeline.train.sectors import train_sectors as run
    with _trained(out):
        _tell(run(data, out / "sectors"))


@train.command("teacher", epilog=EXIT_CODES)
def train_teacher(
    base: Annotated[Path, typer.Option(help="Folder of all-mpnet-base-v2, or of another with BERT's word pieces.")],
    gold: Other,
    out: Annotated[Path, typer.Option(help="Folder to write to.")],
    apart: Apart = [],  # noqa: B006
    seed: Seed = 0,
) -> None:
    """Let a larger language model learn from gold, for `train base` to learn from what it says; it is not used else.

    Example: corridor train teacher --base all-mpnet-base-v2 --gold outputs/news --out outputs/teacher
    """
    with training():
        from pipeline.train.encoder.base import train_teacher as run
        from pipeline.train.encoder.base import unscored
        from pipeline.train.parts import read_golds
    _tell(run(out, base, unscored(read_golds(gold), read_golds(apart)), seed))


@train.command("base", epilog=EXIT_CODES)
def train_base(
    out: Annotated[Path, typer.Option(help="Folder to write to.")],
    news: Annotated[list[Path] | None, typer.Option(help="JSON lines with `text`, read with masked words.")] = None,
    projects: Projects = None,
    gold: Other = [],  # noqa: B006
    apart: Apart = [],  # noqa: B006
    base: Base = None,
    teacher: Teacher = None,
    unlabelled: Unlabelled = [],  # noqa: B006
    seed: Seed = 0,
) -> None:
    """Let the small language model read news, coded projects and gold, which encoder and recognizer then start from.

    Example: corridor train base --news news.jsonl --gold outputs/news --apart seeds/gold --out outputs/base
    """
    with training():
        from pipeline.train.encoder.base import train_base as run
        from pipeline.train.encoder.base import unscored
        from pipeline.train.encoder.teach import read_unlabelled
        from pipeline.train.parts import read_golds
    if (unlabelled and not teacher) or (teacher and not gold):
        raise SetupError("a teacher teaches with gold: --unlabelled wants --teacher, and --teacher wants --gold")
    scored = read_golds(apart)
    golds = unscored(read_golds(gold), scored)
    texts = unscored(read_unlabelled(unlabelled), [*scored, *golds])
    _tell(run(out, news or [], projects, base, seed, golds, teacher, texts))


@train.command("pack", epilog=EXIT_CODES)
def train_pack(
    base: Annotated[Path, typer.Argument(help="Folder that `train base` wrote.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder to write to.")],
) -> None:
    """Write a base in six bits a weight, as `models/base` is; `--base` takes it as it takes a folder of `train base`.

    Example: corridor train pack outputs/base -o models/base
    """
    with training():
        from pipeline.train.encoder.packed import pack
    pack(base, out)


@train.command("encoder", epilog=EXIT_CODES)
def train_encoder(
    gold: Gold,
    parts: PartsFolder,
    out: Out,
    projects: Projects = None,
    base: Base = None,
    seed: Seed = 0,
    workers: Annotated[int, typer.Option(help="Encoders that are trained at a time.")] = 2,
    teacher: Teacher = None,
    unlabelled: Unlabelled = [],  # noqa: B006
) -> None:
    """Fine-tune the small encoder, once for each part and once for use; minutes each, and with a teacher twenty.

    Example: corridor train encoder --gold seeds/gold --parts outputs/parts --base outputs/base --out outputs/model
    """
    with training():
        from pipeline.train.encoder.base import unscored
        from pipeline.train.encoder.teach import read_unlabelled
        from pipeline.train.encoder.train import train_encoder as run
        from pipeline.train.profiles import open_parts
    if unlabelled and not teacher:
        raise SetupError("only a teacher tells of articles without gold: --unlabelled wants --teacher")
    opened = open_parts(gold, parts)
    texts = [article.text for article in unscored(read_unlabelled(unlabelled), opened.golds)]
    with _trained(out):
        _tell(run(opened, out / "encoder", projects, base, seed, workers, teacher, texts))


@train.command("entities", epilog=EXIT_CODES)
def train_entities(
    gold: Gold,
    parts: PartsFolder,
    out: Out,
    unlabelled: Annotated[
        Path | None, typer.Option(help="JSON lines with `text`, which a first recognizer labels for the second.")
    ] = None,
    limit: Annotated[int, typer.Option(help="How many unlabelled articles are read.")] = 2000,
    base: Annotated[Path | None, typer.Option(help="Folder of `train base`, where it was given --gold.")] = None,
    seed: Seed = 0,
) -> None:
    """Fine-tune the recognizer of mentions, once for each part and once for use; minutes each.

    Example: corridor train entities --gold seeds/gold --parts outputs/parts --out outputs/model
    """
    with training():
        from pipeline.train.entities import train_entities as run
        from pipeline.train.profiles import open_parts
    with _trained(out):
        _tell(run(open_parts(gold, parts), out / "entities", unlabelled, limit, seed, base))


@train.command("weights", epilog=EXIT_CODES)
def train_weights(gold: Gold, parts: PartsFolder, out: Out, more: More = []) -> None:  # noqa: B006
    """Measure the weights of all that decides, and score each profile on articles that it never saw.

    Run `train encoder` (without it there is only the fast profile) and `train entities` before, with the same --gold
    and --parts. The same articles give the same weights, bit for bit.

    Example: corridor train weights --gold seeds/gold --parts outputs/parts --out outputs/model
    """
    with _trained(out):
        _scores(gold, parts, more, out)


@train.command("scores", epilog=EXIT_CODES)
def train_scores(gold: Gold, parts: PartsFolder, more: More = []) -> None:  # noqa: B006
    """Score each profile on articles that it never saw: five parts, split by story. Writes no model.

    Example: corridor train scores --gold seeds/gold --parts outputs/parts
    """
    _scores(gold, parts, more, None)


@train.command("boilerplate", epilog=EXIT_CODES)
def train_boilerplate(gold: Gold, out: Out) -> None:
    """Measure what tells boilerplate from the story, for both profiles; about a minute for 200 articles.

    Only gold that has `boilerplate` teaches, and the texts of a boilerplate.txt in its folder. The same articles give
    the same weights, bit for bit.

    Example: corridor train boilerplate --gold seeds/gold --out outputs/model
    """
    with training():
        from pipeline.train.boilerplate import train_boilerplate as run
    with _trained(out):
        _tell(run(gold, out / "boilerplate"))


@train.command("ablation", epilog=EXIT_CODES)
def train_ablation(gold: Gold, parts: PartsFolder, out: Out, more: More = []) -> None:  # noqa: B006
    """Score the default profile with parts of it left out, to tell what each adds.

    Example: corridor train ablation --gold seeds/gold --parts outputs/parts --out outputs/model
    """
    with training():
        from pipeline.train.ablation import train_ablation as run
        from pipeline.train.profiles import open_parts
    with _trained(out):
        typer.echo(json.dumps(run([*gold, *more], open_parts(gold, parts, more), out / "default"), indent=2))


@contextmanager
def _trained(out: Path) -> Iterator[Path]:
    """The directory of a trained pipeline to write into; afterwards what it still lacks is copied from the shipped one.

    Raises SetupError where it is the shipped one itself, which no training writes over.
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
        from pipeline.train.profiles import open_parts, train_profiles
    from pipeline.evaluate.report import table

    console = Console()
    for profile, tables in train_profiles([*gold, *more], open_parts(gold, parts, more), out).items():
        for name, scores in tables.items():
            console.print(f"[bold]{profile} profile, {name}[/bold]")
            console.print(table(scores))


def _tell(card: dict[str, object]) -> None:
    typer.echo(json.dumps(card, indent=2))
