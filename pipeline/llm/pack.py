"""Several short articles in one call: the instructions, most of a prompt, are then read once for all of them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from pipeline.llm.bare import is_bare
from pipeline.llm.prompt import Answer, Broken, Prompt, example_for, object_in, prompt_of
from pipeline.llm.windows import prompts_of
from pipeline.record import Record

SHORT = 6_000  # characters of an article that may be asked for with others
RULE = """

# Several articles
The user message holds several articles, each after a line "ARTICLE n". Read each by itself: nothing in one says anything of another. Answer with one object for each, in their order: {"articles": [{"article": 1, ... the answer about article 1 ...}, {"article": 2, ...}]}. Numbers of sentences are those of the article; ids of its lists begin with its number.
"""  # noqa: E501


@dataclass(frozen=True)
class Pack:
    """A request about several articles. `prompts`: what would be asked of each alone; `texts`: as shown here."""

    prompts: tuple[Prompt, ...]
    texts: tuple[str, ...]
    system: str

    @cached_property
    def text(self) -> str:
        return "\n".join(f"ARTICLE {number}\n{text}" for number, text in enumerate(self.texts, 1))

    @cached_property
    def form(self) -> dict[str, Any]:
        own = dict(self.prompts[0].form)
        definitions = own.pop("$defs")
        own["properties"] = {"article": {"type": "integer"}, **own["properties"]}
        articles = {"type": "array", "items": own}
        return {"$defs": definitions, "type": "object", "properties": {"articles": articles}, "required": ["articles"]}

    def parse(self, content: str) -> tuple[list[tuple[Answer, str] | None], list[str]]:
        """For each article the answer, and what would have been written of it alone; None where there is none."""
        found: list[tuple[Answer, str] | None] = [None] * len(self.prompts)
        dropped: list[str] = []
        entries = object_in(content).get("articles")
        for entry in entries if isinstance(entries, list) else []:
            number = entry.get("article") if isinstance(entry, dict) else None
            if type(number) is not int or not 0 < number <= len(found) or found[number - 1]:
                dropped.append("an answer about no article of the call")
                continue
            prompt = self.prompts[number - 1]
            own = json.dumps(
                _renamed(entry, {f"{number}.{name}": name for name in prompt.candidates}), ensure_ascii=False
            )
            try:
                answer, reasons = prompt.parse(own)
            except Broken as error:
                dropped.append(str(error))
                continue
            found[number - 1] = answer, own
            dropped += reasons
        if not any(found):
            raise Broken("no article of the call")
        return found, dropped


def _renamed(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {name: _renamed(part, names) for name, part in value.items()}
    if isinstance(value, list):
        return [_renamed(part, names) for part in value]
    return names.get(value, value) if isinstance(value, str) else value


def packed(records: Sequence[Record]) -> Pack:
    """The request about records of one form, each of which has one prompt."""
    prompts = [prompt for record in records for prompt in prompts_of(record)]
    texts = (
        prompt.text if is_bare(record) else prompt_of(record, prompt.first, prompt.last, f"{number}.").text
        for number, (record, prompt) in enumerate(zip(records, prompts, strict=True), 1)
    )
    system = replace(prompts[0], example=example_for(*records)).system
    return Pack(tuple(prompts), tuple(texts), system + RULE)
