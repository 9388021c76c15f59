"""A reviewer who uses the keyboard alone: what is pressed, thought over and read is counted.

Seconds follow the keystroke-level model (Card, Moran and Newell): 0.28 s for a key of an average typist, 1.35 s to
prepare a decision, and reading at 250 words a minute. The time that the page takes itself is measured.
"""

from __future__ import annotations

import time
from typing import Any

KEY, THOUGHT = 0.28, 1.35
WORDS_PER_SECOND = 250 / 60
OPEN = ".card.commitment.open"
NAMES = (".one[data-id*=' by ']", ".one[data-id*=' to ']", ".one[data-id*=' with ']", ".one[data-id*=' projects ']")


class Typist:
    """`waited`: seconds that the page took until the next key could be pressed."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.keys, self.thoughts, self.words, self.waited = 0, 0, 0, 0.0

    @property
    def seconds(self) -> float:
        return self.keys * KEY + self.thoughts * THOUGHT + self.words / WORDS_PER_SECOND + self.waited

    def press(self, key: str, until: str | None = None) -> None:
        """Presses a key, and waits until something has the focus or is there."""
        start = time.perf_counter()
        self.page.keyboard.press(key)
        self.keys += 1
        if until:
            self.page.wait_for_selector(until, state="attached")
        self.waited += time.perf_counter() - start

    def think(self) -> None:
        self.thoughts += 1

    def read(self, text: str) -> None:
        self.words += len(text.split())

    def focused(self) -> str:
        return str(self.page.evaluate("() => document.activeElement.closest('[data-id]')?.dataset.id ?? ''"))

    def first(self) -> str:
        """The option that Enter would choose."""
        return str(self.page.locator("[role=option][aria-selected=true] bdi").first.inner_text())

    def review(self, corrections: int = 1) -> int:
        """Decides on all commitments of the article that is open, corrects some values, and finishes it.

        Returns the number of commitments.
        """
        left = self.page.locator(".card.commitment").count()
        for number in range(left):
            card = self.page.locator(".card.commitment:focus")
            _, _, row = card.get_attribute("aria-label").partition("; ")
            self.read(row)
            self.think()
            if corrections and self.correct(card):
                corrections -= 1
            last = number == left - 1
            self.press("a", ".toolbar .finish:focus" if last else f"{OPEN}:focus")
        self.think()
        before = self.page.inner_text("header.about .id")
        self.press("Enter", f"header.about .id:not(:text-is('{before}')), .queue")
        return left

    def correct(self, card: Any) -> bool:
        """Puts another name of the article in the place of one; False if the commitment has none."""
        name = next((one for one in NAMES if card.locator(one).count()), None)
        if name is None:
            return False
        wanted = card.locator(name).first.get_attribute("data-id")
        while self.focused() != wanted:
            self.press("ArrowRight")
        self.press("Enter", "[role=option]")
        names = self.page.locator("[role=option] bdi").all_inner_texts()
        other = names[-1]
        self.think()
        for letter in min(other.split(), key=lambda word: sum(word in name for name in names)):
            if self.first() == other:
                break
            self.press(letter)
        while self.first() != other:
            self.press("ArrowDown")
        self.think()
        self.press("Enter", f".one:has-text({other!r}) :is(.value, .edit):focus")
        return True
