"""Gold for training: read, in five parts, set on a Doc, matched with what a Doc has; and the cards of models.

Gold lists the words for an entity without offsets: they are searched in the text, longest first, outside of mentions.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc

from pipeline.errors import SetupError
from pipeline.extract import build
from pipeline.gold.evaluate.matching import match
from pipeline.gold.evaluate.score import Scores, score
from pipeline.gold.folder import digest, read_gold
from pipeline.gold.stories import FOLDS, by_story
from pipeline.record import Actor, Commitment, Project, Record, RelationType
from pipeline.settings import Profile
from pipeline.stages.assemble import assemble
from pipeline.stages.document.doc import Entity, Mention, Reference, SentenceIndex
from pipeline.stages.language import ENCODING

CARD, PARTS = "card.json", "parts.json"
SCORES = "cross_validated in the card.json of the profiles that use it"  # for a model without scores of its own
Read = list[tuple[Record, Doc]]


def described(golds: Sequence[Record]) -> dict[str, Any]:
    """What a card says of the articles that taught: how many, their digest, and the date."""
    return {"articles": len(golds), "data_sha256": digest(golds), "date": date.today().isoformat()}


def card_of(folder: Path | None, name: str = CARD) -> dict[str, Any] | None:
    """The card in a folder; None where there is none."""
    path = folder / name if folder else None
    return json.loads(path.read_text(encoding="utf-8")) if path and path.is_file() else None


def write_json[Table](found: Table, path: Path) -> Table:
    """Writes a card or another table, in a folder that is made where it is missing, and returns it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")
    return found


def by_folder(folders: Sequence[Path]) -> dict[str, list[Record]]:
    """The articles of gold folders, by the name of the folder, or by its path where several have that name.

    Raises SetupError where two articles have the same id.
    """
    names = Counter(folder.name for folder in folders)
    read = [(folder.name if names[folder.name] == 1 else str(folder), read_gold(folder)) for folder in folders]
    counts = Counter(gold.article.id for _, golds in read for gold in golds)
    for name, count in counts.items():
        if count > 1:
            raise SetupError(f"{name}: more than one gold article has this id")
    return dict(read)


def read_golds(folders: Sequence[Path]) -> list[Record]:
    """The articles of several gold folders. Raises SetupError where two have the same id."""
    return [*chain(*by_folder(folders).values())]


def read_docs(nlp: Language, golds: Sequence[Record], encoded: bool = False) -> Read:
    """Docs with all that the pipeline finds; the encoder's output, which is large, stays if they shall be `encoded`."""
    found = []
    for gold in golds:
        doc = nlp.make_doc(gold.article.text)
        doc._.article = gold.article
        doc = nlp(doc)
        if not encoded:
            doc._.encoding = None
        found.append((gold, doc))
    return found


class Parts:
    """The articles in FOLDS parts, each with an encoder and a recognizer that learned from the others.

    The classifiers after these two must learn how they err on new articles. `part`: that of each article; `named`: see
    `by_folder`. Those after the first `scored`, `more`, train only the classifiers after mentions, actors and projects:
    no encoder, no recognizer, and not the weights of those three, on which annotators differ most. Each is in the part
    of its story.
    """

    def __init__(
        self,
        golds: Sequence[Record],
        folder: Path,
        more: Sequence[Record] = (),
        named: Mapping[str, Sequence[Record]] | None = None,
    ) -> None:
        """Raises SetupError where the folder holds parts of other articles, whose digest stands there."""
        self.golds, self.named, self.scored = [*golds, *more], named or {}, len(golds)
        self.part = by_story(self.golds, self.scored)
        self.folders = [folder / f"part-{number}" for number in range(FOLDS)]  # each with `encoder` and `entities/ner`
        path, own = folder / PARTS, {"data_sha256": digest(golds), "articles": len(golds)}
        if not path.is_file():
            write_json(own, path)
        elif json.loads(path.read_text(encoding="utf-8")) != own:
            raise SetupError(f"{folder}: holds the parts of other articles; name another folder with --parts")

    def others(self, number: int) -> list[int]:
        """The numbers of the articles that are not in a part."""
        return [at for at, own in enumerate(self.part) if own != number]

    @property
    def encoded(self) -> bool:
        """Whether each part has an encoder."""
        return all((folder / "encoder").is_dir() for folder in self.folders)

    def unseen(self, profile: Profile) -> list[Doc]:
        """A Doc an article: parsed, with `doc.ents` and, in the default profile, the encoding by its part's own models.

        Raises SetupError where a part has none.
        """
        found: dict[int, Doc] = {}
        for number, folder in enumerate(self.folders):
            if not (folder / "entities").is_dir():
                raise SetupError(f"{folder}: no recognizer; run corridor train entities before")
            nlp = build((ENCODING,) if profile == "default" else (), folder)
            members = [at for at, own in enumerate(self.part) if own == number]
            found |= zip(members, nlp.pipe(self.golds[at].article.text for at in members), strict=True)
        for at, doc in found.items():
            doc._.article = self.golds[at].article
        return [found[at] for at in range(len(self.golds))]


