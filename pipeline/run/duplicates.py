"""Near-duplicates: one story in several outlets, with other headlines and cuts (MinHash and LSH).

Signatures are cut into bands, and only articles that share a band are compared. Both are stored in the manifest
database, so memory does not grow with the number of articles.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from rensa import RMinHash

from pipeline.record import Article

PERMUTATIONS, BANDS, SEED = 128, 32, 42
WORDS = 3  # in a shingle
HELD = 0.85  # of the shorter text's shingles must be in the longer one, for two texts to be one story
ALIKE = 0.4  # Jaccard similarity they must have: the longer text is at most two and a half times as long
MANY = 20  # stories with the same band make it useless: text that a site prints on every page
TABLES = """
CREATE TABLE IF NOT EXISTS heads (
  place INTEGER PRIMARY KEY, story TEXT NOT NULL, shingles INTEGER NOT NULL, signature BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS bands (
  band INTEGER NOT NULL, place INTEGER NOT NULL, PRIMARY KEY (band, place)
) WITHOUT ROWID;
"""

NearCopies = Literal["group", "skip", "off"]  # name the story in the record; skip what it contains; do not look


@dataclass(frozen=True)
class Sketch:
    """The MinHash signature of a text, and its number of shingles."""

    signature: npt.NDArray[np.uint32]
    shingles: int

    def common(self, other: Sketch) -> tuple[float, float]:
        """Estimates of the Jaccard similarity and of the number of common shingles."""
        share = float(np.mean(self.signature == other.signature))
        return share, share * (self.shingles + other.shingles) / (1 + share)

    def bands(self) -> list[int]:
        """Hashes of the bands; each includes the number of its band."""
        parts = enumerate(self.signature.reshape(BANDS, -1))
        hashed = (hashlib.blake2b(bytes([number]) + part.tobytes(), digest_size=8) for number, part in parts)
        return [int.from_bytes(each.digest(), "big", signed=True) for each in hashed]


@dataclass(frozen=True)
class Copy:
    """The story that an article repeats; `contained`: whether the story's first article contains all of its text."""

    story: str
    contained: bool


class Stories:
    """The groups of near-duplicates of a run, each named by its first article; `rows`: the manifest database."""

    def __init__(self, rows: sqlite3.Connection) -> None:
        self._rows = rows
        rows.executescript(TABLES)

    def forget(self, first: int, last: int) -> None:
        """Deletes the articles at places from `first` up to but not including `last`."""
        query = "SELECT place, signature, shingles FROM heads WHERE place >= ? AND place < ?"
        for place, signature, shingles in self._rows.execute(query, (first, last)).fetchall():
            gone = [(band, place) for band in Sketch(np.frombuffer(signature, np.uint32), shingles).bands()]
            self._rows.executemany("DELETE FROM bands WHERE band = ? AND place = ?", gone)
        self._rows.execute("DELETE FROM heads WHERE place >= ? AND place < ?", (first, last))

    def copy(self, article: Article, place: int) -> Copy | None:
        """The earlier story that an article repeats; None if there is none, and the article starts a story."""
        own = sketched(article.text)
        bands = own.bands()
        for story, known in self._candidates(bands, place):
            share, common = own.common(known)
            if share >= ALIKE and common >= HELD * min(own.shingles, known.shingles):
                return Copy(story, contained=common >= HELD * own.shingles)
        row = (place, article.id, own.shingles, own.signature.tobytes())
        self._rows.execute("INSERT INTO heads VALUES (?, ?, ?, ?)", row)
        self._rows.executemany("INSERT OR IGNORE INTO bands VALUES (?, ?)", [(band, place) for band in bands])
        return None

    def _candidates(self, bands: Sequence[int], place: int) -> Iterator[tuple[str, Sketch]]:
        """The stories that share a band, earliest first."""
        query = f"SELECT place FROM bands WHERE band = ? AND place < ? LIMIT {MANY}"
        found = [self._rows.execute(query, (band, place)).fetchall() for band in bands]
        for head in sorted({row[0] for rows in found if len(rows) < MANY for row in rows}):
            query = "SELECT story, signature, shingles FROM heads WHERE place = ?"
            story, signature, shingles = self._rows.execute(query, (head,)).fetchone()
            yield story, Sketch(np.frombuffer(signature, np.uint32), shingles)


def forget_all(rows: sqlite3.Connection) -> None:
    """Deletes all articles, so that each is compared anew."""
    for (table,) in rows.execute("SELECT name FROM sqlite_master WHERE name IN ('heads', 'bands')").fetchall():
        rows.execute(f"DELETE FROM {table}")


def sketched(text: str) -> Sketch:
    """The sketch of the word sequences in a text, ignoring case and punctuation."""
    words = "".join(c if c.isalnum() else " " for c in text.lower()).split()
    shingles = {" ".join(words[at : at + WORDS]) for at in range(max(1, len(words) - WORDS + 1))}
    sketch = RMinHash(num_perm=PERMUTATIONS, seed=SEED)
    sketch.update(list(shingles))
    return Sketch(np.array(sketch.digest(), np.uint32), len(shingles))
