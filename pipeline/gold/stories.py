"""Splits articles by story, so that no story is in both the training and the test part."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from scipy.sparse.csgraph import connected_components
from sklearn.feature_extraction.text import TfidfVectorizer

from pipeline.record import Record

SAME_STORY = 0.3  # cosine of TF-IDF vectors from which two articles are one story
FOLDS = 5


def by_story(golds: Sequence[Record], first: int | None = None, count: int = FOLDS) -> list[int]:
    """The part of each article, one of `count`, about equally long, with no story in two of them; deterministic.

    `first`: the parts are made of so many articles; each of the others goes to the part with most of its story, else to
    the shortest.
    """
    part_of, sizes = dict[int, int](), [0] * count
    for some in dict.fromkeys((len(golds[:first]), len(golds))):
        for story in sorted(stories(golds[:some]), key=lambda story: (-len(story), story)):
            known = Counter(part_of[at] for at in story if at in part_of)
            part = known.most_common(1)[0][0] if known else sizes.index(min(sizes))
            new = [at for at in story if at not in part_of]
            part_of |= dict.fromkeys(new, part)
            sizes[part] += len(new)
    return [part_of[at] for at in range(len(golds))]


def stories(golds: Sequence[Record]) -> list[list[int]]:
    """Positions in `golds`, grouped by story: articles that are similar, directly or through others."""
    if not golds:
        return []
    vectors = TfidfVectorizer(stop_words="english", sublinear_tf=True).fit_transform(
        [f"{gold.article.title or ''} {gold.article.text}" for gold in golds]
    )
    count, story = connected_components(vectors @ vectors.T > SAME_STORY, directed=False)
    return [np.flatnonzero(story == number).tolist() for number in range(count)]
