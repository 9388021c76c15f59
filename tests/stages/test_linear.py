"""Whatever a text says over and over, the time it takes grows as its length does, and the record says what was cut."""

import time
from collections.abc import Callable, Iterator
from itertools import islice, product

import pytest
from spacy.language import Language

from pipeline.extract import extract
from pipeline.record import Record
from pipeline.settings import LIMITS
from pipeline.stages.commitments.slots.implied import Doers
from pipeline.stages.document.doc import Entity
from pipeline.stages.language import ENCODING
from pipeline.stages.references.clusters import Clusters

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


def test_the_likeliest_doer_of_many() -> None:
    bodies = [Entity(f"Bank {n}", "bank") for n in range(300)]

    def run(count: int) -> list[list[Entity]]:
        doers = Doers([(n, [bodies[n % 300]]) for n in range(count)], bodies)
        return [doers.likely(n, [bodies[n % 300]]) for n in range(count)]

    assert run(300)[0] == [bodies[1]]
    assert seconds(lambda: run(4_000)) < 2


def test_repeated_names_are_held_against_others_once() -> None:
    asked = []

    def may(short: int, long: int) -> bool:
        asked.append((short, long))
        return True

    names = ["World Bank", "Bank"] * 500
    clusters = Clusters(len(names))
    clusters.unite_shared(enumerate(names))
    clusters.unite_shorter(names, [frozenset(name.split()) for name in names], may)
    assert len(clusters.members()) == 1 and len(asked) == 1


def limits(record: Record) -> list[tuple[str, int | None, int, int]]:
    return [(limit.name, limit.sentence, limit.found, limit.kept) for limit in record.limits]


def test_what_is_too_long_for_a_word_is_cut(nlp: Language) -> None:
    record = extract(f"Japan will lend Kenya $5 million. {'a,' * 700} It is good.", nlp)
    assert limits(record) == [("word", None, 1_400, LIMITS.word)]
    assert [commitment.amounts[0].text for commitment in record.commitments] == ["$5 million"]
    assert '"limits":[{"name":"word","sentence":null,"found":1400,"kept":500}]' in record.to_json()


def test_what_is_too_long_for_a_sentence_goes_on_as_another(nlp: Language) -> None:
    record = extract("Japan will lend.\n\nIt paid for " + "roads and " * 300 + "bridges.", nlp)
    assert limits(record) == [("sentence", 1, 605, LIMITS.sentence)]
    assert len(record.sentences) == 3


def test_what_is_too_long_for_a_name_is_cut(nlp: Language) -> None:
    record = extract("Work began on the " + "Kot " * 50 + "Dam.", nlp)
    assert limits(record) == [("name", 0, 55, LIMITS.name)]


def test_of_many_places_of_a_sentence_the_first_may_be_related(nlp: Language) -> None:
    record = extract("Talks were held by " + "China, Japan, Kenya, " * 20, nlp)
    ((name, sentence, found, kept),) = limits(record)
    assert (name, sentence, kept) == ("places", 0, LIMITS.places) and found >= 60


def test_an_ordinary_article_reaches_no_limit(nlp: Language, bundled_article: str) -> None:
    record = extract(bundled_article, nlp)
    assert record.limits == [] and "limits" not in record.to_json()
