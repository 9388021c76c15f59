"""Every word that the seeds know, where grammar ends: first, last, alone, doubled, and a thousand times in a row."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from fuzz.strategies import TIMES
from spacy.language import Language

from pipeline.extract import extract_stream
from pipeline.record import Record
from pipeline.seeds import table
from pipeline.sources import make_article
from pipeline.stages.language import ENCODING

SEEDS = (
    "commitments", "dates", "entities", "honorifics", "legal_forms", "money", "numbers", "place_words", "references",
    "relations", "sentences",
)  # fmt: skip
SENTENCE = "{0} President Xi Jinping and Prime Minister Ali Raza pledged $5 billion to the Kenyan government, {1}"
BROKE = (  # what an article once failed on
    "And President Xi Jinping pledged $5 billion to Kenya.",
    "and Prime Minister Ali Raza left.",
    "and former PTI leader Ali Raza left.",
    "China, Japan, Kenya, " * 400,
    "The bank will fund" + ", fund" * 2_000 + " the road.",
    "They agreed to plan to " * 600,
)
_PATTERN = re.compile(r"[\\{}\[\]()|?*+^$<>]")  # what is no word but a rule


def leaves(node: Any) -> Iterator[str]:
    """All keys and values of a table."""
    if isinstance(node, dict):
        yield from leaves([*node.keys(), *node.values()])
    elif isinstance(node, list):
        for part in node:
            yield from leaves(part)
    elif node is not None:
        yield str(node)


WORDS = sorted({word for name in SEEDS for word in leaves(table(f"{name}.yaml")) if not _PATTERN.search(word)})


def some(of: int) -> list[str]:
    """One word of every `of`; in a longer run so many times as many as it says, up to all."""
    return WORDS[:: max(1, of // TIMES)]


@pytest.fixture(params=["default", "fast"])
def pipe(request: pytest.FixtureRequest, nlp: Language) -> Iterator[Language]:
    """The whole pipeline in each of both profiles."""
    with nlp.select_pipes(disable=[ENCODING] if request.param == "fast" else []):
        yield nlp


def check(texts: Sequence[str], pipe: Language) -> None:
    articles = [make_article(text, id=text[:40], date="2025-03-04") for text in texts]
    failed = [found for found in extract_stream(articles, pipe) if not isinstance(found, Record)]
    assert not failed, [str(error) for error in failed]


def test_the_seeds_have_words() -> None:
    assert {"and", "minister", "pledge", "million", "Mr", "according"} <= {*WORDS}


def test_what_once_broke(pipe: Language) -> None:
    check(BROKE, pipe)


def test_first_and_last_alone_and_doubled(pipe: Language) -> None:
    shapes = [(SENTENCE.format(word.title(), word), word, f"{word.title()} {word.title()}") for word in some(40)]
    check([text for own in shapes for text in own], pipe)


def test_a_thousand_times_in_a_row(pipe: Language) -> None:
    check([f"{word.title()} " * 1_000 for word in some(400)], pipe)
