"""A trained pipeline, loaded, and articles through it, many at once.

A long article is parsed in chunks cut at sentences, so that memory stays flat; the stages then see it whole.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import islice
from pathlib import Path

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
from pipeline.errors import ArticleError, SetupError, failure
from pipeline.record import Article, Record
from pipeline.seeds import active, using
from pipeline.settings import LIMITS, Profile, Settings, trained
from pipeline.stages.assemble import assemble
from pipeline.stages.base import forgetting
from pipeline.stages.document.doc import UNSPACED, Limit, text_of
from pipeline.stages.language import ENCODING, FIRST, STAGES, Corridor, config_of
from pipeline.stages.models.encoder import THREADS

PARSED = 32  # chunks that the base model gets at once: its parser reads a quarter together, more outgrow the cache
Pipe = Callable[[Doc], Doc]
Parsed = tuple[Doc, Pipe]  # after the base model, with what adds the encoding


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
    exclude = [ENCODING] if profile == "fast" else []
    with using(own_seeds):
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


def read(
    articles: Iterable[Article], nlp: Language, settings: Settings | None = None
) -> Iterator[Record | ArticleError]:
    """A record or an error for each article, in their order, with one batch in memory at a time.

    Raises SetupError where the settings name other models or seeds than those that `nlp` was loaded with.
    """
    if settings is not None and isinstance(nlp, Corridor) and not nlp.made_with(settings):
        raise SetupError("the settings name other models or seeds than those of nlp; give them to pipeline.load")
    settings = settings or Settings()
    for batch in _batches(articles, settings):  # whole, so that no memory zone is open while the caller has a result
        yield from [*_read(batch, nlp, settings)]


def _read(articles: Sequence[Article], nlp: Language, settings: Settings) -> Iterator[Record | ArticleError]:
    with forgetting(nlp), using(nlp.own_seeds if isinstance(nlp, Corridor) else active()):
        parsed, staged, after = _parsed(articles, nlp, settings), partial(_staged, nlp), _after(nlp)
        if not after:  # so that a Doc is let go as soon as its record is made
            yield from (_made(a, assemble, _made(a, staged, parsed.pop(0))) for a in articles)
            return
        found = [_made(article, staged, one) for article, one in zip(articles, parsed, strict=True)]
        docs = _through((doc for doc in found if isinstance(doc, Doc)), after)
        complete = (doc if isinstance(doc, ArticleError) else next(docs) for doc in found)
        yield from (_made(article, assemble, doc) for article, doc in zip(articles, complete, strict=True))


def _parsed(articles: Sequence[Article], nlp: Language, settings: Settings) -> list[Parsed | ArticleError]:
    """As `_parse`; where a batch fails, each article is parsed alone, so that one failure affects no other."""
    try:
        return [*_parse(articles, nlp, settings)]
    except SetupError:
        raise
    except Exception as error:
        if len(articles) == 1:
            return [failure(articles[0].id, error)]
        return [_parsed([article], nlp, settings)[0] for article in articles]


def _made[Given, Found](
    article: Article, step: Callable[[Given], Found], given: Given | ArticleError
) -> Found | ArticleError:
    """What a step makes of an article, or what was wrong with it in this step or before."""
    if isinstance(given, ArticleError):
        return given
    try:
        return step(given)
    except SetupError:
        raise
    except Exception as error:
        return failure(article.id, error)


def _staged(nlp: Language, parsed: Parsed) -> Doc:
    """The Doc after all stages."""
    doc, encoded = parsed
    for stage in (encoded, *(pipe for name, pipe in nlp.pipeline if name in STAGES)):
        doc = stage(doc)
    return doc


def _through(docs: Iterable[Doc], pipes: Iterable[Pipe]) -> Iterator[Doc]:
    """The Docs after some components, many at once where a component can."""
    for pipe in pipes:
        docs = pipe.pipe(docs, batch_size=PARSED) if hasattr(pipe, "pipe") else map(pipe, docs)
    return iter(docs)


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


def _base(nlp: Language) -> list[Pipe]:
    """The components of the base model, and what a user has added among them."""
    own, after = (FIRST, ENCODING, *STAGES), _after(nlp)
    return [pipe for name, pipe in nlp.pipeline if name not in own and pipe not in after]


def _after(nlp: Language) -> list[Pipe]:
    """The components that a user has added after the stages."""
    last = max((at for at, name in enumerate(nlp.pipe_names) if name in STAGES), default=len(nlp.pipe_names))
    return [pipe for _, pipe in nlp.pipeline[last + 1 :]]


def _parse(articles: Sequence[Article], nlp: Language, settings: Settings) -> list[Parsed]:
    """The Docs of articles after the base model, with `doc._.article` set, each with what adds its encoding."""
    cut = [_cut(article, nlp, settings) for article in articles]
    encoded: list[Pipe] = [lambda doc: doc] * len(cut)
    if ENCODING in nlp.pipe_names:
        encoded = nlp.get_pipe(ENCODING).begin(cut)  # type: ignore[attr-defined]
    pieces = [_chunks(doc, settings.chunk_size) for doc in cut]
    chunked = _through((chunk for chunks in pieces for chunk in chunks), _base(nlp))
    docs = [_join(list(islice(chunked, len(own)))) for own in pieces]
    for doc, before in zip(docs, cut, strict=True):
        doc._.article, doc._.limits = before._.article, before._.limits
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
    check_size(article, len(article.text), settings.max_length, "characters")
    doc = _tokens(article.text, nlp)
    check_size(article, len(doc), settings.max_tokens, "words and signs")
    doc._.article = article
    return nlp.get_pipe(FIRST)(doc)


def check_size(article: Article, size: int, most: int, unit: str) -> None:
    """Raises ArticleError for an article that would take too much memory."""
    if size > most:
        raise ArticleError(article.id, f"too long: {size:,} {unit}; at most {most:,} fit in 2 GB of memory; split it")


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
