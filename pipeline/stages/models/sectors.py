"""The OECD DAC sectors of a text, by a lexicon and a small linear model.

The model learned from descriptions of aid projects, and news is about other things too. So the lexicon has most weight,
the model adds to it, and a fitted line turns both into a probability.
"""

import json
import lzma
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pipeline.errors import SetupError
from pipeline.record import Sector
from pipeline.seeds import rows, table
from pipeline.values.codes import with_pairs, words

Floats = npt.NDArray[np.float32]
Texts = Sequence[list[str]]  # by their words
MULTISECTOR = "430"
LEAST = np.float32(0.01)  # less evidence for a code counts as so much
VOCABULARY, WEIGHTS, CARD = "vocabulary.txt.xz", "weights.npz", "card.json"  # the files of a model
FOLDER = "sectors"  # of the model, in the directory of a pipeline
MODEL = tuple(f"{FOLDER}/{name}" for name in (VOCABULARY, WEIGHTS, CARD))


@lru_cache(maxsize=1)
def codes() -> tuple[str, ...]:
    """The sector codes, in the order of all arrays here."""
    return tuple(row["code"] for row in rows("sectors.csv", "code", "group", "label"))


def labelled(code: str, confidence: float) -> Sector:
    """A sector with its label."""
    return Sector(code=code, label=_labels()[code], confidence=round(confidence, 4))


def blended(found: Texts, lift: Floats) -> Floats:
    """(texts, k), between 0 and 1: the lexicon's share and the model's lift, the lift alone without terms."""
    share = shares(found)
    weight = np.float32(table("sectors.yaml")["weights"]["share"])
    return np.where(share.any(axis=1, keepdims=True), weight * share + (1 - weight) * lift, lift)


def shares(found: Texts) -> Floats:
    """(texts, k): the share of each code in the weight of a text's lexicon terms; zeros without a term."""
    first = np.zeros((len(found), len(codes())), np.float32)
    rest = first.copy()
    for at, own in enumerate(found):
        for column, weight, is_rest in _hits(own):
            (rest if is_rest else first)[at, column] += weight
    total = np.where(first.any(axis=1, keepdims=True), first, rest)
    whole = total.sum(axis=1, keepdims=True)
    return np.divide(total, whole, out=total, where=whole > 0)


Vote = tuple[int, float, bool]  # column, weight, whether it counts only where no other does


def _hits(found: list[str]) -> Iterator[Vote]:
    terms, longest, at = _terms(), _longest_terms(), 0
    while at < len(found):
        length = longest.get(found[at], 0)
        while length and tuple(found[at : at + length]) not in terms:
            length -= 1
        yield from terms.get(tuple(found[at : at + length]), ())
        at += length or 1


@dataclass(frozen=True)
class Cut:
    """The line from the log-odds of `blend` to those of the confidence, and where a code is named."""

    slope: float
    offset: float
    threshold: float

    def confidences(self, blended: Floats) -> Floats:
        return _sigmoid(self.slope * log_odds(blended) + self.offset)


