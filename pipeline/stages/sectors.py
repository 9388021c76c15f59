"""The OECD DAC sectors of the article and of each project, written to `doc._.sectors` and `Entity.sectors`.

The sectors of an article are those of what is undertaken in it, not of all that it mentions: key words, the linear
model and the encoder score title, sentences and projects, and fitted weights combine the scores. A project whose name
has no clear sector ("ML-1", "Phase II") is classified by the sentences that mention it.
"""

from collections import Counter
from collections.abc import Collection, Iterator
from itertools import chain

import numpy as np
from spacy.tokens import Doc

from pipeline.record import Sector
from pipeline.stages.document.doc import (
    Entity,
    SentenceIndex,
    article_of,
    encoding_of,
    entity_spans,
    sentence_spans,
    text_of,
)
from pipeline.stages.models.encoder import SECTORS
from pipeline.stages.models.linear import Weights, weights
from pipeline.stages.models.sectors import (
    FOLDER,
    MODEL,
    MULTISECTOR,
    Floats,
    Model,
    blended,
    codes,
    labelled,
    read_model,
)
from pipeline.stages.stage import Stage, factory
from pipeline.values.codes import words

WEIGHTS = "sectors.json"
NAME = 0.4  # probability from which the sector of a name counts, before the sentences around it
MOST = 5  # sectors of an article
STEPS = (0.005, 0.015, 0.03, 0.06, 0.1, 0.15, 0.2, 0.3, 0.4, 0.6, 0.8)  # bounds between the bins of a share
SENTENCE = 0.3  # share from which a sentence counts for a sector
UNDERTAKING = {"MONEY", "PROJECT", "PROGRAMME", "AGREEMENT", "QUANTITY"}  # labels where something is undertaken


class Sectors(Stage):
    """Sets the sectors of the article and of its projects."""

    files = (WEIGHTS, *MODEL)

    def __call__(self, doc: Doc) -> Doc:
        return find_sectors(doc, weights(self.trained(doc) / WEIGHTS), read_model(self.folder / FOLDER))


make_sectors = factory(
    "corridor_sectors", Sectors, requires=["doc._.entities", "doc._.mentions"], assigns=["doc._.sectors"]
)


def find_sectors(doc: Doc, trained: Weights, model: Model) -> Doc:
    """Sets the sectors with these weights and this linear model."""
    for project, found in find_project_sectors(doc, model):
        project.sectors = found
    scored = [(trained.probability(code, names), code) for code, names in evidence(doc, model)]
    scored.sort(key=lambda pair: (-pair[0], pair[1]))
    likely = [labelled(code, p) for at, (p, code) in enumerate(scored[:MOST]) if trained.stands(code, p) or not at]
    doc._.sectors = likely  # the most likely first, at least one
    return doc


def evidence(doc: Doc, model: Model) -> list[tuple[str, list[str]]]:
    """Each code with the names of its features; projects must have their sectors."""
    article, text = article_of(doc), text_of(doc)
    title = words(article.title if article and article.title else "")
    sentences = [words(text[start:end]) for start, end in sentence_spans(doc)] or [[]]
    undertaking = sorted({mention.sentence for mention in doc._.mentions if mention.label in UNDERTAKING})
    whole, undertaken = [*title, *chain(*sentences)], [*chain(*(sentences[number] for number in undertaking))]
    found = [whole, title, undertaken, *sentences]
    scores = model.probabilities(found)
    projects = [entity for entity in doc._.entities if not entity.is_actor]
    held = Counter(sector.code for project in projects for sector in project.sectors)
    of_whole, of_title, of_undertaken, *each = blended(found, model.lift(scores))
    shares = {
        "article": of_whole,
        "title": of_title,
        "telling": of_undertaken,
        "model": scores[0],
        "sentence": np.max(each, axis=0),
        "sentences": np.mean(np.array(each) > SENTENCE, axis=0),
        "projects": np.array([held[code] / max(1, len(projects)) for code in codes()], np.float32),
        **dict(_encoded(doc)),
    }
    steps = {name: np.searchsorted(STEPS, share).tolist() for name, share in shares.items()}
    return [(code, [f"{name} {found[at]}" for name, found in steps.items()]) for at, code in enumerate(codes())]


def _encoded(doc: Doc) -> Iterator[tuple[str, Floats]]:
    """The encoder's scores of the whole, and of the words that it takes for a commitment or a project."""
    encoding = encoding_of(doc)
    scores = encoding.sector_scores() if encoding is not None else {}
    if encoding is None or not scores:
        return
    yield from scores.items()
    named = [encoding.sectors_of(m.start, m.end) for m in doc._.mentions if m.label in ("PROJECT", "PROGRAMME")]
    probabilities = np.exp(np.array(named, np.float32)) if named else np.zeros((1, len(SECTORS)), np.float32)
    yield "encoded names", np.asarray(probabilities.mean(axis=0), np.float32)


def find_project_sectors(doc: Doc, model: Model) -> list[tuple[Entity, list[Sector]]]:
    """At most two sectors for each project, from its name; else one, from the sentences that mention it."""
    projects = [entity for entity in doc._.entities if not entity.is_actor]
    named = model.classify(project.name for project in projects)
    found = [[sector for sector in sectors if sector.confidence >= NAME] for sectors in named]
    pairs = list(zip(projects, found, strict=True))
    contexts = _contexts(doc, {id(project) for project, by_name in pairs if not (by_name or project.programme)})
    around = dict(zip(contexts, model.classify(contexts.values(), limit=1), strict=True))
    return [
        (project, by_name or ([labelled(MULTISECTOR, 0.5)] if project.programme else around.get(id(project), [])))
        for project, by_name in pairs
    ]


def _contexts(doc: Doc, projects: Collection[int]) -> dict[int, str]:
    """The sentences that mention each of some projects, by the id of the project."""
    sentence_of = SentenceIndex(doc)
    numbers: dict[int, dict[int, None]] = {}
    for start, _, entity in entity_spans(doc):
        if id(entity) in projects:
            numbers.setdefault(id(entity), {})[sentence_of(start)] = None
    text, spans = text_of(doc), sentence_of.spans
    return {key: " ".join(text[slice(*spans[n])] for n in found) for key, found in numbers.items()}
