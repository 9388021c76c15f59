"""Gold written onto a Doc reads back as the same gold."""

from pathlib import Path

from spacy.language import Language

from pipeline.gold.folder import read_gold
from pipeline.record import Record
from pipeline.settings import Settings
from pipeline.train.gold import write_entities, write_mentions


def test_gold_on_a_doc(nlp_base: Language) -> None:
    for gold in read_gold(Path(Settings().seeds) / "gold"):
        doc = write_mentions(nlp_base(gold.article.text), gold)
        keyed = write_entities(doc, gold)
        assert [(m.label, m.start, m.end) for m in doc._.mentions] == [(m.label, m.start, m.end) for m in gold.mentions]
        assert set(keyed) == {entity.id for entity in [*gold.actors, *gold.projects]}
        named = {id(m.entity) for m in doc._.mentions} | {id(r.entity) for r in doc._.references}
        # a name may hold a mention ("farmers of Pishin") or be part of one ("Punjab government spokesman")
        for entity in keyed.values():
            assert id(entity) in named or _meets_a_mention(entity.name, gold)


def _meets_a_mention(name: str, gold: Record) -> bool:
    start = gold.article.text.find(name)
    return any(mention.start < start + len(name) and start < mention.end for mention in gold.mentions)
