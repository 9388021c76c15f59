"""Gold as a record."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace

import pytest

from pipeline.errors import ArticleError
from pipeline.gold.from_gold import gold_record
from pipeline.gold.gold import GoldArticle
from pipeline.record import Record, quotes

Perfect = Callable[[str], Record]


@pytest.mark.parametrize("name", ["authored-001", "authored-002", "authored-003"])
def test_quoted_text_is_what_stands_there(perfect: Perfect, name: str) -> None:
    record = perfect(name)
    assert [quote.text for quote in quotes(record)] == [record.article.text[q.start : q.end] for q in quotes(record)]
    assert Record.model_validate_json(record.to_json()) == record


def test_mentions_know_their_entity(perfect: Perfect) -> None:
    record = perfect("authored-003")
    entities = {mention.text: mention.entity for mention in record.mentions}
    assert (entities["PARC"], entities["Green Aquifer Project"], entities["Pishin"]) == ("a4", "p1", None)
    assert [m for actor in record.actors if actor.id == "a4" for m in actor.mentions] == ["m12", "m13"]


def test_sentences_are_numbered_after_the_fixes(perfect: Perfect) -> None:
    record = perfect("authored-003")  # its first two sentences are merged
    assert record.sentences[0].start == 0
    assert record.mentions[0].text == "ISLAMABAD"
    assert record.mentions[1].sentence == 0
    assert record.commitments[1].evidence[0].sentence == 1


def test_an_end_without_a_key_becomes_a_mention(perfect: Perfect) -> None:
    record = perfect("authored-003")
    end = next(relation.object for relation in record.relations if relation.type == "located_in")
    assert next(mention.text for mention in record.mentions if mention.id == end) == "Balochistan"


def test_a_denied_commitment(perfect: Perfect) -> None:
    assert [c.id for c in perfect("authored-003").commitments if c.negated] == ["c6"]


def test_an_end_that_is_no_mention_is_left_out(golds: dict[str, GoldArticle]) -> None:
    raw = deepcopy(golds["authored-001"].raw)
    raw["relations"].append(["p1", "located_in", "PLACE:Baetov", 0])
    record = gold_record(replace(golds["authored-001"], raw=raw))
    assert len(record.relations) == len(raw["relations"]) - 1


def test_words_outside_their_sentence_are_found_elsewhere(golds: dict[str, GoldArticle]) -> None:
    raw = deepcopy(golds["authored-001"].raw)
    raw["commitments"][4]["dates"] = [{"text": "March  2026", "iso": "2026-03"}]
    assert gold_record(replace(golds["authored-001"], raw=raw)).commitments[4].dates[0].text == "March 2026"


def test_words_that_stand_nowhere(golds: dict[str, GoldArticle]) -> None:
    raw = deepcopy(golds["authored-001"].raw)
    raw["commitments"][0]["trigger"] = "pretended"
    with pytest.raises(ArticleError, match="'pretended' does not stand in the text"):
        gold_record(replace(golds["authored-001"], raw=raw))
