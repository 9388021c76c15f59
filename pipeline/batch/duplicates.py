"""Near-copies: the same wire story in several outlets, found while articles stream by.

Hard because every article would have to be held against every other: signatures are cut into bands, and only articles
that share a band are compared (MinHash, LSH); both lie in the manifest, not in memory.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt
from rensa import RMinHash

from pipeline.record import Article

PERMUTATIONS, BANDS, SEED = 128, 16, 42
WORDS = 3  # of a shingle
ALIKE = 0.7  # share of common shingles from which two articles tell one story in the same words
TABLES = """
CREATE TABLE IF NOT EXISTS signatures (place INTEGER PRIMARY KEY, story TEXT NOT NULL, signature BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS bands (band BLOB NOT NULL, place INTEGER NOT NULL, PRIMARY KEY (band, place)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS by_place ON bands (place);
"""

NearCopies = Literal["group", "skip", "off"]  # name the story in the record; read only its first article; do not look
Signature = npt.NDArray[np.uint32]


class Stories:
    """The groups of near-copies of a run; `rows`: the connection to its manifest."""

    def __init__(self, rows: sqlite3.Connection) -> None:
        self._rows = rows
        rows.executescript(TABLES)

    def forget(self, first: int, last: int) -> None:
        """Takes away what is known of the places from `first` up to, not with, `last`."""
        for table in ("signatures", "bands"):
            self._rows.execute(f"DELETE FROM {table} WHERE place >= ? AND place < ?", (first, last))

    def story(self, article: Article, place: int) -> str:
        """The id of the first article before this one that is nearly the same, else its own."""
        signature = signed(article.text)
        bands = _bands(signature)
        found = self._alike(signature, bands, place)
        story = found or article.id
        self._rows.execute("INSERT INTO signatures VALUES (?, ?, ?)", (place, story, signature.tobytes()))
        self._rows.executemany("INSERT INTO bands VALUES (?, ?)", [(band, place) for band in bands])
        return story

    def _alike(self, signature: Signature, bands: Sequence[bytes], place: int) -> str | None:
        marks = ", ".join("?" * len(bands))
        query = f"""
            SELECT DISTINCT signatures.place, story, signature FROM bands JOIN signatures USING (place)
            WHERE band IN ({marks}) AND signatures.place < ? ORDER BY signatures.place
        """
        for _, story, known in self._rows.execute(query, (*bands, place)):
            if float(np.mean(np.frombuffer(known, np.uint32) == signature)) >= ALIKE:
                return str(story)
        return None


def signed(text: str) -> Signature:
    """The signature of a text: of how its words follow one another, whatever the case and the marks between them."""
    words = "".join(c if c.isalnum() else " " for c in text.lower()).split()
    sketch = RMinHash(num_perm=PERMUTATIONS, seed=SEED)
    sketch.update([" ".join(words[at : at + WORDS]) for at in range(max(1, len(words) - WORDS + 1))])
    return np.array(sketch.digest(), np.uint32)


def _bands(signature: Signature) -> list[bytes]:
    """The bands, each with its number so that it meets only its like."""
    parts = signature.reshape(BANDS, -1)
    return [bytes([number]) + part.tobytes() for number, part in enumerate(parts)]
