"""Answers by offsets instead of words and ids: they hold no text, and fit a record that was made anew.

A recording is a file of JSON lines, one for each answer:

    {"article": digest of the id, "sha256": of the text, "model": "NAME", "tokens": [read, written],
     "window": [0, 2100], "ids": {"a1": {"type": "actor", "spans": [[0, 5]], "kind": "country", "country": "JPN"},
     "m7": {...}},     "answer": the answer, with offsets for sentences and [start, end] for words}
"""

import hashlib
import json
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from pipeline.errors import SetupError
from pipeline.llm.alone import Found, Whole
from pipeline.llm.candidates import Span, place_of
from pipeline.llm.prompt import Answer, Candidate, New, Prompt
from pipeline.llm.windows import prompts_of
from pipeline.record import Actor, Project, Record

Recorded = dict[str, Any]  # a line
SPANS = 5  # of one entity
PLAIN = (
    "kind",
    "country",
    "programme",
    "name_en",
    "sectors",
    "countries",
    "value",
    "currency",
    "iso",
)  # fields of a part
LISTS = ("by", "with", "to", "projects", "amounts", "dates")
SIDES = ("provider", "recipient")
_COUNTRY = re.compile(r"[A-Z]{3}")
_CODE = re.compile(r"[A-Z]{3}|\d{3}|[\d/-]{4,21}")  # of a country, currency or sector; an ISO date
_STRING = re.compile(r'"([^"]*)"')


def article_digest(identity: str) -> str:
    """What stands for an article's id, which may be a headline."""
    return hashlib.sha256(identity.encode()).hexdigest()[:16]


def recorded(record: Record, prompt: Prompt, answer: Answer, model: str, tokens: tuple[int, int]) -> Recorded:
    """The line of an answer; what names words or ids that are not there is left out, as grounding does."""
    known = _known(record)
    names = {name: name for name in known}
    news: set[str] = set()
    for new in answer.new:
        span = _span(record, new.quote, new.sentence)
        if span and new.id not in prompt.candidates and new.id not in news:
            news.add(new.id)
            names[new.id] = f"n{len(news)}"  # an id of the answer may be any text
            known[names[new.id]] = _described(new, span) | (_more(record, new) if isinstance(new, Found) else {})
    raw: dict[str, Any] = {
        "same": [[names[name] for name in group] for group in answer.same if names.keys() >= set(group)],
        "no_project": _listed(answer.no_project, names),
        "commitments": [
            act for own in answer.commitments if (act := _act(record, own.model_dump(by_alias=True), names))
        ],
    }
    used = sorted(known.keys() & set(_STRING.findall(json.dumps(raw))))
    return {
        "article": article_digest(record.article.id),
        "sha256": record.article.sha256,
        "model": model,
        "tokens": list(tokens),
        "window": list(_window(record, prompt)),
        "ids": {name: known[name] for name in (known if isinstance(answer, Whole) else used)},
        "answer": raw | (_rest(record, answer, names) if isinstance(answer, Whole) else {}),
    }


def replayed(record: Record, lines: Iterable[Recorded]) -> list[tuple[Prompt, Answer]]:
    """The recorded answers about a record, in its present ids; one that covers no prompt of today is left out."""
    prompts = [(prompt, *_window(record, prompt)) for prompt in prompts_of(record)]
    answers = []
    for line in lines:
        start, end = line["window"]
        if inside := [prompt for prompt, first, last in prompts if first < end and start < last]:
            candidates: dict[str, Candidate] = {}
            for prompt in inside:
                candidates |= prompt.candidates
            prompt = replace(inside[0], last=inside[-1].last, text="", candidates=candidates)
            answers.append((prompt, prompt.parse(json.dumps(_answer(record, line)))[0]))
    return answers


def _window(record: Record, prompt: Prompt) -> Span:
    """Where the sentences of a prompt begin and end in the text."""
    return record.sentences[prompt.first].start, record.sentences[prompt.last - 1].end


def read_recording(path: Path) -> dict[tuple[str, str], list[Recorded]]:
    """The lines of a recording by article and text. Raises SetupError where it is none."""
    recording: dict[tuple[str, str], list[Recorded]] = {}
    try:
        for text in path.read_text(encoding="utf-8").splitlines():
            line = json.loads(text)
            if not {"window", "ids", "answer", "tokens", "model"} <= line.keys():
                raise ValueError("a line lacks window, ids, answer, tokens or model")
            recording.setdefault((line["article"], line["sha256"]), []).append(line)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise SetupError(f"{path}: no recording of answers ({error})") from error
    return recording