def open_parts(folders: Sequence[Path], parts: Path, more: Sequence[Path] = ()) -> Parts:
    """The articles of some gold folders in five parts, whose models are in the folder `parts`; `more`: see Parts."""
    named = by_folder([*folders, *more])
    golds = [*chain(*named.values())]
    own = sum(map(len, list(named.values())[: len(folders)]))
    return Parts(golds[:own], parts, golds[own:], named)


def write_mentions(doc: Doc, gold: Record) -> Doc:
    """Sets `doc._.mentions` to the gold mentions (values unset)."""
    sentence_of = SentenceIndex(doc)
    doc._.mentions = [Mention(m.label, m.start, m.end, sentence_of(m.start), method="gold") for m in gold.mentions]
    return doc


def write_entities(doc: Doc, gold: Record) -> dict[str, Entity]:
    """Sets entities and references from the names in gold (after `write_mentions`); returns them by id."""
    keyed = {a.id: Entity(a.name, a.kind, country=a.country, role=a.role) for a in gold.actors}
    keyed |= {
        p.id: Entity(p.name, None, programme=p.programme, countries=p.countries, sectors=p.sectors)
        for p in gold.projects
    }
    entities: list[Actor | Project] = [*gold.actors, *gold.projects]
    surfaces = [(surface, keyed[entity.id]) for entity in entities for surface in [entity.name, *entity.aliases]]
    surfaces.sort(key=lambda pair: -len(pair[0]))
    doc._.entities = list(keyed.values())
    by_surface: dict[str, Entity] = {}
    for surface, entity in surfaces:
        by_surface.setdefault(surface.lower(), entity)
    for mention in doc._.mentions:
        mention.entity = by_surface.get(doc.text[mention.start : mention.end].lower())
    doc._.references = _references(doc, surfaces)
    return keyed


def _references(doc: Doc, surfaces: list[tuple[str, Entity]]) -> list[Reference]:
    taken = [(m.start, m.end) for m in doc._.mentions]
    found = []
    for surface, entity in surfaces:
        for at in re.finditer(rf"(?<!\w){re.escape(surface)}(?!\w)", doc.text):
            start, end = at.span()
            if all(end <= a or start >= b for a, b in taken):
                taken.append((start, end))
                found.append(Reference(start, end, entity))
    return sorted(found, key=lambda reference: reference.start)


def scores_of(golds: Sequence[Record], records: Iterable[Record]) -> Scores:
    """The scores of a record of each article."""
    return score(golds, {gold.article.id: record for gold, record in zip(golds, records, strict=True)})


def matched_entities(doc: Doc, gold: Record) -> dict[str, Entity]:
    """By id in gold the entity of a Doc that scoring matches with it; without the missed ones."""
    found = match(gold, assemble(doc))
    actors = [entity for entity in doc._.entities if entity.is_actor]
    projects = [entity for entity in doc._.entities if not entity.is_actor]
    return {found.gold.actors[g].id: actors[f] for g, f in found.actors} | {
        found.gold.projects[g].id: projects[f] for g, f in found.projects
    }


def in_slot(commitment: Commitment, role: str) -> list[Any]:
    """The values in a slot of a commitment: ids, amounts or dates."""
    value = getattr(commitment, "with_" if role == "with" else role)
    return value if isinstance(value, list) else [value] if value else []


def ends_of(gold: Record) -> list[tuple[str, RelationType, str]]:
    """Subject, type and object of each relation; an end that is a mention as its label and words, `EVENT:signing`."""
    named = {mention.id: f"{mention.label}:{mention.text}" for mention in gold.mentions}
    return [(named.get(r.subject, r.subject), r.type, named.get(r.object, r.object)) for r in gold.relations]
