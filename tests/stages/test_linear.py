"""Whatever a text says over and over, the time it takes grows as its length does, and the record says what was cut."""

import time
from collections.abc import Callable, Iterator
from itertools import islice, product

import pytest
from spacy.language import Language

from pipeline.extract import extract
from pipeline.settings import LIMITS
from pipeline.stages.language import ENCODING

SIZE = 6_000  # characters of the shortest text, which is long enough for several of the longest sentences
TIMES, GROWTH = 4, 9  # so many times as long a text takes no more than so many times as long; 16 were quadratic


def syllables() -> Iterator[str]:
    """Different endings of names."""
    return ("".join(letters) for letters in product("abcdefghijklmnopqrstuvwxyz", repeat=3))


def listed(form: str, between: str, before: str = "") -> Callable[[int], str]:
    """Texts of about so many characters that list different names of one form, `{}` in it their endings."""
    return lambda size: before + between.join(map(form.format, islice(syllables(), size // len(form + between))))


def again(words: str) -> Callable[[int], str]:
    """Texts of about so many characters that say the same words."""
    return lambda size: words * (size // len(words))


FAMILIES: dict[str, Callable[[int], str]] = {
    "offices without a name": again("Prime Minister "),
    "amounts of one sentence": again("$5 million, $7 million, "),
    "amounts with receivers": again("$5m to Kenya, $3m to Rwanda, "),
    "quotation marks": again('"'),
    "commas": again(","),
    "signs of money": again("$"),
    "brackets in brackets": lambda size: "(" * (size // 2) + "World Bank" + ")" * (size // 2),
    "short forms in brackets": again("World Bank (WB) "),
    "capitalised words": listed("Alpha{}", " "),
    "words that end names": again("Dam "),
    "words that begin names": again("Ministry of "),
    "names of a list": listed("Omar Kh{}", ", ", "Talks were held by "),
    "countries of a list": again("China, Japan, Kenya, "),
    "projects of a list": listed("Kot{} Dam", ", ", "Work began on "),
    "projects of many sentences": listed("Work began on the Kot{} Dam.", " "),
    "banks of many sentences": listed("The {} Bank will lend $5 million.", " "),
    "the same doer": again("China will build a dam in Kenya. "),
    "pronouns": again("He said it will fund them. "),
    "acronyms": listed("A{}".upper(), " "),
    "dates": again("5 May 2025, "),
    "speech in speech": again("He said that she said that "),
    "openers": again("agreed to plan to "),
    "coordinated verbs": again("will fund, "),
    "relations": again("Ali Raza, chairman of WAPDA, signed with Omar Khan, minister of Kenya, and "),
    "one endless sentence": again("the ministry will build a road and "),
    "phases without a programme": again("Phase II will start. "),
}


def seconds(call: Callable[[], object]) -> float:
    begin = time.process_time()
    call()
    return time.process_time() - begin


def holds(short: Callable[[], object], long: Callable[[], object], attempts: int = 3) -> bool:
    """Whether the long one takes no more than GROWTH times as long; on a busy machine once out of some times."""
    return any(seconds(long) <= GROWTH * seconds(short) + 0.05 for _ in range(attempts))


@pytest.fixture(autouse=True, scope="module")
def warm(nlp: Language) -> None:
    """Seeds and models are read before time is taken."""
    extract(FAMILIES["relations"](500), nlp)


@pytest.mark.slow
@pytest.mark.parametrize("name", FAMILIES)
def test_a_text_takes_time_by_its_length(nlp: Language, name: str) -> None:
    text = FAMILIES[name]
    with nlp.select_pipes(disable=[ENCODING]):
        assert holds(lambda: extract(text(SIZE), nlp), lambda: extract(text(TIMES * SIZE), nlp))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["amounts with receivers", "projects of a list"])
def test_so_it_does_with_the_encoder(nlp: Language, name: str) -> None:
    text = FAMILIES[name]
    assert holds(lambda: extract(text(SIZE), nlp), lambda: extract(text(TIMES * SIZE), nlp))


LIMITED = [  # what is too long for a word or a name is cut, for a sentence goes on as another
    (f"Japan will lend Kenya $5 million. {'a,' * 700} It is good.", ("word", None, 1_400, LIMITS.word), 1),
    ("Japan will lend.\n\nIt paid for " + "roads and " * 300 + "bridges.", ("sentence", 1, 605, LIMITS.sentence), 3),
    ("Work began on the " + "Kot " * 50 + "Dam.", ("name", 0, 55, LIMITS.name), 1),
    ("Talks were held by " + "China, Japan, Kenya, " * 20, ("places", 0, 60, LIMITS.places), 1),
]


@pytest.mark.parametrize(("text", "limit", "sentences"), LIMITED, ids=[limit[0] for _, limit, _ in LIMITED])
def test_a_record_says_what_was_cut(
    nlp: Language, text: str, limit: tuple[str, int | None, int, int], sentences: int
) -> None:
    record = extract(text, nlp)
    assert [(one.name, one.sentence, one.found, one.kept) for one in record.limits] == [limit]
    assert len(record.sentences) == sentences
    assert limit[0] != "word" or [one.amounts[0].text for one in record.commitments] == ["$5 million"]


def test_an_ordinary_article_reaches_no_limit(nlp: Language, bundled_article: str) -> None:
    record = extract(bundled_article, nlp)
    assert record.limits == [] and "limits" not in record.to_json()
