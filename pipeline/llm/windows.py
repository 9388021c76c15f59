"""The prompts of an article, one for most; a long article is cut at sentences."""

from collections.abc import Iterator

from pipeline.llm.alone import alone_prompt
from pipeline.llm.bare import is_bare
from pipeline.llm.prompt import Prompt, prompt_of
from pipeline.record import Record

MOST = 12_000  # characters of sentences in a prompt


def prompts_of(record: Record) -> list[Prompt]:
    """The prompts of a record, in the order of its sentences; none for an article without words.

    Where the record is `bare`, all parts of it are asked for.
    """
    make = alone_prompt if is_bare(record) else prompt_of
    return [make(record, first, last) for first, last in _windows(record)]


def _windows(record: Record) -> Iterator[tuple[int, int]]:
    first, size = 0, 0
    for number, sentence in enumerate(record.sentences):
        length = sentence.end - sentence.start
        if number > first and size + length > MOST:
            yield first, number
            first, size = number, 0
        size += length
    if record.sentences:
        yield first, len(record.sentences)
