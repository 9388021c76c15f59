"""The encoding stage: reads a Doc with the encoder, for the stages that follow to ask.

Hard to afford, so it is done once for all of them, many Docs together and beside the base model.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import batched
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc

from pipeline.stages.document.doc import UNSPACED, encoding_of, sentence_spans, text_of
from pipeline.stages.models.encoder import MODEL, THREADS, TOKENS, Encoding, encoder
from pipeline.stages.models.heads import FILES, REFERENCE, PairHead
from pipeline.stages.stage import Stage, directory


class Encode(Stage):
    """Sets `doc._.encoding`, where there is a word to read; the encoder has `threads`."""

    files = tuple(f"encoder/{file}" for file in (MODEL, TOKENS, *FILES))

    def __init__(self, folder: Path, threads: int) -> None:
        super().__init__(folder)
        self._threads = threads

    def __call__(self, doc: Doc) -> Doc:
        return next(iter(self.pipe([doc])))

    def pipe(self, docs: Iterable[Doc], batch_size: int = 32) -> Iterator[Doc]:
        """The Docs in their order, encoded `batch_size` together."""
        for batch in batched(docs, batch_size):
            for doc, finish in zip(batch, self.begin(batch), strict=True):
                yield finish(doc)

    def begin(self, docs: Iterable[Doc]) -> list[Callable[[Doc], Doc]]:
        """Starts to read Docs with sentences; each of what is returned sets the encoding on a Doc of the same text."""
        spaced = ((UNSPACED.sub(lambda long: " " * len(long[0]), text_of(doc)), doc) for doc in docs)
        texts = [(text, sentence_spans(doc)) for text, doc in spaced]
        read = encoder(self.folder / "encoder", self._threads).begin(texts)
        return [partial(_set, encoded) for encoded in read]


def pair_head_of(doc: Doc) -> PairHead | None:
    """What the mentions of a Doc, and its references as far as there are any, are to each other; None: not encoded."""
    encoding = encoding_of(doc)
    named = [(m.start, m.end, m.label) for m in doc._.mentions]
    meant = [(r.start, r.end, REFERENCE) for r in doc._.references]
    return None if encoding is None else encoding.pair_head([*named, *meant])


def _set(encoded: Callable[[], Encoding], doc: Doc) -> Doc:
    encoding = encoded()
    doc._.encoding = encoding if len(encoding.starts) else None
    return doc


@Language.factory("corridor_encoding", requires=["token.is_sent_start"], assigns=["doc._.encoding"])
def make_encoding(nlp: Language, name: str, folder: str | None = None, threads: int = THREADS) -> Encode:
    """The component; `folder`: the directory of a trained pipeline."""
    return Encode(directory(folder), threads)
