"""How many keys a whole article takes: one for each commitment, and a few to correct a value and to finish."""

from __future__ import annotations

from pathlib import Path
from statistics import mean
from typing import Any

import pytest
from review.page.desks import write_records
from review.page.running import Running, started
from review.page.tabs import Open
from review.page.typist import Typist

from pipeline.gold.folder import read_gold
from pipeline.record import Record
from pipeline.settings import Settings

CORRECTING = 10  # keys that one other value may take
BESIDE = 1 + CORRECTING  # of finishing, and of one correction
MINUTE = 75  # seconds by the model of `Typist`


def test_an_article_takes_a_key_for_each_commitment(tab: Open, server: Running) -> None:
    typist = Typist(tab(server.address, "sure"))
    assert typist.review(corrections=0) == 2
    assert (typist.keys, typist.thoughts) == (3, 3)
    found = [one["decision"]["decision"] for one in server.get()["view"]["commitments"]]
    assert found == ["accepted", "accepted"]


def of_average_size(found: list[Record], number: int) -> list[Record]:
    """The records with a number of commitments that is nearest to the mean."""
    average = mean(len(one.commitments) for one in found)
    return sorted(found, key=lambda one: (abs(len(one.commitments) - average), one.article.id))[:number]


@pytest.mark.slow
def test_ten_authored_articles_with_one_correction_each(tab: Open, tmp_path: Path) -> None:
    found = of_average_size([one for one in read_gold(Settings().seeds / "gold")], 10)
    write_records(tmp_path / "records.jsonl", *found)
    running: Any = started(tmp_path)
    page = tab(running.address)
    page.click("text=Start with the least certain")
    seconds = []
    for _ in found:
        page.wait_for_selector(".card.commitment:focus")
        typist = Typist(page)
        commitments = typist.review()
        assert typist.keys <= commitments + BESIDE
        seconds.append(typist.seconds - typist.waited)
    assert mean(seconds) < MINUTE
    page.wait_for_selector(".queue")
    assert {path.stem for path in (tmp_path / "mine" / "gold").iterdir()} == {one.article.id for one in found}
