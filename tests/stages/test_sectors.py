"""The sectors of articles and of projects, and their F1 on gold."""

from pathlib import Path

import pytest
from spacy.language import Language

from pipeline.gold.folder import read_gold
from pipeline.record import Record
from pipeline.settings import Settings
from pipeline.sources import make_article
from pipeline.stages.document.doc import Entity, Mention
from pipeline.stages.sectors import Sectors
from pipeline.train.gold import write_entities, write_mentions

sectors = Sectors(Settings().models)


def codes_of(entity: Entity) -> list[str]:
    return [sector.code for sector in entity.sectors]


def test_the_article_has_its_main_sectors(nlp_base: Language) -> None:
    doc = sectors(
        nlp_base("Laos opened the railway to Boten. The trains carry fruit that farmers along the line export.")
    )
    assert doc._.sectors[0].code == "210"
    assert doc._.sectors[0].label == "Transport & Storage"


def test_the_title_counts(nlp_base: Language) -> None:
    doc = nlp_base("The two ministers met on Monday and signed it.")
    doc._.article = make_article(doc.text).model_copy(update={"title": "Hospital deal signed"})
    assert sectors(doc)._.sectors[0].code == "120"


def test_a_project_is_known_by_its_name_or_by_the_sentences_around_it(nlp_base: Language) -> None:
    text = "The Talwar Bridge is late. Lot Nine will bring drinking water and sewerage to the town."
    doc = nlp_base(text)
    bridge, lot, actor = Entity("Talwar Bridge", None), Entity("Lot Nine", None), Entity("Water Board", "government")
    doc._.entities = [bridge, lot, actor]
    doc._.mentions = [
        Mention("PROJECT", text.index(e.name), text.index(e.name) + 8, 0, entity=e) for e in (bridge, lot)
    ]
    sectors(doc)
    assert codes_of(bridge) == ["210"]
    assert codes_of(lot) == ["140"]
    assert actor.sectors == []


@pytest.mark.parametrize(("name", "code"), [("Vision 2040", "430"), ("National Solar Programme", "230")])
def test_a_programme_without_a_sector_in_its_name_is_multisector(nlp_base: Language, name: str, code: str) -> None:
    doc = nlp_base("The cabinet approved it.")
    doc._.entities = [Entity(name, None, programme=True)]
    assert codes_of(sectors(doc)._.entities[0]) == [code]


def micro_f1(pairs: list[tuple[set[str], set[str]]]) -> float:
    hits = sum(len(found & gold) for found, gold in pairs)
    return 2 * hits / sum(len(found) + len(gold) for found, gold in pairs)


def test_floors_on_the_corpus(nlp_base: Language, corpus: Path) -> None:
    """Measured: articles .69, projects .77, with gold projects; the corpus was used to measure, not to train."""
    articles, projects = [], []
    for gold in read_gold(corpus):
        doc, wanted = with_gold_projects(nlp_base, gold)
        sectors(doc)
        articles.append(({sector.code for sector in doc._.sectors}, {sector.code for sector in gold.sectors}))
        projects += [(set(codes_of(entity)), codes) for entity, codes in wanted]
    assert micro_f1(articles) >= 0.67
    assert micro_f1(projects) >= 0.74


def with_gold_projects(nlp: Language, gold: Record):  # type: ignore[no-untyped-def]
    doc = nlp.get_pipe("sentences")(nlp.make_doc(gold.article.text))
    doc._.article = make_article(gold.article.text).model_copy(update={"title": gold.article.title})
    keyed = write_entities(write_mentions(doc, gold), gold)
    return doc, [(keyed[project.id], {sector.code for sector in project.sectors}) for project in gold.projects]