def _known(record: Record) -> dict[str, Any]:
    """What each id of a record means, by offsets."""
    text, spans = record.article.text, {m.id: (m.start, m.end) for m in record.mentions}
    known: dict[str, Any] = {name: {"type": "value", "spans": [list(span)]} for name, span in spans.items()}
    entities: list[Actor | Project] = [*record.actors, *record.projects]
    for entity in entities:
        starts = ((text.find(name), len(name)) for name in (entity.name, *entity.aliases))
        own = [spans[name] for name in entity.mentions] or [(at, at + size) for at, size in starts if at >= 0]
        fields: dict[str, Any] = (
            {"type": "actor", "kind": entity.kind, "country": entity.country}
            if isinstance(entity, Actor)
            else {"type": "project", "programme": entity.programme}
        )
        known[entity.id] = {**fields, "spans": [list(span) for span in own[:SPANS]]}
    return known


def _described(new: New, span: Span) -> dict[str, Any]:
    """What a new part means, by offsets."""
    kind = "value" if new.type in ("amount", "date") else new.type
    fields: dict[str, dict[str, Any]] = {
        "actor": {"kind": new.kind, "country": new.country if _COUNTRY.fullmatch(new.country or "") else None},
        "project": {"programme": new.programme},
    }
    return {"type": kind, "new": new.type, "spans": [list(span)], **fields.get(new.type, {})}


def _more(record: Record, new: Found) -> dict[str, Any]:
    """What else a reader alone says of a part: other names and the role by offsets, codes, a value, an English name."""
    forms = [_anywhere(record, form) for form in new.also]
    fields: dict[str, Any] = {"also": [place for place in forms if place], "role": _anywhere(record, new.role)}
    fields |= {name: _codes(getattr(new, name)) for name in ("sectors", "countries")}
    fields |= {name: "".join(_codes([getattr(new, name) or ""])) for name in ("currency", "iso")}
    english = record.article.language in ("en", None)
    fields |= {"value": new.value, "name_en": None if english else new.name_en}
    return {name: value for name, value in fields.items() if value not in ([], "", None)}


def _anywhere(record: Record, words: str | None) -> list[int] | None:
    """Where words stand first in the article."""
    place = place_of(words, record.article.text) if words else None
    return list(place.span()) if place else None


def _codes(words: Iterable[str]) -> list[str]:
    return [word for word in words if _CODE.fullmatch(word)]


def _rest(record: Record, answer: Whole, names: Mapping[str, str]) -> dict[str, Any]:
    """What the answer of a reader alone holds beside commitments, by offsets and recorded ids."""
    starts = dict(enumerate(sentence.start for sentence in record.sentences))
    relations = [
        {"subject": names[one.subject], "type": one.type, "object": names[one.object], "sentence": starts[one.sentence]}
        for one in answer.relations
        if {one.subject, one.object} <= names.keys() and one.sentence in starts
    ]
    out = [starts[number] for number in answer.boilerplate if number in starts]
    return {"relations": relations, "sectors": _codes(answer.sectors), "boilerplate": out}


def _span(record: Record, words: str, number: int) -> Span | None:
    """Where words stand in a sentence."""
    if not 0 <= number < len(record.sentences):
        return None
    sentence = record.sentences[number]
    place = place_of(words, record.article.text, sentence.start, sentence.end)
    return place.span() if place else None


def _listed(ids: Iterable[str], names: Mapping[str, str]) -> list[str]:
    return [names[name] for name in ids if name in names]


def _act(record: Record, act: dict[str, Any], names: Mapping[str, str]) -> dict[str, Any] | None:
    """An act with offsets and recorded ids; None where its trigger does not stand in its sentence."""
    trigger = _span(record, act["trigger"], act["sentence"])
    if trigger is None:
        return None
    starts = [sentence.start for sentence in record.sentences]
    act = act | {"trigger": list(trigger), "also": [number for number in act["also"] if 0 <= number < len(starts)]}

    if "sectors" in act:
        act["sectors"] = _codes(act["sectors"])
    made = _translated(act, names, starts.__getitem__, partial(_anywhere, record))
    return {name: value for name, value in made.items() if value not in ([], None, False)}


