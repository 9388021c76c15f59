"""A review in a browser: what a reviewer does there, by mouse and keys."""

from collections.abc import Callable
from typing import Any

from publish.report.articles import EVIL
from review.formats.people import TEXT
from review.page.steps import Json, record

from pipeline.record import Record, Sentence
from pipeline.review.edits.operations import edited
from pipeline.review.edits.working import State

Visit = Callable[..., Any]
Open = Callable[..., Any]
Picture = Callable[[Any, str], None]
TAIL = f"Also {' and '.join(EVIL)} were there."
HOSTILE = EVIL[0]

_CORNERS = """(words) => {
    const walker = document.createTreeWalker(document.querySelector(".text"), NodeFilter.SHOW_TEXT);
    const nodes = [];
    while (walker.nextNode()) nodes.push(walker.currentNode);
    const start = nodes.map((node) => node.textContent).join("").indexOf(words);
    const at = (place) => {
        for (const node of nodes) {
            if (place <= node.length) return [node, place];
            place -= node.length;
        }
    };
    const range = document.createRange();
    range.setStart(...at(start));
    range.setEnd(...at(start + words.length));
    range.startContainer.parentElement.scrollIntoView({ block: "center" });
    const boxes = [...range.getClientRects()].filter((box) => box.width);
    const [first, last] = [boxes[0], boxes.at(-1)];
    const middle = (box) => box.top + box.height / 2;
    return getComputedStyle(range.startContainer.parentElement).direction === "rtl"
        ? [first.right - 1, middle(first), last.left + 1, middle(last)]
        : [first.left + 1, middle(first), last.right - 1, middle(last)];
}"""


def select(page: Any, words: str) -> None:
    """Drags the mouse over words of the text."""
    left, top, right, bottom = page.evaluate(_CORNERS, words)
    page.mouse.move(left, top)
    page.mouse.down()
    page.mouse.move(right, bottom, steps=4)
    page.mouse.up()
    page.wait_for_selector(".words-box")


def saved(page: Any, said: str) -> None:
    """Waits until the page says that this is saved."""
    page.wait_for_function(
        "(said) => document.querySelector('.saved').textContent === `Saved. ${said}`", arg=said, timeout=5000
    )


def card(page: Any, name: str) -> Any:
    return page.locator(f".card[data-id='{name}']")


def tool(page: Any, name: str, which: str) -> None:
    """Presses a tool of a card, a value or a mention."""
    page.click(f".panel [data-id='{name}'] > .tools .{which}")


def unfold(page: Any, title: str) -> None:
    """Opens a folded section of the results."""
    page.click(f".panel > details:not([open]) > summary:has(h2:text-is('{title}'))")


def pick(page: Any, typed: str, name: str) -> None:
    """Types into the field with the focus, and chooses the option that begins with a name, which must be the first."""
    page.keyboard.type(typed)
    page.wait_for_selector(f"[role=option][aria-selected=true]:has(bdi:text-is('{name}'))")
    page.keyboard.press("Enter")


def press(page: Any, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def focused(page: Any) -> str:
    """The id of what has the focus."""
    return str(page.evaluate("() => document.activeElement.closest('[data-id]')?.dataset.id"))


def box(page: Any, form: str = "Mention") -> Any:
    """The form that is open for chosen words."""
    return page.locator(f".words-box form[aria-label='{form}']")


def hostile() -> Record:
    """A sound record, each text of which tries to become markup or script."""
    text = f"{TEXT} {TAIL}"
    start = len(TEXT) + 1
    found = record(id=HOSTILE, title=EVIL[5], source=EVIL[2], text=text)
    article = found.article.model_copy(update={"url": EVIL[4]})
    sentences = [*found.sentences[:2], Sentence(id=2, start=start, end=len(text))]
    at = {"start": text.index(EVIL[1]), "end": text.index(EVIL[1]) + len(EVIL[1])}
    edits: list[Json] = [
        {"do": "add", "what": "mention", "fields": {"label": "ORG", **at, "entity": "a2"}},
        {"do": "set", "id": "a2", "fields": {"name": EVIL[1], "role": EVIL[3], "aliases": [EVIL[6]]}},
        {"do": "set", "id": "p1", "fields": {"name": EVIL[6], "aliases": [EVIL[0]]}},
        {"do": "add_slot", "id": "c1", "slot": "amounts", **at},
    ]
    state = State(found.model_copy(update={"article": article, "sentences": sentences}))
    for edit in edits:
        state = edited(state, edit)
    return state.record


def field(form: Any, label: str) -> Any:
    """What is filled in under a label."""
    return form.locator(f".field:has(> span:text-is('{label}')) :is(input, select, textarea)")
