"""Makes PDF and Word files for the tests, with reportlab and by hand."""

import io
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle, getSampleStyleSheet
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageBreak, PageTemplate, Paragraph, Table, TableStyle

PROSE = ParagraphStyle("prose", parent=getSampleStyleSheet()["BodyText"], alignment=4, fontSize=10, leading=12)
SMALL = ParagraphStyle("small", parent=PROSE, fontSize=7, leading=8.5)
HEADING = getSampleStyleSheet()["Heading2"]
LOAN = (
    "The Lake Development Bank will lend Kenya $300 million for the rehabilitation of the northern railway, its"
    " president said on Tuesday after a meeting of the board in Nairobi. The loan has a maturity of 25 years."
)
ROAD = (
    "Uganda and Rwanda agreed to build a road of 84 km between Kabale and Musanze by 2031. The two ministries of works"
    " signed the contract in Kampala, where the governor of the central bank was present as a witness."
)
PORT = (
    "A grant of 45 million euros for the port of Tadjourah was approved by the Horn Investment Fund. Djibouti will pay"
    " a third of the cost out of its own budget over four years, and the works are to begin in June."
)
WATER = (
    "In Bolivia the ministry of water commissioned three reservoirs above Cochabamba, which shall serve 40,000 people."
    " The province has asked the Andean Fund for a second loan, and an answer is expected before the rains."
)
Draw = Callable[[Canvas, int], None]
Write = Callable[[str, str | bytes], Path]  # of conftest.py
Reading = Read = Callable[..., tuple[list[Any], list[str]]]
One = Callable[..., Any]
Refused = Callable[[str, bytes], str]


def pdf(story: Sequence[Flowable], columns: int = 1, draw: Draw | None = None, **said: Any) -> bytes:
    """A PDF of one or more columns; `draw(canvas, number)` adds to every page; `said`: its metadata."""
    out = io.BytesIO()
    width, height = A4
    margin, gutter = 72, 18
    wide = (width - 2 * margin - gutter * (columns - 1)) / columns
    frames = [
        Frame(margin + place * (wide + gutter), margin, wide, height - 2 * margin, 0, 0, 0, 0)
        for place in range(columns)
    ]
    document = BaseDocTemplate(out, pagesize=A4, **said)
    on_page = (lambda canvas, _: draw(canvas, canvas.getPageNumber())) if draw else (lambda *_: None)
    document.addPageTemplates([PageTemplate(frames=frames, onPage=on_page)])
    document.build(list(story))
    return out.getvalue()


def paragraphs(*texts: str, style: ParagraphStyle = PROSE) -> list[Flowable]:
    return [Paragraph(text, style) for text in texts]


def pages(*texts: str) -> list[Flowable]:
    """A paragraph on a page of its own for each text."""
    return [part for text in texts for part in (Paragraph(text, PROSE), PageBreak())]


def grid(rows: Sequence[Sequence[Any]], lines: bool = True, **style: Any) -> Table:
    table = Table(rows, **style)
    if lines:
        table.setStyle(TableStyle([("GRID", (0, 0), (-1, -1), 0.5, "black"), ("VALIGN", (0, 0), (-1, -1), "TOP")]))
    return table


def drawn(*sheets: Draw, **options: Any) -> bytes:
    """A PDF drawn page by page."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, **options)
    for number, draw in enumerate(sheets, 1):
        draw(canvas, number)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def lines(*texts: str, x: float = 72, y: float = 700, leading: float = 12) -> Draw:
    """Draws lines of text."""

    def draw(canvas: Canvas, _: int) -> None:
        canvas.setFont("Helvetica", 10)
        for number, text in enumerate(texts):
            canvas.drawString(x, y - number * leading, text)

    return draw


def both(*draws: Draw) -> Draw:
    def draw(canvas: Canvas, number: int) -> None:
        for one in draws:
            one(canvas, number)

    return draw


def scan(canvas: Canvas, _: int) -> None:
    """A picture over the whole page."""
    from PIL import Image
    from reportlab.lib.utils import ImageReader

    canvas.drawImage(ImageReader(Image.new("L", (60, 80), 200)), 0, 0, *A4)


def blank(_: Canvas, __: int) -> None:
    """Nothing at all."""


def archive(parts: dict[str, bytes], kind: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", kind) as packed:
        for name, data in parts.items():
            packed.writestr(name, data)
    return out.getvalue()
