"""The base of every stage: a spaCy component whose files lie in the directory of a trained pipeline."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Self

from spacy.language import Language
from spacy.tokens import Doc

from pipeline.errors import SetupError
from pipeline.settings import Settings
from pipeline.stages.document.doc import profile_of


def directory(folder: str | None) -> Path:
    """The directory of a trained pipeline: `folder`, else the one that comes with Corridor."""
    return Path(folder) if folder else Settings().models


def factory(name: str, stage: Callable[[Path, Sequence[str]], Stage], requires: list[str], assigns: list[str]) -> Any:
    """Registers a stage with spaCy. Its configuration: `folder` of a trained pipeline, rules that are `off`."""

    def make(nlp: Language, name: str, folder: str | None = None, off: Sequence[str] = ()) -> Callable[[Doc], Doc]:
        return stage(directory(folder), off)

    return Language.factory(name, requires=requires, assigns=assigns, func=make)


class Stage:
    """A component; `folder` is the directory of its pipeline, `files` are those that it reads there.

    A file is named by its path in the directory; one without a folder is in the folder of each profile.
    `rules`: the rules of the stage, by name; those named in `off` are left out. Raises SetupError for an unknown name.
    """

    files: ClassVar[tuple[str, ...]] = ()
    rules: ClassVar[Mapping[str, object]] = {}

    def __init__(self, folder: Path, off: Iterable[str] = ()) -> None:
        self.folder, self.off = folder, frozenset(off)
        if unknown := sorted(self.off - self.rules.keys()):
            raise SetupError(f"no rule {', '.join(unknown)}; rules of this stage: {', '.join(self.rules)}")

    def __call__(self, doc: Doc) -> Doc:
        raise NotImplementedError

    def trained(self, doc: Doc) -> Path:
        """The folder of what was trained for the profile of a Doc."""
        return self.folder / profile_of(doc)

    def to_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> None:
        """Copies the files of the stage into another directory."""
        for name in self._names(self.folder):
            target = Path(path) / name
            target.parent.mkdir(parents=True, exist_ok=True)
            if target.resolve() != (self.folder / name).resolve():
                shutil.copyfile(self.folder / name, target)

    def from_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> Self:
        """Reads from this directory from now on. Raises SetupError where a file of the stage is missing."""
        self.folder = Path(path)
        missing = [name for name in self._names(self.folder) if not (self.folder / name).is_file()]
        if missing:
            raise SetupError(f"{path}: no trained pipeline, {missing[0]} is missing; name another directory")
        return self

    def _names(self, folder: Path) -> Iterator[str]:
        profiles = [name for name in ("default", "fast") if (folder / name).is_dir()] or ["default"]
        for name in self.files:
            yield from [name] if "/" in name else [f"{profile}/{name}" for profile in profiles]
