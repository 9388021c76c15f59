"""Another extractor, as a package of its own would have it: it knows one sentence, "X will lend Y $N"."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from pipeline.errors import ArticleError
from pipeline.record import Actor, Amount, Article, Commitment, Evidence, Flow, Mention, Quote, Record, Sentence
from pipeline.settings import Settings

LOAN = re.compile(r"([A-Z]\w+) (will lend) ([A-Z]\w+) (\$(\d+) million)[^.]*\.")


class Lenders:
    """Finds loans by a pattern. `scale`: what it was told to take a million for."""

    def __init__(self, settings: Settings) -> None:
        self._scale = 1e6

    def read(self, articles: Iterable[Article]) -> Iterator[Record | ArticleError]:
        for article in articles:
            yield ArticleError(article.id, "holds a riddle") if "riddle" in article.text else self._record(article)

    def made_with(self) -> dict[str, Any]:
        return {"lenders": "1.0", "pattern": LOAN.pattern}

    def _record(self, article: Article) -> Record:
        record = Record(article=article, sentences=[], mentions=[], actors=[], projects=[], relations=[],
                        commitments=[], sectors=[])  # fmt: skip
        for n, found in enumerate(LOAN.finditer(article.text)):
            start, end = found.span()
            record.sentences.append(Sentence(id=n, start=start, end=end))
            for k, group in enumerate((1, 3)):
                m, a = f"m{2 * n + k + 1}", f"a{2 * n + k + 1}"
                name, (first, last) = found[group], found.span(group)
                record.mentions.append(Mention(id=m, label="COUNTRY", text=name, start=first, end=last, sentence=n,
                                               entity=a, confidence=0.9, method="lenders"))  # fmt: skip
                record.actors.append(Actor(id=a, name=name, kind="country", mentions=[m], confidence=0.9))
            by, to = record.actors[-2].id, record.actors[-1].id
            amount = Amount(text=found[4], start=found.start(4), end=found.end(4), value=int(found[5]) * self._scale,
                            currency="USD")  # fmt: skip
            trigger = Quote(text=found[2], start=found.start(2), end=found.end(2))
            record.commitments.append(
                Commitment(id=f"c{n + 1}", kind="finance", status="pledged", trigger=trigger, by=[by], to=[to],
                           amounts=[amount], flow=Flow(instrument="loan", provider=[by], recipient=[to]),
                           evidence=[Evidence(sentence=n, start=start, end=end)], confidence=0.9, method="lenders")
            )  # fmt: skip
        return record
