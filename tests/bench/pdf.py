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
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, NextPageTemplate, PageBreak, PageTemplate, Paragraph
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


def block(kind: str, chance: random.Random) -> tuple[Flowable, list[str]]:
    """A heading, paragraph or table of random words, and what should be read of it."""

    def words(count: int) -> list[str]:
        return [chance.choice(NAMES if chance.random() < 0.12 else TERMS.split()) for _ in range(count)]

    if kind == "heading":
        text = f"{chance.randint(1, 99)}. {' '.join([chance.choice(NAMES), 'and the', *words(3)])}"
        return Paragraph(text, make.HEADING), [text]
    if kind == "paragraph":
        sentences = [[*words(9), f"${chance.randint(2, 900)} million", *words(8)] for _ in range(chance.randint(3, 7))]
        text = " ".join(f"{' '.join(sentence).capitalize()}." for sentence in sentences)
        return Paragraph(text, make.PROSE), [text]
    rows = [["Component", "Cost", "Year"]]
    for _ in range(chance.randint(3, 8)):
        rows.append([" ".join(words(2)), str(chance.randint(10, 9_000) / 10), str(chance.randint(2025, 2035))])
    return make.grid(rows, colWidths=[200, 80, 60], spaceAfter=14), [" | ".join(row) for row in rows]


def written(pages: int) -> tuple[bytes, list[str]]:
    """A PDF of about so many pages, and its paragraphs."""
    story, reference, chance = list[Flowable](), list[str](), random.Random(7)
    for number in range(round(8.2 * pages)):
        columns = "two" if number // 30 % 3 == 2 else "one"
        if number % 30 == 0:
            story += [NextPageTemplate(columns), PageBreak()]
        heading, table = number % 9 == 0, number % 14 == 7 and columns == "one"
        for kind in ["heading"] * heading + ["table"] * table + ["paragraph"]:
            flowable, lines = block(kind, chance)
            story.append(flowable)
            reference += lines
    width, height = A4
    half = (width - 144 - 18) / 2
    frames = {
        "one": [Frame(72, 72, width - 144, height - 144, 0, 0, 0, 0)],
        "two": [Frame(x, 72, half, height - 144, 0, 0, 0, 0) for x in (72, 72 + half + 18)],
    }
    out = io.BytesIO()
    document = BaseDocTemplate(out, pagesize=A4)
    document.addPageTemplates([PageTemplate(name, frames=own, onPage=_head) for name, own in frames.items()])
    document.build(story)
    return out.getvalue(), reference


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
