"""The annotated articles in five parts, each with models that learned from the other four.

The classifiers after the encoder and the recognizer must learn how these err on new articles, so each part has an
encoder and a recognizer of its own.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from spacy.tokens import Doc

from pipeline.errors import SetupError
from pipeline.extract import build
from pipeline.gold.folder import digest, read_gold
from pipeline.gold.stories import folds, joined
from pipeline.record import Record
from pipeline.settings import Profile
from pipeline.stages.language import ENCODING
from pipeline.train.gold import read_golds

CARD = "parts.json"


class Parts:
    """`golds`: the articles; `places`: for each part, the numbers of its articles.

    The last articles, `more`, train only the classifiers after mentions, actors and projects: no encoder, no
    recognizer, and not the weights of those three, on which annotators differ most. Each is in the part of its story.
    """

    def __init__(self, golds: Sequence[Record], folder: Path, more: Sequence[Record] = ()) -> None:
        self.golds, self._folder, self._scored = [*golds, *more], folder, len(golds)
        self.places = joined(folds(golds), self.golds)
        self._claim(golds)

    def _claim(self, golds: Sequence[Record]) -> None:
        """Writes the digest of the articles to the folder. Raises SetupError where it holds parts of other articles."""
        path, own = self._folder / CARD, {"data_sha256": digest(golds), "articles": len(golds)}
        self._folder.mkdir(parents=True, exist_ok=True)
        if not path.is_file():
            path.write_text(json.dumps(own, indent=1) + "\n", encoding="utf-8")
        elif json.loads(path.read_text(encoding="utf-8")) != own:
            raise SetupError(f"{self._folder}: holds the parts of other articles; name another folder with --parts")

    def folder(self, number: int) -> Path:
        """The folder of a part: `encoder` and `entities/ner`."""
        return self._folder / f"part-{number}"

    def others(self, number: int) -> list[int]:
        """The numbers of the articles that are not in a part."""
        own = set(self.places[number])
        return [at for at in range(len(self.golds)) if at not in own]

    def scored(self, number: int | None = None) -> list[int]:
        """The numbers of the articles without `more`, the first; with `number`, of those that are not in a part."""
        chosen = range(self._scored) if number is None else self.others(number)
        return [at for at in chosen if at < self._scored]

    @property
    def encoded(self) -> bool:
        """Whether each part has an encoder."""
        return all((self.folder(number) / "encoder").is_dir() for number in range(len(self.places)))

    def unseen(self, profile: Profile) -> list[Doc]:
        """A Doc an article: parsed, with `doc.ents` and, in the default profile, the encoding by its part's own models.

        Raises SetupError where a part has none.
        """
        found: dict[int, Doc] = {}
        for number, members in enumerate(self.places):
            if not (self.folder(number) / "entities").is_dir():
                raise SetupError(f"{self.folder(number)}: no recognizer; run corridor train entities before")
            nlp = build((ENCODING,) if profile == "default" else (), self.folder(number))
            texts = (self.golds[at].article.text for at in members)
            found |= zip(members, nlp.pipe(texts), strict=True)
        for at, doc in found.items():
            doc._.article = self.golds[at].article
        return [found[at] for at in range(len(self.golds))]


def open_parts(folders: Sequence[Path], parts: Path, more: Sequence[Path] = ()) -> Parts:
    """The articles of some gold folders in five parts, whose models are in the folder `parts`; `more`: see Parts."""
    golds = read_golds([*folders, *more])
    slow = sum(len(read_gold(folder)) for folder in folders)
    return Parts(golds[:slow], parts, golds[slow:])