@dataclass(frozen=True)
class Model:
    """A linear model over words and pairs of words. n features, k codes; see the card for how it was made."""

    vocabulary: dict[str, int]
    idf: Floats  # (n,)
    weights: Floats  # (n, k)
    bias: Floats  # (k,)
    slope: Floats  # (k,) of the line from a decision value to log-odds
    offset: Floats  # (k,)
    cut: Cut = Cut(1.0, 0.0, 0.5)

    def decisions(self, found: Texts) -> Floats:
        """The decision values (texts, k) of texts: TF-IDF with log counts, unit length, times weights."""
        size, known = len(self.idf), self.vocabulary.get
        keys = [
            at * size + index
            for at, own in enumerate(found)
            for index in map(known, with_pairs(own))
            if index is not None
        ]
        distinct, counts = np.unique(np.array(keys, np.int64), return_counts=True)
        text, index = np.divmod(distinct, size)
        value = (1 + np.log(counts.astype(np.float32))) * self.idf[index]
        length = np.sqrt(np.bincount(text, value**2, len(found))).astype(np.float32)
        known_texts, first = np.unique(text, return_index=True)
        decisions: Floats = np.tile(self.bias, (len(found), 1))
        if len(known_texts):
            decisions[known_texts] += np.add.reduceat((value / length[text])[:, None] * self.weights[index], first)
        return decisions

    def probabilities(self, found: Texts) -> Floats:
        """The calibrated probability (texts, k) of each code, each on its own."""
        return _sigmoid(self.slope * self.decisions(found) + self.offset)

    @cached_property
    def _silent(self) -> Floats:
        """The probability (k,) of each code where there are no words."""
        silent: Floats = self.probabilities([[]])[0]
        return silent

    def lift(self, probabilities: Floats) -> Floats:
        """How far (texts, k), from 0 to 1, the words raise each code above its probability without words.

        So a text without evidence has no sector, whatever the mix of the training data.
        """
        lift = (probabilities - self._silent) / (1 - self._silent)
        return np.asarray(np.clip(lift, 0, 1), np.float32)

    def blends(self, found: Texts) -> Floats:
        """`blended` (texts, k) of texts, given by their words."""
        return blended(found, self.lift(self.probabilities(found)))

    def classify(self, texts: Iterable[str], limit: int = 2) -> list[list[Sector]]:
        """The sectors of sentences or names, the most likely first, with calibrated confidences.

        Two are best for a sentence: three in four commitments have one sector.
        """
        found = []
        for confidences in self.cut.confidences(self.blends([words(text) for text in texts])).tolist():
            likely = ((-p, code) for p, code in zip(confidences, codes(), strict=True) if p >= self.cut.threshold)
            found.append([labelled(code, -p) for p, code in sorted(likely)[:limit]])
        return found


@cache
def read_model(folder: Path) -> Model:
    """The model of a folder: `vocabulary.txt.xz`, `weights.npz` and `card.json`. Raises SetupError."""
    try:
        vocabulary = lzma.decompress((folder / VOCABULARY).read_bytes()).decode().splitlines()
        card = json.loads((folder / CARD).read_text(encoding="utf-8"))
        cut = Cut(**card["cut"])
        with np.load(folder / WEIGHTS, allow_pickle=False) as stored:
            arrays = {name: stored[name].astype(np.float32) for name in stored.files}
        weights = arrays.pop("weights") * arrays.pop("scale")
        index = {feature: at for at, feature in enumerate(vocabulary)}
        model = Model(index, weights=weights, cut=cut, **arrays)
    except (OSError, ValueError, KeyError, TypeError, lzma.LZMAError) as error:
        raise SetupError(f"{folder}: no sector model ({error}); run `corridor train sectors`") from error
    if card["codes"] != list(codes()) or weights.shape != (len(vocabulary), len(codes())):
        raise SetupError(f"{folder}: the sector model does not fit seeds/sectors.csv; run `corridor train sectors`")
    return model


def log_odds(probability: Floats) -> Floats:
    """ln(p / (1 - p)), between -4.6 and 4.6."""
    kept = np.clip(probability, LEAST, 1 - LEAST)
    return np.asarray(np.log(kept / (1 - kept)), np.float32)


def _sigmoid(value: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-value)), np.float32)


@lru_cache(maxsize=1)
def _labels() -> dict[str, str]:
    return {row["code"]: row["label"] for row in rows("sectors.csv", "code", "group", "label")}


@lru_cache(maxsize=1)
def _longest_terms() -> dict[str, int]:
    """How many words the longest term has that begins with a word."""
    return {term[0]: len(term) for term in sorted(_terms(), key=len)}


@lru_cache(maxsize=1)
def _terms() -> dict[tuple[str, ...], list[Vote]]:
    """The votes of each term of the lexicon, a term given as words; those of `none` have no votes."""
    lexicon, columns = table("sectors.yaml"), {code: column for column, code in enumerate(codes())}
    found: dict[tuple[str, ...], list[Vote]] = {tuple(words(term)): [] for term in lexicon["none"]}
    for code, lists in lexicon["terms"].items():
        for strength, terms in lists.items():
            vote = (columns[code], float(lexicon["weights"][strength]), strength == "rest")
            for term in terms:
                found.setdefault(tuple(words(term)), []).append(vote)
    return found
