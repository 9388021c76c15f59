"""Doc -> Record: ids, names, and the invariant that every quote stands where it says."""

import pytest
import spacy
from spacy.tokens import Doc

from pipeline.errors import ArticleError
from pipeline.record import Amount
from pipeline.sources import make_article
from pipeline.stages.assemble import assemble
from pipeline.stages.document.doc import Commitment, Entity, Mention, Reference, Relation

TEXT = "Fiji and Oman signed a deal worth $5m today. Fiji thanked the sultanate."


@pytest.fixture
def doc() -> Doc:
    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    doc = nlp(TEXT)
    doc._.article = make_article(TEXT)
    fiji, oman = Entity("Fiji", "country", country="FJI"), Entity("Oman", "country", country="OMN")
    deal = Mention("AGREEMENT", 23, 27, 0)
    doc._.entities = [fiji, oman]
    doc._.mentions = [Mention("COUNTRY", 0, 4, 0, entity=fiji), Mention("COUNTRY", 9, 13, 0, entity=oman), deal]
    doc._.references = [Reference(58, 71, oman)]
    doc._.relations = [Relation(fiji, "party_to", deal, 0, 0, 27)]
    amount = Amount(text="$5m", start=34, end=37, value=5e6, currency="USD")
    doc._.commitments = [Commitment("agreement", "agreed", 14, 20, [0], by=[fiji, oman], amounts=[amount])]
    return doc


def test_ids_follow_the_text(doc: Doc) -> None:
    record = assemble(doc)
    assert [(a.id, a.name, a.aliases, a.mentions) for a in record.actors] == [
        ("a1", "Fiji", [], ["m1"]),
        ("a2", "Oman", ["the sultanate"], ["m2"]),
    ]
    assert (record.relations[0].subject, record.relations[0].object) == ("a1", "m3")
    commitment = record.commitments[0]
    assert (commitment.by, commitment.trigger.text, commitment.evidence[0].end) == (["a1", "a2"], "signed", 44)


def test_a_quote_that_does_not_stand_there_is_refused(doc: Doc) -> None:
    doc._.commitments[0].amounts = [Amount(text="$5m", start=30, end=33, value=5e6, currency="USD")]
    with pytest.raises(ArticleError, match="does not stand"):
        assemble(doc)


def test_a_doc_without_an_article_is_refused() -> None:
    with pytest.raises(ValueError, match="no article"):
        assemble(spacy.blank("en")(""))
