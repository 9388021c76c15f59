"""The commands `corridor train ...`: a table of the tasks, in the order in which they depend on each other."""

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from importlib import import_module
from inspect import Parameter, Signature
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from pipeline.cli.console import EXIT_CODES, exit_if, packages_of, refuse
from pipeline.errors import number_of
from pipeline.settings import Profile, Settings

train = typer.Typer(help="Build the models in models/ from seeds and corpora.", no_args_is_help=True)
NEEDED = ("sklearn", "scipy", "torch", "transformers", "safetensors", "onnx")  # packages that only training needs


def _option(kind: Any, text: str, default: Any = Parameter.empty, **more: Any) -> tuple[Any, Any]:
    return Annotated[kind, typer.Option(help=text, **more)], default


Folders = list[Path]
SAME = " The same articles give the same weights, byte for byte."
OPTIONS: dict[str, tuple[Any, Any]] = {  # by name; the parameter is what stands before a colon
    "data": _option(Path, "Folder with aiddata_*.jsonl and worldbank_projects.jsonl."),
    "gold": _option(Folders, "Folder with articles.jsonl and gold/ID.json; repeatable."),
    "gold:ablation": _option(Folders, "Gold to fit and score components on; repeatable.", []),
    "parts": _option(Path, "Folder for models of each part, trained without it; later commands reuse it."),
    "parts:ablation": _option(Path | None, "As for `train weights`, to leave out components.", None),
    "records": _option(Folders, "Records of these articles as the small models made them; repeatable."),
    "answers": _option(Folders, "Recording of `train answers`; repeatable."),
    "out": _option(
        Path,
        "Directory of the trained pipeline to write, for `extract --model`; missing parts are copied from the one that "
        "comes with Corridor.",
    ),
    "held": _option(Folders, "Gold of articles that the pipeline has not learned from; repeatable."),
    "held:ablation": _option(Folders, "Gold that nothing learned from, to leave out rules; repeatable.", []),
    "more": _option(Folders, "Gold for weights but those of mentions, actors, projects; adds minutes; repeatable.", []),
    "only": _option(str | None, "Fit only features of parties that begin so, over the installed weights.", None),
    "profile": _option(Profile, "The profile to fit.", "default"),
    "profile:reader": _option(Profile, "The profile that made the records.", "default"),
    "projects": _option(Path | None, "Folder as for `train sectors`: projects to learn sectors and stages from.", None),
    "unlabelled": _option(Path | None, "JSON lines with `text`: a first recognizer labels them for the second.", None),
    "limit": _option(int, "Number of unlabelled articles to read.", 2000),
    "base": _option(
        Path | None,
        "models/base, all-MiniLM-L6-v2, or another base with BERT's word pieces.",
        None,
        show_default="the package that carries it",
    ),
    "base:entities": _option(Path | None, "Folder with a recognizer (ner/) to start from.", None),
    "seed": _option(int, "Seed of the random order of training.", 0),
    "workers": _option(int, "Encoders to train at the same time.", 2),
}


def _print_card(card: Any) -> None:
    typer.echo(json.dumps(card, indent=2))


def _print_scores(tables: Any) -> None:
    from pipeline.gold.evaluate.report import table

    for profile, scores in tables.items():
        for name, one in scores.items():
            Console().print(f"[bold]{profile} profile, {name}[/bold]")
            Console().print(table(one))


def _print_gains(found: tuple[Any, int, Path]) -> None:
    components, rules, path = found
    if components:
        _print_card(components)
    if rules:
        typer.echo(f"{number_of(rules, 'rule')} measured: {path}")


