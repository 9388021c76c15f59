"""Sentences of all scripts, as a language model gets them that reads alone."""

import json
from pathlib import Path

import pytest

from pipeline.llm.bare import bare, sentences_of
from pipeline.sources import make_article

ARTICLES = Path(__file__).parents[2] / "seeds" / "languages" / "articles.jsonl"
TEXTS = {
    "zh": ["北京电 中方与巴方签署协议。", "“我们将提供12.5亿元贷款。”他说。", "项目今年开工！"],
    "ar": ["وقّع البنك اتفاقية بقيمة ١٫٥ مليار دولار.", "هل يبدأ العمل؟", "قال الوزير د. أحمد إن المشروع تأخر."],
    "ur": ["چین نے 2 ارب ڈالر دیے۔", "کیا کام شروع ہوگا؟", "وزیر نے تصدیق کی۔"],
    "fr": ["M. Diop a signé.", "L’AFD versera 3,5 milliards de F CFA.", "« C’est fait. » a-t-il dit."],
    "es": ["El Sr. Paz firmó.", "EE.UU. dará 2 millones.", "¿Cuándo?", "Pronto."],
    "pt": ["O Sr. Silva assinou.", "O Dr. Lopes disse que sim."],
    "ru": ["Банк выделит 3,5 млрд долл. на дорогу.", "Об этом сообщил И. И. Иванов."],
    "en": ["Mr. Lee signed.", "The bank will lend $1.5 billion."],
}


@pytest.mark.parametrize("language", TEXTS)
def test_a_text_is_cut_where_its_script_ends_a_sentence(language: str) -> None:
    text = ("" if language == "zh" else " ").join(TEXTS[language])
    assert [text[start:end] for start, end in sentences_of(text, language)] == TEXTS[language]


def test_a_line_ends_a_sentence_and_white_space_is_none() -> None:
    text = "  Titre sans point \r\n\n\tLe texte. \n"
    assert [text[start:end] for start, end in sentences_of(text, "fr")] == ["Titre sans point", "Le texte."]
    assert [*sentences_of(" \n ", None)] == []


def test_most_sentences_of_the_authored_articles_are_those_of_gold() -> None:
    rows = [json.loads(line) for line in ARTICLES.read_text(encoding="utf-8").splitlines()]
    gold = {(row["id"], *span) for row in rows for span in row["sentences"]}
    found = {(row["id"], *span) for row in rows for span in sentences_of(row["text"], row["language"])}
    assert 2 * len(gold & found) / (len(gold) + len(found)) >= 0.97


def test_a_bare_record_has_its_sentences_and_nothing_else() -> None:
    record = bare(make_article("Le pont est ouvert. La banque paie.", id="fr"))
    assert [one.id for one in record.sentences] == [0, 1]
    assert not (record.mentions or record.actors or record.projects or record.commitments)
