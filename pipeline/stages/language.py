"""A trained pipeline as a directory: `spacy.load(DIR)` opens it, `nlp.to_disk(DIR)` writes it.

The directory holds what Corridor trained: recognizer, encoder, weights, calibration. The English base model stays in
its own package and is made fast after loading, so it is not copied.
"""

import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Self

from spacy import util
from spacy.lang.en import English
from thinc.api import Config

from pipeline import __version__
from pipeline.errors import SetupError
from pipeline.settings import CONFIG, READER, Settings
from pipeline.stages.base import accelerate, installed
from pipeline.stages.stage import Stage

FIRST = "sentences"  # before the base model, whose parser keeps these boundaries
ENCODING = "encoding"  # reads many Docs at once
STAGES = ("boilerplate", "entities", "references", "sectors", "relations", "commitments")
RECOGNIZER = "entities/ner"  # its folder in the directory
META = "meta.json"
SPACY = ">=3.8.0,<3.9.0"  # the releases that the base model was made for


@util.registry.languages("corridor")
class Corridor(English):  # type: ignore[no-untyped-call]
    """English with the components of the base model and the stages of Corridor."""

    lang = "corridor"
    own_seeds: tuple[Path, ...] = ()  # the folders of seeds that it was loaded with
    directory: Path | None = None  # of the trained pipeline

    @classmethod
    def from_config(cls, config: Any = {}, *, exclude: str | Iterable[str] = (), **_: Any) -> Self:  # noqa: B006
        """The base model with the stages that `config` names; their weights come with `from_disk`.

        `exclude`: stages to leave out; without `encoding` it is the fast profile. Raises SetupError where no base model
        is installed.
        """
        nlp = installed()
        nlp.__class__ = cls
        assert isinstance(nlp, cls)
        nlp.max_length = 10**9  # `extract_stream` parses long articles in chunks
        left_out = {exclude} if isinstance(exclude, str) else set(exclude)
        for name in config["nlp"]["pipeline"]:
            if name not in left_out:
                own = dict(config["components"][name])
                nlp.add_pipe(own.pop("factory"), name=name, config=own, first=name == FIRST or None)
        return nlp

    def from_disk(
        self,
        path: str | Path,
        *,
        exclude: Iterable[str] = (),
        overrides: dict[str, Any] = {},  # noqa: B006
    ) -> Self:
        """Reads recognizer (unless `exclude` has `ner`) and stages, and makes the base model fast.

        Raises SetupError where a file is missing.
        """
        self.directory = Path(path)
        if "ner" not in exclude:
            self.replace_pipe("ner", "ner", config={"model": self.config["components"]["ner"]["model"]})
            self.get_pipe("ner").from_disk(self.directory / RECOGNIZER, exclude=["vocab"])  # type: ignore[attr-defined]
        for stage in self.stages:
            stage.from_disk(self.directory)
        accelerate(self)
        return self

    def to_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> None:
        """Copies what was trained, and writes the configuration. Raises SetupError where nothing was read."""
        if self.directory is None:
            raise SetupError("this pipeline was not read from a directory, so there is nothing to write")
        out = Path(path)
        for stage in self.stages:
            stage.to_disk(out)
        if out.resolve() != self.directory.resolve():
            shutil.copytree(self.directory / RECOGNIZER, out / RECOGNIZER, dirs_exist_ok=True)
            for path in self.directory.glob(f"*/{READER}"):  # for a second reader, which is no part of the directory
                shutil.copyfile(path, out / path.relative_to(self.directory))
        write_config(out, [name for name in self.pipe_names if name in (FIRST, ENCODING, *STAGES)])

    def made_with(self, settings: Settings) -> bool:
        """Whether it was loaded from the models and seeds that the settings name."""
        own = self.directory, self.own_seeds, Settings().seeds
        return own == (settings.models, settings.own_seeds, settings.seeds)

    @property
    def stages(self) -> list[Stage]:
        """The stages that read files."""
        return [pipe for _, pipe in self.pipeline if isinstance(pipe, Stage)]


def config_of(stages: Iterable[str]) -> dict[str, Any]:
    """The configuration of a pipeline with these stages."""
    names = list(stages)
    return {
        "nlp": {"lang": Corridor.lang, "pipeline": names},
        "components": {name: {"factory": f"corridor_{name}"} for name in names},
    }


def write_config(out: Path, stages: Iterable[str] = (FIRST, ENCODING, *STAGES)) -> None:
    """Writes `config.cfg` and `meta.json`, by which spaCy opens the directory."""
    meta = {
        "lang": Corridor.lang,
        "name": "news",
        "version": __version__,
        "description": "Who committed what to whom: actors, projects, relations and commitments of English news",
        "license": "MIT",
        "spacy_version": SPACY,
        "requirements": [f"corridor>={__version__}"],
    }
    out.mkdir(parents=True, exist_ok=True)
    (out / META).write_text(json.dumps(meta, indent=1) + "\n", encoding="utf-8")
    Config(config_of(stages)).to_disk(out / CONFIG)