def _translated(
    act: Mapping[str, Any], ids: Mapping[str, str], sentence: Callable[[int], int], term: Callable[[Any], Any]
) -> dict[str, Any]:
    """An act with other ids, sentences and terms; ids and terms that are not there are left out."""
    made = {**act, "sentence": sentence(act["sentence"]), "also": [sentence(n) for n in act.get("also", [])]}
    made |= {slot: _listed(act.get(slot, []), ids) for slot in LISTS}
    made["attributed_to"] = ids.get(act.get("attributed_to") or "")
    if flow := act.get("flow"):
        sides = {side: _listed(flow[side], ids) for side in SIDES}
        terms = {name: moved for name, said in flow["terms"].items() if (moved := term(said))}
        made["flow"] = {**flow, **sides, "terms": terms}
    return made


def _answer(record: Record, line: Recorded) -> dict[str, Any]:
    """A recorded answer with the words and ids of a record, as a language model gives it."""
    text, starts = record.article.text, [sentence.start for sentence in record.sentences]

    def number(offset: int) -> int:
        return max(bisect_right(starts, offset) - 1, 0)

    ids, new = _rebound(record, line["ids"], number)
    said, acts = line["answer"], []
    for act in said["commitments"]:
        start, end = act["trigger"]
        placed = {**act, "sentence": start, "trigger": text[start:end]}  # the sentence of the trigger
        acts.append(_translated(placed, ids, number, lambda span: text[slice(*span)]))
    same = [group for own in said["same"] if len(set(group := _listed(own, ids))) > 1]
    content = {"new": new, "same": same, "no_project": _listed(said["no_project"], ids), "commitments": acts}
    content["sectors"] = said.get("sectors", [])
    content["boilerplate"] = [number(start) for start in said.get("boilerplate", [])]
    content["relations"] = [
        {**one, "subject": ids[one["subject"]], "object": ids[one["object"]], "sentence": number(one["sentence"])}
        for one in said.get("relations", [])
        if {one["subject"], one["object"]} <= ids.keys()
    ]
    return content


def _rebound(
    record: Record, ids: Mapping[str, Any], number: Callable[[int], int]
) -> tuple[dict[str, str], list[dict[str, Any]]]:
    """The present id of each recorded one, and the new parts of what the record lacks."""
    now = _known(record)
    names: dict[str, str] = {}
    new: list[dict[str, Any]] = []
    for name, part in ids.items():
        same_type = {other: known for other, known in now.items() if known["type"] == part["type"]}
        best = max(same_type, key=lambda other: _fit(part, same_type[other]), default="")
        if best and _fit(part, same_type[best]) > (0, 0):
            names[name] = best
        elif part["spans"] and (part["type"] != "value" or "new" in part):
            start, end = part["spans"][0]
            made = {key: part[key] for key in PLAIN if part.get(key) is not None}
            made["also"] = [record.article.text[first:last] for first, last in part.get("also", [])]
            made |= {"role": record.article.text[slice(*part["role"])]} if "role" in part else {}
            kind = part.get("new", part["type"])
            quote = {"quote": record.article.text[start:end], "sentence": number(start)}
            names[name] = f"n{len(new) + 1}"
            new.append({"id": names[name], "type": kind, **quote, **made})
    return names, new


def _fit(one: Mapping[str, Any], other: Mapping[str, Any]) -> tuple[int, int]:
    """How many spans two parts share, and how many characters those have in common that overlap."""
    theirs = [tuple(span) for span in other["spans"]]
    same = sum(tuple(span) in theirs for span in one["spans"])
    if one["type"] == "value" or "new" in one or same:  # what was new then is no part of another thing now
        return same, 0
    overlap = sum(max(0, min(b, d) - max(a, c)) for a, b in one["spans"] for c, d in theirs)
    whole = {(one.get("kind"), one.get("country")), (other.get("kind"), other.get("country"))}
    if one.get("kind") == "country" and len(whole) == 1 and one.get("country"):
        return 1, 0
    return 0, overlap if one["type"] == "project" or one.get("kind") == other.get("kind") else 0
