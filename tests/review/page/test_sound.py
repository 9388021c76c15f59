"""A record that lies about itself is refused before it becomes gold."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from review.page.conftest import Opener
from review.page.desks import named, record, write_records

from pipeline.errors import ArticleError


def moved(found: Any) -> Any:
    return found.model_copy(update={"start": found.start + 1, "end": found.end + 1})


UNSOUND: list[tuple[Callable[[Any], dict[str, Any]], str]] = [
    (lambda r: {"mentions": [moved(r.mentions[0]), *r.mentions[1:]]}, "'Laos' is not at 1"),
    (lambda r: {"mentions": [*r.mentions, r.mentions[0]]}, "the id 'm1' occurs 2 times"),
    (lambda r: {"relations": [*r.relations, r.relations[0]]}, "the id 'a2 funds p1' occurs 2 times"),
    (lambda r: {"actors": r.actors[1:]}, "'m1' and 'a1' do not refer to each other"),
    (lambda r: {"projects": [r.projects[0].model_copy(update={"id": "p 1"})]}, "the id 'p 1' has a space"),
    (lambda r: {"actors": [r.actors[0].model_copy(update={"id": "article"})]}, "is that of the article"),
    (lambda r: {"sentences": r.sentences[:1]}, "there is no sentence 1"),
    (lambda r: {"sentences": r.sentences[::-1]}, "sentence 0 is out of order"),
    (lambda r: {"commitments": [r.commitments[0].model_copy(update={"by": ["p1"]})]}, "has 'p1' in 'by', which is"),
    (lambda r: {"relations": [r.relations[0].model_copy(update={"object": "p9"})]}, "refers to 'p9', which is missing"),
]


@pytest.mark.parametrize(("change", "reason"), UNSOUND)
def test_a_record_that_is_not_whole_is_refused(
    start: Opener, tmp_path: Path, change: Callable[[Any], dict[str, Any]], reason: str
) -> None:
    found = record()
    source = write_records(tmp_path / "some.jsonl", found.model_copy(update=change(found)), named("well"))
    store = start(source)
    with pytest.raises(ArticleError, match=f"laos-1: cannot be reviewed: .*{reason}.*; extract it again"):
        store.article("laos-1")
    assert store.article("well")["version"] == 0
