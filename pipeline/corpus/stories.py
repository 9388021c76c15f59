"""Splits articles by story: many outlets tell the same one, and a score on a retold story flatters."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from sklearn.feature_extraction.text import TfidfVectorizer

from pipeline.corpus.gold import GoldArticle

SAME_STORY = 0.3  # cosine of TF-IDF vectors from which two articles tell one story


def folds(golds: Sequence[GoldArticle], count: int = 5) -> list[list[int]]:
    """`count` lists of places in `golds`, about equally long, no story in two of them; deterministic."""
    parts: list[list[int]] = [[] for _ in range(count)]
    for story in sorted(stories(golds), key=lambda story: (-len(story), story)):
        min(parts, key=len).extend(story)
    return parts


def joined(parts: Sequence[Sequence[int]], golds: Sequence[GoldArticle]) -> list[list[int]]:
    """The parts with the rest of `golds`, each in the part that tells its story, most of it; else in the shortest."""
    found = [list(part) for part in parts]
    of = {place: number for number, part in enumerate(parts) for place in part}
    for story in sorted(stories(golds), key=lambda story: (-len(story), story)):
        told = Counter(of[place] for place in story if place in of)
        part = found[told.most_common(1)[0][0]] if told else min(found, key=len)
        part += [place for place in story if place not in of]
    return found


def stories(golds: Sequence[GoldArticle]) -> list[list[int]]:
    """Articles that are alike, directly or through others."""
    if not golds:
        return []
    vectors = TfidfVectorizer(stop_words="english", sublinear_tf=True).fit_transform(
        [f"{gold.title or ''} {gold.text}" for gold in golds]
    )
    alike = (vectors @ vectors.T).toarray() > SAME_STORY
    story = list(range(len(golds)))
    for one in range(len(golds)):
        for other in range(one):
            if alike[one, other] and story[one] != story[other]:
                old, new = story[one], story[other]
                story = [new if number == old else number for number in story]
    found: dict[int, list[int]] = defaultdict(list)
    for place, number in enumerate(story):
        found[number].append(place)
    return list(found.values())
