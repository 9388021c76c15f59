"""Each case is a text whose sentences are marked with ¦; the mark is taken out before splitting."""

import time
from pathlib import Path

import pytest
from spacy.language import Language

from pipeline.gold.folder import read_gold
from pipeline.stages.document.doc import sentence_spans
from pipeline.stages.sentences import find_sentences

CASES = {
    "two sentences": "The ministry signed the deal. ¦It starts in May.",
    "titles": "Prof. Dr. M. A. Khan met Lt. Gen. (retd.) Omar Shah of Acme (Pvt.) Ltd. in Lahore.",
    "money and numbers": "It costs Rs. 3.5 billion, says para No. 5 of the case Shah v. Bank. ¦Work starts soon.",
    "money in other signs": "It costs Kshs. 3 billion or NRs. 4 billion. ¦It was 3 billion Ksh. ¦Work starts soon.",
    "country abbreviation inside": "The U.S. Congress and the U.K. Treasury agreed.",
    "country abbreviation last": "He flew to the U.S. ¦The talks go on.",
    "company last": "The tender went to Sinopower Corp. ¦Officials confirmed it.",
    "company inside": "Sinopower Corp. Chairman Li Wen came.",
    "month": "They meet on Jan. 12 in Karachi.",
    "question in a quote": "“Will it pay?” he asked. ¦“It will.” ¦He left.",
    "quote over sentences": "“We will build it. ¦It will be ready by 2028,” the minister said.",
    "no space after the stop": "The board met investors.¦Officials were pleased.",
    "dateline on its line": "ISLAMABAD:\nPakistan has approved the loan.",
    "dateline and dash": "WASHINGTON -\nThe bank has approved the loan.",
    "dateline over three lines": "BEIJING\n-\nWhile the fund is small, it grows.",
    "dateline before the stop": "Jakarta\n. The bank cut its rate.",
    "heading": "Bank approves loan for dam\n¦The bank has approved a loan.",
    "menu": "Business\n¦Markets\n¦SIGN UP\n¦Loan for dam approved\n¦The bank has approved a loan.",
    "teaser": "The loan is large.\n¦Read: Bank approves loan\n¦It is to be repaid by 2040.",
    "teaser over two lines": "The loan is large.\n¦Read also:\nBank approves loan\n¦It is to be repaid by 2040.",
    "photo credit": "Workers inspect a train near Bandung. ¦(Photo: A. Sari)\n¦The train is late.",
    "wrapped": (
        "The finance ministry has approved a credit of 80 mln dlrs for\n"
        "the repair of three ports, the Harbour Board said. ¦It gave no\n"
        "further details of the plan or of its cost to the treasury.\n\n"
        "¦Work on the first of the ports is to begin in the autumn, and\n"
        "Portside Construction Co of New York is to manage the works."
    ),
    "links on lines of their own": "He told\nThe Daily Ledger\non Friday that\nChina\n, too, had agreed.",
    "drop cap": "T\nhe operator has no permit.",
    "list numbers": "1. Roads and bridges\n¦2. Ports",
    "ellipsis": "They were… not pleased. ¦Then they left.",
    "Windows line ends": "Bank approves loan\r\n¦The bank has approved a loan.\r\n\r\n¦It is large.",
}


@pytest.mark.parametrize("marked", CASES.values(), ids=CASES.keys())
def test_sentences(nlp_base: Language, marked: str) -> None:
    expected = [sentence.strip() for sentence in marked.split("¦")]
    doc = nlp_base(marked.replace("¦", ""))
    assert [doc.text[start:end] for start, end in sentence_spans(doc)] == expected


@pytest.mark.parametrize("text", ["", " ", "\n\n", ".", "...\n.\n", "(", "“", "x"])
def test_nothing_to_split(nlp_base: Language, text: str) -> None:
    assert len(sentence_spans(nlp_base(text))) == (1 if text.strip() else 0)


def test_every_token_is_marked(nlp_base: Language) -> None:
    doc = nlp_base.get_pipe("sentences")(nlp_base.make_doc("It rose. It fell.\n\nIt rose."))
    assert doc.has_annotation("SENT_START", require_complete=True)


LINES = [
    ".",
    '."',
    "\r",
    "x \n \n",
    "menu item\n",
    "The U.S. bank lent Rs. 5 to A. B. Shah. ",
    "a\n",
    ". ",
    '"',
    "(",
    "A.",
    "a b\n" * 9 + "\n",
]


@pytest.mark.parametrize("line", LINES)
def test_time_is_linear(line: str) -> None:
    text = line * (1_000_000 // len(line))
    start = time.perf_counter()
    find_sentences(text)
    assert time.perf_counter() - start < 15  # about 2 s where it is slowest; a quadratic one takes hours


def test_gold(nlp_base: Language, corpus: Path) -> None:
    hits = proposed = wanted = 0
    split = nlp_base.get_pipe("sentences")
    for article in read_gold(corpus):
        found, gold = (
            set(sentence_spans(split(nlp_base.make_doc(article.article.text)))),
            {(s.start, s.end) for s in article.sentences},
        )
        hits, proposed, wanted = hits + len(found & gold), proposed + len(found), wanted + len(gold)
    assert 2 * hits / (proposed + wanted) >= 0.98
