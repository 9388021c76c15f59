"""Splits articles by story, so that no story is in both the training and the test part."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from scipy.sparse.csgraph import connected_components
from sklearn.feature_extraction.text import TfidfVectorizer

from pipeline.record import Record

SAME_STORY = 0.3  # cosine of TF-IDF vectors from which two articles are one story


def folds(golds: Sequence[Record], count: int = 5) -> list[list[int]]:
    """`count` lists of positions in `golds`, about equally long, with no story in two of them; deterministic."""
    parts: list[list[int]] = [[] for _ in range(count)]
    for story in sorted(stories(golds), key=lambda story: (-len(story), story)):
        min(parts, key=len).extend(story)
    return parts


def joined(parts: Sequence[Sequence[int]], golds: Sequence[Record]) -> list[list[int]]:
    """The parts with the rest of `golds`: each article in the part with most of its story, else in the shortest."""
    found = [list(part) for part in parts]
    part_of = {position: number for number, part in enumerate(parts) for position in part}
    for story in sorted(stories(golds), key=lambda story: (-len(story), story)):
        counts = Counter(part_of[position] for position in story if position in part_of)
        part = found[counts.most_common(1)[0][0]] if counts else min(found, key=len)
        part += [position for position in story if position not in part_of]
    return found


def stories(golds: Sequence[Record]) -> list[list[int]]:
    """Positions in `golds`, grouped by story: articles that are similar, directly or through others."""
    if not golds:
        return []
    vectors = TfidfVectorizer(stop_words="english", sublinear_tf=True).fit_transform(
        [f"{gold.article.title or ''} {gold.article.text}" for gold in golds]
    )
    count, story = connected_components(vectors @ vectors.T > SAME_STORY, directed=False)
    return [np.flatnonzero(story == number).tolist() for number in range(count)]
