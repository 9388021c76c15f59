"""Opens a trained pipeline and runs articles through it, many at once.

A long article is parsed in chunks cut at sentences, so that memory stays flat; the stages then see it whole.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from types import ModuleType
from typing import Any

import spacy
from spacy.language import Language
from spacy.tokens import Doc

import pipeline.stages.boilerplate
import pipeline.stages.commitments
import pipeline.stages.encoding
import pipeline.stages.entities
import pipeline.stages.references
import pipeline.stages.relations
import pipeline.stages.sectors
import pipeline.stages.sentences  # noqa: F401  importing a stage registers its component
from pipeline.errors import ArticleError, SetupError
from pipeline.extract.base import forgetting
from pipeline.extract.language import ENCODING, FIRST, STAGES, Corridor, config_of
from pipeline.extract.reader import ReaderComponent
from pipeline.record import Article, Record
from pipeline.seeds import activate
from pipeline.settings import LIMITS, Profile, Settings, trained
from pipeline.sources import make_article
from pipeline.stages.assemble import assemble
from pipeline.stages.document.doc import UNSPACED, Limit, text_of
from pipeline.stages.models.encoder import THREADS

PARSED = (
    32  # chunks that the base model gets at once; its parser reads a quarter of them together, more outgrow the cache
)
OUT_OF_MEMORY = "there is not enough memory for it"
Pipe = Callable[[Doc], Doc]
Parsed = tuple[Doc, Pipe] | ArticleError
Step = Article | Record | ArticleError | None
type Steps[T] = Generator[Step, None, T]  # returns a T at its end


def load(
    model: str | Path | None = None,
    profile: Profile = "default",
    *,
    seeds: Iterable[str | Path] = (),
    threads: int = THREADS,
) -> Language:
    """The spaCy pipeline that reads articles. Loading takes seconds: do it once.

    Args:
        model: The directory of a trained pipeline; without it the one that comes with Corridor.
        profile: `fast` leaves the encoder out.
        seeds: Folders with rows and words of your own, beside those that come with Corridor.
        threads: Threads of the encoder, beside the one of the other stages; 0 runs the encoder in that one.

    Raises:
        SetupError: The directory is no trained pipeline, a file of it is missing, a row of seeds is wrong, or the base
            model is not installed.
    """
    folder = trained(Path(model) if model is not None else Settings().models)
    own_seeds = tuple(map(Path, seeds))
    activate(own_seeds)
    exclude = [ENCODING] if profile == "fast" else []
    nlp = spacy.load(folder, exclude=exclude, config={"components": {ENCODING: {"threads": threads}}})
    if isinstance(nlp, Corridor):
        nlp.own_seeds = own_seeds
    return nlp


def build(stages: Iterable[str], folder: Path | None = None) -> Language:
    """A pipeline of some stages alone, for training and tests; encoder and recognizer come from `folder`.

    Without `folder` the files of Corridor are read, and the base model keeps its own recognizer where there is no
    `entities` stage.
    """
    names = (FIRST, *stages)
    own = () if folder is not None or "entities" in names else ("ner",)
    return Corridor.from_config(config_of(names)).from_disk(folder or Settings().models, exclude=own)


def extract(text: str | Article, nlp: Language | None = None) -> Record:
    """The record of one article.

    Args:
        text: An `Article`, or its text; the id is then made from the text.
        nlp: What `load` returned; without it the default profile is loaded.

    Raises:
        ArticleError: The article cannot be read; the error says why.
    """
    article = text if isinstance(text, Article) else make_article(text)
    result = next(extract_stream([article], nlp or load()))
    if isinstance(result, ArticleError):
        raise result
    return result


def extract_stream(
    articles: Iterable[Article], nlp: Language, settings: Settings | None = None
) -> Iterator[Record | ArticleError]:
    """The records of many articles, in their order, with one batch in memory at a time.

    Args:
        articles: Any iterable, read as results are taken.
        nlp: What `load` returned.
        settings: The size of batches and of the chunks of long articles; the models and seeds of `nlp`.

    Yields:
        A `Record` for each article, or an `ArticleError` in its place. The other articles go on.

    Raises:
        SetupError: The settings name other models or seeds than those that `nlp` was loaded with.

    Memory does not grow with the number of articles. Threads that share `nlp` wait for each other, batch by batch.
    """
    if settings is not None and isinstance(nlp, Corridor) and not nlp.made_with(settings):
        raise SetupError("the settings name other models or seeds than those of nlp; give them to pipeline.load")
    settings = settings or Settings()
    for batch in _batches(articles, settings):  # whole, so that no memory zone is open while the caller has a result
        yield from [step for step in steps(batch, nlp, settings) if isinstance(step, Record | ArticleError)]


def steps(articles: Sequence[Article], nlp: Language, settings: Settings | None = None) -> Iterator[Step]:
    """The progress of a batch: an article when work on it alone begins, None when all are parsed, and each result.

    Only the caller may use `nlp` until the iterator ends.
    """
    settings = settings or Settings()
    with forgetting(nlp):
        if isinstance(nlp, Corridor):
            activate(nlp.own_seeds)
        parsed = yield from _parsed(articles, nlp, settings)
        staged: list[Doc | ArticleError] = []
        reader = _reader(nlp)
        for article in articles:
            yield article
            staged.append(_staged(parsed.pop(0), nlp))
            if reader is None:
                yield _assembled(staged.pop())
        if reader is not None:
            yield from _read(staged, reader)


def _parsed(articles: Sequence[Article], nlp: Language, settings: Settings) -> Steps[list[Parsed]]:
    """As `_parse`; where a batch fails, each article is parsed alone, so that one failure affects no other."""
    try:
        return [*(yield from _parse(articles, nlp, settings))]
    except SetupError:
        raise
    except Exception as error:
        if len(articles) == 1:
            return [_failure(articles[0], error)]
        parsed: list[Parsed] = []
        for article in articles:
            parsed += yield from _parsed([article], nlp, settings)
        return parsed


def _staged(parsed: Parsed, nlp: Language) -> Doc | ArticleError:
    """The Doc after all stages, or what was wrong."""
    if isinstance(parsed, ArticleError):
        return parsed
    doc, encoded = parsed
    try:
        for stage in [encoded, *_stages(nlp)]:
            doc = stage(doc)
        return doc
    except SetupError:
        raise
    except Exception as error:
        return _failure(doc._.article, error)


def _assembled(doc: Doc | ArticleError) -> Record | ArticleError:
    if isinstance(doc, ArticleError):
        return doc
    try:
        return assemble(doc)
    except Exception as error:
        return _failure(doc._.article, error)


def _read(staged: Sequence[Doc | ArticleError], reader: ReaderComponent) -> Iterator[Record | ArticleError]:
    """The records of staged Docs, read by the second reader several at once."""
    docs = reader.pipe(doc for doc in staged if isinstance(doc, Doc))
    yield from (_assembled(doc if isinstance(doc, ArticleError) else next(docs)) for doc in staged)


def _failure(article: Article, error: Exception) -> ArticleError:
    if isinstance(error, ArticleError):
        return error
    if isinstance(error, MemoryError):
        return ArticleError(article.id, OUT_OF_MEMORY)
    return ArticleError(article.id, f"{type(error).__name__}: {error} (a defect of Corridor; please report it)")


def _batches(articles: Iterable[Article], settings: Settings) -> Iterator[list[Article]]:
    """Batches of articles that have `batch_size` chunks together, but at least one article each."""
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
    own = (FIRST, ENCODING, *STAGES)
    return [pipe for name, pipe in nlp.pipeline if name not in own and not isinstance(pipe, ReaderComponent)]


def _reader(nlp: Language) -> ReaderComponent | None:
    """The second reader, under whatever name it was added."""
    return next((pipe for _, pipe in nlp.pipeline if isinstance(pipe, ReaderComponent)), None)


def _stages(nlp: Language) -> list[Pipe]:
    """The stages that follow the base model."""
    return [pipe for name, pipe in nlp.pipeline if name in STAGES]


def _parse(articles: Sequence[Article], nlp: Language, settings: Settings) -> Steps[list[tuple[Doc, Pipe]]]:
    """The Docs of articles after the base model, with `doc._.article` set, each with what adds its encoding."""
    cut = []
    for article in articles:
        yield article
        cut.append(_cut(article, nlp, settings))
    if len(articles) > 1:
        yield None
    encoded: list[Pipe] = [_unchanged] * len(cut)
    if ENCODING in nlp.pipe_names:
        encoded = nlp.get_pipe(ENCODING).begin(cut)  # type: ignore[attr-defined]
    pieces = [_chunks(doc, settings.chunk_size) for doc in cut]
    stream: Iterable[Doc] = (chunk for chunks in pieces for chunk in chunks)
    for pipe in _base(nlp):
        stream = pipe.pipe(stream, batch_size=PARSED) if hasattr(pipe, "pipe") else map(pipe, stream)
    chunked = iter(stream)
    docs = [
        _with_article(article, _join(list(islice(chunked, len(own)))))
        for article, own in zip(articles, pieces, strict=True)
    ]
    for doc, before in zip(docs, cut, strict=True):
        doc._.limits = before._.limits
    return list(zip(docs, encoded, strict=True))


def _tokens(text: str, nlp: Language) -> Doc:
    """The tokens of a text; a run without spaces beyond LIMITS.word is cut at that length only."""
    found = [match.span() for match in UNSPACED.finditer(text)]
    if not found:
        return nlp.make_doc(text)
    pieces, at = [], 0
    for start, end in found:
        words = [text[cut : min(end, cut + LIMITS.word)] for cut in range(start, end, LIMITS.word)]
        pieces += [nlp.make_doc(text[at:start]), Doc(nlp.vocab, words, [False] * len(words))]
        at = end
    doc = _join([*pieces, nlp.make_doc(text[at:])])
    doc._.limits = [Limit("word", max(end - start for start, end in found), LIMITS.word)]
    return doc


def _cut(article: Article, nlp: Language, settings: Settings) -> Doc:
    """A Doc with tokens and sentences. Raises ArticleError for an article that would take too much memory."""
    _check_size(article, len(article.text), settings.max_length, "characters")
    doc = _tokens(article.text, nlp)
    _check_size(article, len(doc), settings.max_tokens, "words and signs")
    return nlp.get_pipe(FIRST)(_with_article(article, doc))


def _check_size(article: Article, size: int, most: int, unit: str) -> None:
    if size > most:
        raise ArticleError(article.id, f"too long: {size:,} {unit}; at most {most:,} fit in 2 GB of memory; split it")


def _with_article(article: Article, doc: Doc) -> Doc:
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
    """Makes `pipeline.extract` this module and, when called, its function of the same name."""

    def __call__(self, *args: Any, **kwargs: Any) -> Record:
        return extract(*args, **kwargs)


sys.modules[__name__].__class__ = _Callable
