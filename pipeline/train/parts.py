"""The annotated articles in five parts, and what the slow learners make of each part when they never saw it.

Hard because what learns on top of the encoder and the recognizer must be shown how these err on new articles; so each
part has an encoder and a recognizer of its own, in a folder of the parts, that learned from the other four.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from spacy.tokens import Doc

from pipeline.corpus.gold import GoldArticle, digest, read_corpus
from pipeline.corpus.stories import folds, joined
from pipeline.errors import SetupError
from pipeline.extract import build
from pipeline.extract.language import ENCODING
from pipeline.readers import make_article
from pipeline.settings import Profile

CARD = "parts.json"
SILVER = "silver.jsonl"


class Parts:
    """`golds`: the articles; `places`: of each part, where its articles stand among them.

    The last of them, `more`, teach only what is measured after mentions, actors and projects, which takes minutes: no
    encoder, no recognizer, and not the weights of those three, in which annotators differ most. Each is in the part
    that tells its story.
    """

    def __init__(self, golds: Sequence[GoldArticle], folder: Path, more: Sequence[GoldArticle] = ()) -> None:
        self.golds, self._folder, self._scored = [*golds, *more], folder, len(golds)
        self.places = joined(folds(golds), self.golds)
        self._claim(golds)

    def _claim(self, golds: Sequence[GoldArticle]) -> None:
        """Writes down whose parts the folder holds; raises SetupError where they are those of other articles."""
        path, own = self._folder / CARD, {"data_sha256": digest(golds), "articles": len(golds)}
        self._folder.mkdir(parents=True, exist_ok=True)
        if not path.is_file():
            path.write_text(json.dumps(own, indent=1) + "\n", encoding="utf-8")
        elif json.loads(path.read_text(encoding="utf-8")) != own:
            raise SetupError(f"{self._folder}: holds the parts of other articles; name another folder with --parts")

    def path(self, name: str) -> Path:
        """A file of the folder, which is not one part's."""
        return self._folder / name

    def folder(self, number: int) -> Path:
        """Laid out as `models/`: `encoder` and `entities/ner`."""
        return self._folder / f"part-{number}"

    def silver(self, number: int | None = None) -> Path:
        """The texts with the mentions that the teacher of a part, or of all articles, sees in them."""
        return self.path(SILVER) if number is None else self.folder(number) / SILVER

    def others(self, number: int) -> list[int]:
        """Where the articles stand that are not in a part."""
        own = set(self.places[number])
        return [place for place in range(len(self.golds)) if place not in own]

    def scored(self, number: int | None = None) -> list[int]:
        """Where the articles stand, before the others, that are not `more`; with `number`, those not in a part."""
        chosen = range(self._scored) if number is None else self.others(number)
        return [place for place in chosen if place < self._scored]

    @property
    def encoded(self) -> bool:
        """Whether each part has an encoder."""
        return all((self.folder(number) / "encoder").is_dir() for number in range(len(self.places)))

    def unseen(self, profile: Profile) -> list[Doc]:
        """A Doc an article: parsed, with `doc.ents` and, in the default profile, the encoding by its part's own models.

        Raises SetupError where a part has none.
        """
        found: dict[int, Doc] = {}
        for number, places in enumerate(self.places):
            if not (self.folder(number) / "entities").is_dir():
                raise SetupError(f"{self.folder(number)}: no recognizer; run corridor train entities before")
            nlp = build((ENCODING,) if profile == "default" else (), self.folder(number))
            texts = (self.golds[place].text for place in places)
            found |= zip(places, nlp.pipe(texts), strict=True)
        for place, doc in found.items():
            gold = self.golds[place]
            doc._.article = make_article(gold.text, id=gold.id, title=gold.title, source=gold.source, date=gold.date)
        return [found[place] for place in range(len(self.golds))]


def read_golds(folders: Iterable[Path]) -> list[GoldArticle]:
    """The articles of several gold folders. Raises SetupError where two have the same id."""
    golds = [gold for folder in folders for gold in read_corpus(folder)]
    names = [gold.id for gold in golds]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise SetupError(f"{twice[0]}: more than one gold article has this id")
    return golds
