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


class Prodigy:
    """Someone who corrects the one task of a file of Prodigy."""

    tool, name = "prodigy", "tasks.jsonl"

    def __init__(self, path: Path) -> None:
        self.path, self.task = path, json.loads(path.read_text(encoding="utf-8"))

    def save(self) -> None:
        self.path.write_text(json.dumps(self.task) + "\n", encoding="utf-8")

    def span(self, words: str) -> Json:
        (found,) = [s for s in self.task["spans"] if TEXT[s["start"] : s["end"]] == words]
        return found

    def add(self, words: str, label: str) -> None:
        self.task["spans"].append({**self.place(words), "label": label})
        self.task["spans"].sort(key=lambda span: span["start"])

    def place(self, words: str) -> Json:
        start = TEXT.index(words)
        first = next(t["id"] for t in self.task["tokens"] if t["start"] == start)
        last = next(t["id"] for t in self.task["tokens"] if t["end"] == start + len(words))
        return {"start": start, "end": start + len(words), "token_start": first, "token_end": last}

    def delete(self, words: str) -> None:
        """The tool takes the arrows of a span along."""
        gone = self.span(words)
        self.task["spans"].remove(gone)
        self.task["relations"] = [r for r in self.task["relations"] if gone not in (r["head_span"], r["child_span"])]

    def move(self, words: str, to: str) -> None:
        """The span is drawn anew, and so are its arrows."""
        old, new = dict(self.span(words)), self.place(to)
        self.span(words).update(new)
        for relation in self.task["relations"]:
            for end in ("head", "child"):
                if relation[f"{end}_span"] == old:
                    relation |= {f"{end}_span": old | new, end: new["token_end"]}

    def label(self, words: str, label: str) -> None:
        old = dict(self.span(words))
        self.span(words)["label"] = label
        for relation in self.task["relations"]:
            for end in ("head_span", "child_span"):
                if relation[end] == old:
                    relation[end] = old | {"label": label}

    def trigger(self, words: str, kind: str, status: str) -> None:
        self.label(words, f"{kind}/{status}")

    def add_trigger(self, words: str, kind: str, status: str) -> None:
        self.add(words, f"{kind}/{status}")

    def link(self, head: str, label: str, child: str) -> None:
        one, other = self.span(head), self.span(child)
        ends = {"head": one["token_end"], "child": other["token_end"]}
        self.task["relations"].append({**ends, "head_span": one, "child_span": other, "label": label})

    def unlink(self, head: str, label: str, child: str) -> None:
        ends = self.span(head), label, self.span(child)
        (gone,) = [r for r in self.task["relations"] if (r["head_span"], r["label"], r["child_span"]) == ends]
        self.task["relations"].remove(gone)


class LabelStudio:
    """Someone who corrects the one task of a file of Label Studio."""

    tool, name = "label-studio", "tasks.json"

    def __init__(self, path: Path) -> None:
        self.path, (self.task,) = path, json.loads(path.read_text(encoding="utf-8"))
        self.new = 0

    @property
    def result(self) -> list[Json]:
        return self.task["annotations"][0]["result"]

    def save(self) -> None:
        self.path.write_text(json.dumps([self.task]), encoding="utf-8")

    def region(self, words: str) -> str:
        (found,) = [r["id"] for r in self.result if r["type"] == "labels" and r["value"]["text"] == words]
        return found

    def add(self, words: str, label: str, **told: str) -> None:
        self.new += 1
        start = TEXT.index(words)
        place = {"start": start, "end": start + len(words), "text": words}
        for name, kind, value in (("label", "labels", label), *((n, "choices", v) for n, v in told.items())):
            region = {"id": f"Qx_{self.new}", "from_name": name, "to_name": "text", "type": kind, "origin": "manual"}
            self.result.append({**region, "value": {**place, kind: [value]}})

    def delete(self, words: str) -> None:
        gone = self.region(words)
        kept = [r for r in self.result if gone not in (r.get("id"), r.get("from_id"), r.get("to_id"))]
        self.task["annotations"][0]["result"] = kept

    def move(self, words: str, to: str) -> None:
        start, region = TEXT.index(to), self.region(words)
        for one in self.result:
            if one.get("id") == region:
                one["value"] |= {"start": start, "end": start + len(to), "text": to}

    def choose(self, words: str, name: str, kind: str, value: str) -> None:
        region = self.region(words)
        (found,) = [r for r in self.result if r.get("id") == region and r["from_name"] == name]
        found["value"][kind] = [value]

    def label(self, words: str, label: str) -> None:
        self.choose(words, "label", "labels", label)

    def trigger(self, words: str, kind: str, status: str) -> None:
        self.choose(words, "kind", "choices", kind)
        self.choose(words, "status", "choices", status)

    def add_trigger(self, words: str, kind: str, status: str) -> None:
        self.add(words, "COMMITMENT", kind=kind, status=status)

    def link(self, head: str, label: str, child: str) -> None:
        ends = {"from_id": self.region(head), "to_id": self.region(child)}
        self.result.append({**ends, "type": "relation", "direction": "right", "labels": [label]})

    def unlink(self, head: str, label: str, child: str) -> None:
        ends = self.region(head), [label], self.region(child)
        (gone,) = [r for r in self.result if (r.get("from_id"), r.get("labels"), r.get("to_id")) == ends]
        self.result.remove(gone)


class Spacy:
    """Someone who corrects the one Doc of a `.spacy` file in a notebook."""

    tool, name = "spacy", "docs.spacy"

    def __init__(self, path: Path) -> None:
        self.path = path
        (self.doc,) = DocBin().from_disk(path).get_docs(english().vocab)

    def save(self) -> None:
        DocBin(docs=[self.doc], store_user_data=True).to_disk(self.path)

    def marked(self, words: str, label: str, kb_id: str = "") -> Any:
        start = TEXT.index(words)
        return self.doc.char_span(start, start + len(words), label, kb_id=kb_id)

    def add(self, words: str, label: str) -> None:
        self.doc.ents = [*self.doc.ents, self.marked(words, label)]

    def delete(self, words: str) -> None:
        gone = self.place(words)
        self.doc.ents = [ent for ent in self.doc.ents if ent.text != words]
        kept = [row for row in self.rows if gone not in (row[:2], row[3:])]
        self.doc.user_data["relations"] = json.dumps(kept)

    def label(self, words: str, label: str) -> None:
        ents = [self.marked(e.text, label, e.kb_id_) if e.text == words else e for e in self.doc.ents]
        self.doc.ents = ents

    def trigger(self, words: str, kind: str, status: str) -> None:
        kept = [span for span in self.doc.spans["commitments"] if span.text != words]
        self.doc.spans["commitments"] = [*kept, self.marked(words, f"{kind}/{status}")]

    @property
    def rows(self) -> list[Any]:
        return json.loads(self.doc.user_data["relations"])

    def place(self, words: str) -> list[int]:
        return [TEXT.index(words), TEXT.index(words) + len(words)]

    def link(self, head: str, label: str, child: str) -> None:
        self.doc.user_data["relations"] = json.dumps([*self.rows, [*self.place(head), label, *self.place(child)]])

    def unlink(self, head: str, label: str, child: str) -> None:
        gone = [*self.place(head), label, *self.place(child)]
        self.doc.user_data["relations"] = json.dumps([row for row in self.rows if row != gone])


Person = Prodigy | LabelStudio | Spacy