@contextmanager
def _trained(out: Path) -> Iterator[Path]:
    """The directory of a trained pipeline to write into; afterwards missing files are copied from the shipped one.

    Raises SetupError if it is the shipped one, which no command overwrites.
    """
    shipped = Settings().models
    own = out.resolve().is_relative_to(shipped.resolve())
    refuse((own, f"{out}: is the pipeline that comes with Corridor; name another directory with --out"))
    yield out
    for path in (path.relative_to(shipped) for path in shipped.rglob("*") if path.is_file()):
        if path.parts[0] != "base" and not (out / path).exists():
            (out / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(shipped / path, out / path)


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


@train.command("answers", epilog=EXIT_CODES)
def train_answers(
    run: Annotated[Path, typer.Argument(help="Run folder that a language model has read.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Recording to write: JSON lines without any text.")],
) -> None:
    """Take the answers of a language model out of a run folder, by offsets and ids, to measure it and to learn from.

    Example: corridor train answers run/ -o outputs/answers.jsonl
    """
    from pipeline.atomic import whole_file
    from pipeline.run.second_reader import recording_of

    lines = [json.dumps(line, sort_keys=True) + "\n" for line in recording_of(run)]
    with whole_file(str(out)) as file:
        file.writelines(lines)
    typer.echo(f"{number_of(len(lines), 'answer')}: {out}")


@dataclass(frozen=True)
class Task:
    """A command: `options` (see OPTIONS), and the module and function in `pipeline.train` that takes them by name.

    The option --parts is opened with --gold and --more, in whose place it stands. `into`: the folder of --out that it
    writes; `given`: what it takes beside options; `show`: prints what it returns.
    """

    name: str
    options: str
    run: str
    says: str
    example: str
    into: str = ""
    given: Mapping[str, str] = field(default_factory=dict)
    show: Callable[[Any], None] = _print_card

    def __call__(self, **options: Any) -> None:
        """Runs the task. Raises SetupError that names a package that training lacks."""
        module, _, function = self.run.partition(".")
        out = options.get("out")
        with packages_of("train", "this training", *NEEDED), _trained(out) if out else nullcontext():
            if "parts" in options:
                from pipeline.train.gold import open_parts

                gold, parts, more = options.pop("gold"), options["parts"], options.pop("more", ())
                options["parts"] = open_parts(gold, parts, more) if gold and parts else None
            if out:
                options["out"] = out / self.into
            found = getattr(import_module(f"pipeline.train.{module}"), function)(**options, **self.given)
        self.show(found)

    def add(self) -> None:
        """Makes it a command of the command line."""
        chosen = {option.partition(":")[0]: OPTIONS[option] for option in self.options.split()}

        def command(**options: Any) -> None:
            self(**options)

        command.__signature__ = Signature(  # type: ignore[attr-defined]
            [Parameter(name, Parameter.KEYWORD_ONLY, default=own[1], annotation=own[0]) for name, own in chosen.items()]
        )
        command.__annotations__ = {name: kind for name, (kind, _) in chosen.items()}
        text = f"{self.says}\n\nExample: corridor train {self.name} {self.example}"
        train.command(self.name, help=text, epilog=EXIT_CODES)(command)


LATE = "gold out held profile"
TASKS = (
    Task(
        "sectors", "data out", "sectors.train_sectors", into="sectors",
        says="Train the sector model; the same data give the same model, byte for byte.",
        example="--data ../shared/data/sectors --out outputs/model",
    ),
    Task(
        "encoder", "gold parts out projects base seed workers", "encoder.train_encoder", into="encoder",
        says="Fine-tune the encoder, once without each part and once on everything; minutes each.",
        example="--gold seeds/gold --parts outputs/parts --base models/base --out outputs/model",
    ),
    Task(
        "entities", "gold parts out unlabelled limit base:entities seed", "entities.train_entities", into="entities",
        says="Fine-tune the recognizer of mentions, once without each part and once on everything; minutes each.",
        example="--gold seeds/gold --parts outputs/parts --out outputs/model",
    ),
    Task(
        "weights", "gold parts out more", "tasks.train_profiles", show=_print_scores,
        says="Fit all classifiers, and score each profile on held-out articles.\n\n"
        "Run `train encoder` (without it there is only the fast profile) and `train entities` before, with the same "
        "--gold and --parts." + SAME,
        example="--gold seeds/gold --parts outputs/parts --out outputs/model",
    ),
    Task(
        "scores", "gold parts more", "tasks.train_profiles", show=_print_scores,
        says="Score each profile on held-out articles: five parts, split by story. Writes no model.",
        example="--gold seeds/gold --parts outputs/parts",
    ),
    Task(
        "boilerplate", "gold out", "boilerplate.train_boilerplate", into="boilerplate",
        says="Fit the classifier of boilerplate, for both profiles; about a minute for 200 articles.\n\n"
        "Only gold that has `boilerplate` teaches, and the texts of a boilerplate.txt in its folder." + SAME,
        example="--gold seeds/gold --out outputs/model",
    ),
    Task(
        "flows", f"{LATE} more only", "installed.train_late", given={"name": "flows"},
        says="Fit the flows of money and the confidence of rows over the installed pipeline; some minutes.\n\n"
        "The held-out gold teaches how often a row is right, so nothing else may have learned from it." + SAME,
        example="--gold seeds/gold --held outputs/later --out outputs/model",
    ),
    Task(
        "relations", LATE, "installed.train_late", given={"name": "relations"},
        says="Fit which mentions are related over the installed pipeline; some minutes for 1,000 texts.\n\n"
        "Candidates come from the gold, the threshold and how sure relations are from the held-out gold." + SAME,
        example="--gold seeds/gold --held outputs/later --out outputs/model",
    ),
    Task(
        "acts", LATE, "installed.train_late", given={"name": "acts"},
        says="Fit which clauses are commitments, and which commitments state the same act, over the installed "
        "pipeline.\n\nThe weights come from the gold, the thresholds from the held-out gold; what is a commitment and "
        "its status are learned on from the installed weights. It takes ten minutes for two thousand articles." + SAME,
        example="--gold seeds/gold --held outputs/later --out outputs/model",
    ),
    Task(
        "reader", "gold records answers out profile:reader", "reader.train_second_reader",
        says="Fit how far a language model is to be believed, and which articles it should read first; a minute.\n\n"
        "A model of another kind or size needs its own fit. Use gold of articles that nothing has learned from.",
        example="--gold outputs/later --records r.jsonl --answers a.jsonl --out outputs/model",
    ),
    Task(
        "ablation", "out gold:ablation parts:ablation more held:ablation", "tasks.train_ablation", show=_print_gains,
        says="Measure what each component (--gold, --parts) or each rule (--held) of the default profile adds.",
        example="--held outputs/held --out outputs/model",
    ),
)  # fmt: skip
for task in TASKS:
    task.add()
