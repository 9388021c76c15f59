"""The encoder's own parts: windows of word pieces, what lies where in an encoding, and the model that comes along."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from pipeline.errors import SetupError
from pipeline.settings import Settings
from pipeline.stages.models.encoder import SECTORS, STATED, TAGS, TRIGGERS, WINDOW, Encoding, encoder, windows
from pipeline.stages.models.heads import HIDDEN, NAMED, NONE, RELATIONS, ROLES, TOGETHER, named

TEXT = "Kenya is short of cash. The World Bank approved a loan of $5 million to Kenya on Friday."
SENTENCES = [(0, 23), (24, 88)]


@dataclass
class Pieces:
    ids: list[int]
    offsets: list[tuple[int, int]]


def by_word(text: str) -> Pieces:
    """Every word is a piece."""
    places, start = [], 0
    for word in text.split():
        start = text.index(word, start)
        places.append((start, start + len(word)))
        start += len(word)
    return Pieces(list(range(len(places))), places)


def test_sentences_share_a_window_and_offsets_are_those_of_the_text() -> None:
    (window,) = windows(TEXT, SENTENCES, by_word)
    assert [TEXT[a:b] for a, b in window.offsets] == TEXT.split()
    assert len(window.ids) == len(window.cases) == len(TEXT.split())


def test_no_window_is_too_long_and_no_piece_is_lost() -> None:
    text = "word " * 1000
    found = list(windows(text, [(0, 2500), (2500, 5000)], by_word))
    assert all(0 < len(window.ids) <= WINDOW - 2 for window in found)
    assert sum(len(window.ids) for window in found) == 1000
    assert list(windows("", [], by_word)) == []


@pytest.fixture(scope="module")
def encoding() -> Encoding:
    (found,) = encoder(Settings().models / "encoder")([(TEXT, SENTENCES)])
    return found


def test_an_encoding_has_a_row_for_each_piece(encoding: Encoding) -> None:
    count = len(encoding.starts)
    assert encoding.tags.shape == (count, len(TAGS))
    assert encoding.triggers.shape == (count, len(TRIGGERS))
    assert encoding.sectors.shape == (count, len(SECTORS))
    assert encoding.hidden.shape == (count, HIDDEN)
    assert encoding.sentences.tolist() == sorted(encoding.sentences) and set(encoding.sentences.tolist()) == {0, 1}
    assert np.exp(encoding.tags).sum(axis=1) == pytest.approx(np.ones(count), abs=1e-4)


def test_pieces_of_characters(encoding: Encoding) -> None:
    assert encoding.pieces(0, 5) == slice(0, 1)
    start = TEXT.index("World Bank")
    span = encoding.pieces(start, start + 10)
    assert TEXT[encoding.starts[span.start] : encoding.ends[span.stop - 1]] == "World Bank"
    beyond = encoding.pieces(len(TEXT), len(TEXT) + 1)
    assert beyond.stop - beyond.start == 1


def test_roles_and_relations_are_probabilities(encoding: Encoding) -> None:
    bank = (TEXT.index("World"), TEXT.index(" approved"), "ORG")
    kenya = (TEXT.rindex("Kenya"), TEXT.index(" on Friday"), "COUNTRY")
    trigger = (TEXT.index("approved"), TEXT.index(" a loan"))
    roles = np.exp(encoding.pair_head([bank, kenya]).roles_of([(trigger, [bank, kenya])])[0])
    assert roles.shape == (2, len(ROLES))
    assert roles.sum(axis=1) == pytest.approx([1, 1], abs=1e-4)
    assert [ROLES[at] for at in roles.argmax(axis=1).tolist()] == ["by", "to"]
    relations = np.exp(encoding.pair_head([bank, kenya]).relations_of([(bank, kenya)]))
    assert relations.shape == (1, len(RELATIONS))
    assert RELATIONS[0] == NONE


def test_a_whole_name_differs_from_a_part_of_it(encoding: Encoding) -> None:
    bank = encoding.pieces(TEXT.index("World"), TEXT.index(" approved"))
    first, last = np.array([bank.start, bank.start, bank.start]), np.array([bank.stop - 1, bank.start, bank.stop])
    found = np.exp(named(encoding, first, last))
    assert found.shape == (3, len(NAMED))
    assert found.sum(axis=1) == pytest.approx(np.ones(3), abs=1e-4)
    assert found[0, NAMED.index("ORG")] > 0.9
    assert found[1:, NAMED.index("ORG")].max() < 0.1
    assert named(encoding, first[:0], last[:0]).shape == (0, len(NAMED))


def test_texts_are_encoded_alike_alone_and_together(encoding: Encoding) -> None:
    other = ("The road is closed until 2027. " * 20, [(at * 31, at * 31 + 30) for at in range(20)])
    together = encoder(Settings().models / "encoder")([other, (TEXT, SENTENCES), ("", [])])
    assert np.array_equal(together[1].tags, encoding.tags)
    assert len(together[2].starts) == 0


def test_threads_of_its_own_change_nothing() -> None:
    folder = Settings().models / "encoder"
    given = [(TEXT, SENTENCES), (TEXT[24:], [(0, 64)])]
    none, two = (encoder(folder, threads)(given) for threads in (0, 2))
    assert [found.tags.tolist() for found in none] == [found.tags.tolist() for found in two]
    assert [found.hidden.tolist() for found in none] == [found.hidden.tolist() for found in two]


def test_sentences_and_spans_score_the_same_alone_and_together(
    encoding: Encoding, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = np.arange(8)
    stated, names = encoding.stated_in(SENTENCES), named(encoding, first, first + 1)
    monkeypatch.setitem(TOGETHER, "texts", 1)
    monkeypatch.setitem(TOGETHER, "spans", 3)
    assert encoding.stated_in(SENTENCES) == pytest.approx(stated, abs=1e-4)
    assert named(encoding, first, first + 1) == pytest.approx(names, abs=1e-4)
    assert encoding.stated_in([]).shape == (0, len(STATED))


def test_a_missing_encoder_is_a_set_up_error(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="reinstall"):
        encoder(tmp_path)
