"""Languages of sentences that speak of one thing, and texts too short to tell."""

import json
from pathlib import Path

import pytest

from pipeline.readers.language import language

CASES = [
    ("en", "The two governments signed an agreement on a new railway line, the ministry said on Monday."),
    ("en", "THE TWO GOVERNMENTS SIGNED AN AGREEMENT ON A NEW RAILWAY LINE, THE MINISTRY SAID ON MONDAY."),
    ("fr", "Les deux gouvernements ont signé lundi un accord sur une nouvelle ligne, a annoncé le ministère."),
    ("de", "Die beiden Regierungen unterzeichneten am Montag ein Abkommen über eine neue Bahnstrecke."),
    ("es", "Los dos gobiernos firmaron el lunes un acuerdo sobre una nueva línea ferroviaria, según el ministerio."),
    ("ur", "دونوں حکومتوں نے پیر کو نئی ریلوے لائن کے معاہدے پر دستخط کیے، وزارت نے بتایا۔"),
    ("zh", "两国政府周一签署了一项关于新建铁路的协议，交通部表示。"),
    ("ar", "وقعت الحكومتان يوم الاثنين اتفاقية بشأن خط سكة حديد جديد، حسبما ذكرت الوزارة."),
    ("ru", "Два правительства подписали в понедельник соглашение о новой железнодорожной линии."),
    ("vi", "Hai chính phủ đã ký một thỏa thuận về tuyến đường sắt mới vào thứ Hai, Bộ cho biết."),
    ("sw", "Serikali hizo mbili zilitia saini makubaliano ya reli mpya siku ya Jumatatu, wizara ilisema."),
    (None, "CPEC"),
    (None, "Gwadar Karachi Lahore Islamabad"),
    (None, "$1,200 (2025)"),
    (None, ""),
]


@pytest.mark.parametrize(("code", "text"), CASES)
def test_language(code: str | None, text: str) -> None:
    assert language(text) == code


def test_only_the_beginning_is_looked_at() -> None:
    english = CASES[0][1] * 30
    assert language(english + CASES[2][1] * 100_000) == "en"


def test_all_of_the_corpus_is_english(corpus: Path) -> None:
    with (corpus / "articles.jsonl").open(encoding="utf-8") as file:
        texts = [json.loads(line)["text"] for line in file]
    assert {language(text) for text in texts} == {"en"}
    assert {language(text.upper()) for text in texts} == {"en"}
