"""A short article with gold, and people who correct it in a tool: they change what the tool would export."""

import json
from pathlib import Path
from typing import Any

from spacy.tokens import DocBin

from pipeline.gold.folder import gold_file
from pipeline.review.formats.docbin import english

Json = dict[str, Any]

FIRST = "Laos will borrow $40 million from the Mekong Bank for the Pakse bridge by 2030."
SECOND = "The bank approved the loan agreement in Vientiane on Monday, Kaysa Vong of Lanexang Steel said."
TEXT = f"{FIRST} {SECOND}"
ROW = {"id": "laos-1", "title": "A bridge", "source": "authored", "date": "2025-04-16", "text": TEXT}
ROW |= {"sentences": [[0, len(FIRST)], [len(FIRST) + 1, len(TEXT)]]}


def actor(key: str, name: str, kind: str, *surface: str, country: str | None = None, role: str | None = None) -> Json:
    return {"key": key, "name": name, "kind": kind, "country": country, "role": role, "surface": [name, *surface]}


def commitment(key: str, sent: int, trigger: str, kind: str, status: str, **told: Any) -> Json:
    empty = {"by": [], "with": [], "to": [], "projects": [], "amounts": [], "dates": [], "sectors": []}
    return {"key": key, "sent": sent, "also": [], "trigger": trigger, "kind": kind, "status": status, **empty} | {
        "attributed_to": None,
        **told,
    }


def gold() -> Json:
    bridge = {"key": "p1", "name": "Pakse bridge", "programme": False, "sectors": ["210"], "countries": ["LAO"]}
    money = {"text": "$40 million", "value": 40000000, "currency": "USD"}
    loan = {"instrument": "loan", "provider": ["a2", "a3"], "recipient": ["a1"], "terms": {}}
    return {
        "id": "laos-1",
        "sentence_fixes": [],
        "mentions": [
            [0, "COUNTRY", "Laos"],
            [0, "MONEY", "$40 million"],
            [0, "ORG", "Mekong Bank"],
            [0, "PROJECT", "Pakse bridge"],
            [0, "DATE", "2030"],
            [1, "AGREEMENT", "loan agreement"],
            [1, "DATE", "Monday"],
            [1, "PERSON", "Kaysa Vong"],
        ],
        "actors": [
            actor("a1", "Laos", "country", "the government", country="LAO"),  # which does not stand in the text
            actor("a2", "Mekong Bank", "bank", "the bank"),
            actor("a3", "Kaysa Vong", "person", country="LAO", role="minister"),
        ],
        "projects": [bridge | {"surface": ["Pakse bridge"]}],
        "relations": [["a2", "funds", "p1", 0], ["a2", "party_to", "AGREEMENT:loan agreement", 1]],
        "commitments": [
            commitment("c1", 0, "will borrow", "finance", "pledged", by=["a1"], to=["a2"], amounts=[money], also=[1])
            | {"flow": loan},
            commitment("c2", 1, "approved", "agreement", "agreed", by=["a2"], projects=["p1"], attributed_to="a3"),
        ],
        "sectors": ["210"],
    }


def write_gold(folder: Path, *pairs: tuple[Json, Json]) -> Path:
    (folder / "gold").mkdir(parents=True)
    (folder / "articles.jsonl").write_text("".join(json.dumps(row) + "\n" for row, _ in pairs), encoding="utf-8")
    for row, raw in pairs:
        gold_file(folder, row["id"]).write_text(json.dumps(raw), encoding="utf-8")
    return folder


class Person:
    """Someone who corrects the one task of a file. `spans`: with place and label; `links`: head, label, child."""

    tool = name = ""
    spans: list[Json]
    links: list[list[Any]]

    def span(self, words: str) -> Json:
        (found,) = [span for span in self.spans if TEXT[span["start"] : span["end"]] == words]
        return found

    def at(self, start: int, end: int) -> Json:
        return next(span for span in self.spans if (span["start"], span["end"]) == (start, end))

    def place(self, words: str) -> Json:
        return {"start": TEXT.index(words), "end": TEXT.index(words) + len(words)}

    def add(self, words: str, label: str, **attributes: str) -> None:
        self.spans.append({**self.place(words), "label": label, **attributes})
        self.spans.sort(key=lambda span: span["start"])

    def delete(self, words: str) -> None:
        """The tool takes the arrows of a span along."""
        gone = self.span(words)
        self.spans.remove(gone)
        self.links = [link for link in self.links if not any(end is gone for end in link)]

    def move(self, words: str, to: str) -> None:
        self.span(words).update(self.place(to))

    def label(self, words: str, label: str) -> None:
        self.span(words)["label"] = label

    def trigger(self, words: str, kind: str, status: str) -> None:
        self.label(words, f"{kind}/{status}")

    def add_trigger(self, words: str, kind: str, status: str) -> None:
        self.add(words, f"{kind}/{status}")

    def link(self, head: str, label: str, child: str) -> None:
        self.links.append([self.span(head), label, self.span(child)])

    def unlink(self, head: str, label: str, child: str) -> None:
        self.links.remove([self.span(head), label, self.span(child)])


