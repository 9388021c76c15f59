"""Opens a trained pipeline and runs articles through it, many at once.

A long article is parsed in chunks cut at sentences, so that memory stays flat; the stages then see it whole.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from types import ModuleType
from typing import Any

import spacy
from spacy.language import Language
from spacy.tokens import Doc

import pipeline.stages.commitments
import pipeline.stages.encoding
import pipeline.stages.entities
import pipeline.stages.references
import pipeline.stages.relations
import pipeline.stages.sectors
import pipeline.stages.sentences  # noqa: F401  importing a stage registers its component
from pipeline.assemble import assemble
from pipeline.doc import text_of
from pipeline.encoder import THREADS
from pipeline.errors import ArticleError, SetupError
from pipeline.extract.language import CONFIG, ENCODING, FIRST, STAGES, Corridor, config_of
from pipeline.readers import make_article
from pipeline.record import Article, Record
from pipeline.settings import Profile, Settings

PARSED = 32  # chunks handed to the base model at once, whose parser takes a quarter of them: more outgrow the cache
OUT_OF_MEMORY = "there is not enough memory for it"
Pipe = Callable[[Doc], Doc]


def load(model: str | Path | None = None, profile: Profile = "default", *, threads: int = THREADS) -> Language:
    """A trained pipeline: a spaCy pipeline of `sentences`, the base model, and the stages.

    `model`: its directory; the one that comes with Corridor where none is named. `profile`: `fast` leaves the encoder
    out. `threads`: of the encoder, beside the one of the rest (0: it runs in that). Raises SetupError where the
    directory is none, a file of it is missing, or no base model is installed.
    """
    folder = Path(model) if model is not None else Settings().models
    if not (folder / CONFIG).is_file():
        raise SetupError(f"{folder}: no trained pipeline ({CONFIG} is missing); name a directory that spacy.load opens")
    exclude = [ENCODING] if profile == "fast" else []
    return spacy.load(folder, exclude=exclude, config={"components": {ENCODING: {"threads": threads}}})


def build(stages: Iterable[str], folder: Path | None = None) -> Language:
    """A pipeline of some stages alone, for training and tests; encoder and recognizer come from `folder`.

    Without `folder` the files of Corridor are read, and the base model keeps its own recognizer where there is no
    `entities` stage.
    """
    names = (FIRST, *stages)
    own = () if folder is not None or "entities" in names else ("ner",)
    return Corridor.from_config(config_of(names)).from_disk(folder or Settings().models, exclude=own)


def extract(text: str | Article, nlp: Language | None = None) -> Record:
    """The record of one article, or of bare text (its id is then made from the text). Raises ArticleError."""
    article = text if isinstance(text, Article) else make_article(text)
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
        for parsed in _parsed(batch, nlp, settings):
            yield parsed if isinstance(parsed, ArticleError) else _finished(*parsed, nlp)


def _parsed(batch: list[Article], nlp: Language, settings: Settings) -> list[tuple[Doc, Pipe] | ArticleError]:
    """See `_parse`. Where a batch fails each article is tried alone, so that one bad one costs no other."""
    try:
        return [*_parse(batch, nlp, settings)]
    except SetupError:
        raise
    except Exception as error:
        if len(batch) == 1:
            return [_failure(batch[0], error)]
        return [parsed for article in batch for parsed in _parsed([article], nlp, settings)]


def _finished(doc: Doc, encoded: Pipe, nlp: Language) -> Record | ArticleError:
    try:
        for stage in [encoded, *_stages(nlp)]:
            doc = stage(doc)
        return assemble(doc)
    except SetupError:
        raise
    except Exception as error:
        return _failure(doc._.article, error)


def _failure(article: Article, error: Exception) -> ArticleError:
    if isinstance(error, ArticleError):
        return error
    if isinstance(error, MemoryError):
        return ArticleError(article.id, OUT_OF_MEMORY)
    return ArticleError(article.id, f"{type(error).__name__}: {error} (a defect of Corridor; please report it)")


def _batches(articles: Iterable[Article], settings: Settings) -> Iterator[list[Article]]:
    """Articles of `batch_size` chunks together, but at least one article."""
    batch: list[Article] = []
    chunks = 0
    for article in articles:
        batch.append(article)
        chunks += 1 + len(article.text) // settings.chunk_size
        if chunks >= settings.batch_size:
            yield batch
            batch, chunks = [], 0
    if batch:
        yield batch


def _unchanged(doc: Doc) -> Doc:
    return doc


def _base(nlp: Language) -> list[Pipe]:
    """The components of the base model."""
    return [pipe for name, pipe in nlp.pipeline if name not in (FIRST, ENCODING, *STAGES)]


def _stages(nlp: Language) -> list[Pipe]:
    """The stages that follow the base model."""
    return [pipe for name, pipe in nlp.pipeline if name in STAGES]


def _parse(articles: list[Article], nlp: Language, settings: Settings) -> list[tuple[Doc, Pipe]]:
    """The Docs of some articles after the base model, with `doc._.article` set, and what waits for their encodings."""
    cut = [nlp.get_pipe(FIRST)(_of(article, nlp.make_doc(article.text))) for article in articles]
    encoded: list[Pipe] = [_unchanged] * len(cut)
    if ENCODING in nlp.pipe_names:
        encoded = nlp.get_pipe(ENCODING).begin(cut)  # type: ignore[attr-defined]
    pieces = [_chunks(doc, settings.chunk_size) for doc in cut]
    stream: Iterable[Doc] = (chunk for chunks in pieces for chunk in chunks)
    for pipe in _base(nlp):
        stream = pipe.pipe(stream, batch_size=PARSED) if hasattr(pipe, "pipe") else map(pipe, stream)
    chunked = iter(stream)
    docs = [_of(article, _join(list(islice(chunked, len(own))))) for article, own in zip(articles, pieces, strict=True)]
    return list(zip(docs, encoded, strict=True))


def _of(article: Article, doc: Doc) -> Doc:
    doc._.article = article
    return doc


def _chunks(doc: Doc, size: int) -> list[Doc]:
    """The Doc itself, or, when it is longer than `size` characters, Docs of whole sentences of about that length."""
    if len(text_of(doc)) <= size:
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


class _Callable(ModuleType):
    """`pipeline.extract` is this module and, when called, its function of the same name."""

    def __call__(self, *args: Any, **kwargs: Any) -> Record:
        return extract(*args, **kwargs)


sys.modules[__name__].__class__ = _Callable
