"""How fast a PDF is read, and what of its text is lost: made pages of one and two columns with heads and tables.

    PYTHONPATH=.:tests python tests/bench/pdf.py [PAGES]

Each page holds about 4,200 letters. The text that goes in is the reference.
"""

from __future__ import annotations

import io
import random
import sys
import time
from difflib import SequenceMatcher

from reportlab.lib.pagesizes import A4
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    NextPageTemplate,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
)
from sources import documents as make

from pipeline.sources import ReadOptions
from pipeline.sources.pdf import read_pdf

TERMS = (
    "the bank will lend a loan for road bridge port railway ministry province agreement signed development "
    "cooperation rehabilitation water hospital school district governor approved million grant fund project "
    "programme contractor implementation procurement infrastructure resilience environmental assessment northern "
    "southern lake river valley electricity transmission substation households farmers irrigation of and in to "
    "with by from"
)
NAMES = ("Kenya", "Uganda", "Bolivia", "Peru", "Nepal", "Fiji", "Tadjourah", "Kabale", "Musanze", "Lusaka")


class Writer:
    """Paragraphs, headings and tables of random words, and what should be read of them."""

    def __init__(self) -> None:
        self._random = random.Random(7)
        self.reference: list[str] = []
        self.story: list[Flowable] = []

    def heading(self, number: int) -> None:
        text = f"{number}. {self._name()} and the {self._word()} of {self._name()}"
        self.reference.append(text)
        self.story.append(Paragraph(text, make.HEADING))

    def paragraph(self) -> None:
        text = " ".join(self._sentence() for _ in range(self._random.randint(3, 7)))
        self.reference.append(text)
        self.story.append(Paragraph(text, make.PROSE))

    def table(self) -> None:
        rows = [["Component", "Cost", "Year"]]
        for _ in range(self._random.randint(3, 8)):
            cost, year = self._random.randint(10, 9_000) / 10, self._random.randint(2025, 2035)
            rows.append([f"{self._name()} {self._word()}", str(cost), str(year)])
        self.reference += [" | ".join(row) for row in rows]
        self.story += [make.grid(rows, colWidths=[200, 80, 60]), Spacer(1, 14)]

    def _sentence(self) -> str:
        words = [self._name() if self._random.random() < 0.12 else self._word() for _ in range(18)]
        words[9] = f"${self._random.randint(2, 900)} million"
        return f"{' '.join(words).capitalize()}."

    def _word(self) -> str:
        return self._random.choice(TERMS.split())

    def _name(self) -> str:
        return self._random.choice(NAMES)


def written(pages: int) -> tuple[bytes, list[str]]:
    """A PDF of about so many pages, and its paragraphs."""
    writer = Writer()
    for number in range(round(8.2 * pages)):
        columns = "two" if number // 30 % 3 == 2 else "one"
        if number % 30 == 0:
            writer.story += [NextPageTemplate(columns), PageBreak()]
        if number % 9 == 0:
            writer.heading(number // 9 + 1)
        if number % 14 == 7 and columns == "one":
            writer.table()
        writer.paragraph()
    width, height = A4
    half = (width - 144 - 18) / 2
    frames = {
        "one": [Frame(72, 72, width - 144, height - 144, 0, 0, 0, 0)],
        "two": [Frame(x, 72, half, height - 144, 0, 0, 0, 0) for x in (72, 72 + half + 18)],
    }
    out = io.BytesIO()
    document = BaseDocTemplate(out, pagesize=A4)
    document.addPageTemplates([PageTemplate(name, frames=own, onPage=_head) for name, own in frames.items()])
    document.build(writer.story)
    return out.getvalue(), writer.reference


def _head(canvas: make.Canvas, document: BaseDocTemplate) -> None:
    canvas.setFont("Helvetica", 8)
    canvas.drawString(72, 805, f"Appraisal of the corridor, part {document.page // 40 + 1}")
    canvas.drawRightString(A4[0] - 72, 40, str(document.page))


def main() -> None:
    data, reference = written(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
    read_pdf(io.BytesIO(data), "warm", ReadOptions())
    begin = time.perf_counter()
    article = read_pdf(io.BytesIO(data), "bench", ReadOptions())
    seconds = time.perf_counter() - begin
    found, pages = article.text.split("\n\n"), len(article.pages or [])
    wanted, read = ("".join("".join(text).split()) for text in (reference, found))
    same = sum(block.size for block in SequenceMatcher(None, reference, found, autojunk=False).get_matching_blocks())
    print(f"{pages} pages, {pages / seconds:.0f} a second of one core; {len(article.text):,} characters")
    print(f"letters: {len(wanted):,} in, {len(read):,} out, {'the same' if wanted == read else 'not the same'}")
    print(f"paragraphs and rows: {len(reference):,} in, {same:,} out unchanged")


if __name__ == "__main__":
    main()