class Prodigy(Person):
    tool, name = "prodigy", "tasks.jsonl"

    def __init__(self, path: Path) -> None:
        self.path, self.task = path, json.loads(path.read_text(encoding="utf-8"))
        self.spans = self.task["spans"]
        ends = [[row["head_span"], row["label"], row["child_span"]] for row in self.task["relations"]]
        self.links = [[self.at(a["start"], a["end"]), label, self.at(b["start"], b["end"])] for a, label, b in ends]

    def place(self, words: str) -> Json:
        place = super().place(words)
        tokens = {f"token_{end}": next(token["id"] for token in self.task["tokens"] if token[end] == place[end])
                  for end in ("start", "end")}  # fmt: skip
        return place | tokens

    def save(self) -> None:
        self.task["spans"] = self.spans
        self.task["relations"] = [
            {"head": a.get("token_end"), "child": b.get("token_end"), "head_span": a, "child_span": b, "label": label,
             "color": "#ffd882"}
            for a, label, b in self.links
        ]  # fmt: skip
        self.path.write_text(json.dumps(self.task) + "\n", encoding="utf-8")


class LabelStudio(Person):
    """`sectors`: of the article; `turned`: how many of the last arrows were drawn from the child to the head."""

    tool, name = "label-studio", "tasks.json"

    def __init__(self, path: Path) -> None:
        self.path, (self.task,), self.turned = path, json.loads(path.read_text(encoding="utf-8")), 0
        spans: dict[str, Json] = {}
        self.links, self.sectors = [], list[str]()
        for one in self.task["annotations"][0]["result"]:
            if one["type"] == "relation":
                self.links.append([spans[one["from_id"]], one["labels"][0], spans[one["to_id"]]])
            elif one["from_name"] == "sectors":
                self.sectors = one["value"]["choices"]
            else:
                place = {"id": one["id"], "start": one["value"]["start"], "end": one["value"]["end"]}
                spans.setdefault(one["id"], place)[one["from_name"]] = one["value"][one["type"]][0]
        self.spans = list(spans.values())

    def add(self, words: str, label: str, **attributes: str) -> None:
        super().add(words, label, **attributes, id=f"Qx_{words}")

    def trigger(self, words: str, kind: str, status: str) -> None:
        self.span(words).update(kind=kind, status=status)

    def add_trigger(self, words: str, kind: str, status: str) -> None:
        self.add(words, "COMMITMENT", kind=kind, status=status)

    def save(self) -> None:
        result: list[Json] = []
        for span in self.spans:
            place = {"start": span["start"], "end": span["end"], "text": TEXT[span["start"] : span["end"]]}
            place |= {"text": span["text"]} if "text" in span else {}
            for name in (name for name in ("label", "kind", "status", "actor") if name in span):
                kind = "labels" if name == "label" else "choices"
                region = {"id": span["id"], "from_name": name, "to_name": "text", "type": kind, "origin": "manual"}
                result.append({**region, "value": {**place, kind: [span[name]]}})
        for number, (a, label, b) in enumerate(self.links):
            left = number >= len(self.links) - self.turned
            ends = {"from_id": a["id"], "to_id": b["id"], "direction": "left" if left else "right"}
            result.append({**ends, "type": "relation", "labels": [label] if label else [], "notes": "sure"})
        whole = {"id": "sectors", "from_name": "sectors", "to_name": "text", "type": "choices"}
        result.append({**whole, "value": {"choices": self.sectors}})
        for annotation in self.task.get("annotations", ()):
            annotation["result"] = result
        self.path.write_text(json.dumps([self.task]), encoding="utf-8")


class Spacy(Person):
    """In a notebook."""

    tool, name = "spacy", "docs.spacy"

    def __init__(self, path: Path) -> None:
        self.path = path
        (self.doc,) = DocBin().from_disk(path).get_docs(english().vocab)
        groups = {"ents": self.doc.ents, **{name: self.doc.spans[name] for name in ("references", "commitments")}}
        self.spans = [
            {"start": span.start_char, "end": span.end_char, "label": span.label_, "kb_id": span.kb_id_, "in": name}
            for name, spans in groups.items()
            for span in spans
        ]
        rows = json.loads(self.doc.user_data["relations"])
        self.links = [[self.at(a, b), label, self.at(c, d)] for a, b, label, c, d in rows]

    def save(self) -> None:
        made: dict[str, list[Any]] = {"ents": [], "references": [], "commitments": []}
        for span in self.spans:
            marked = self.doc.char_span(span["start"], span["end"], span["label"], kb_id=span.get("kb_id", ""))
            made[span.get("in", "ents")].append(marked)
        self.doc.ents = made.pop("ents")
        self.doc.spans.update(made)
        rows = [[a["start"], a["end"], label, b["start"], b["end"]] for a, label, b in self.links]
        self.doc.user_data["relations"] = json.dumps(rows)
        DocBin(docs=[self.doc], store_user_data=True).to_disk(self.path)
