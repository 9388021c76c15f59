"""Actors and projects as nodes, relations and commitments as edges, in GraphML or GEXF, for Gephi and its like.

Hard because an article knows only its own actors: nodes of several articles are put together by what `corridor resolve`
knows, without it by name, kind and country alone, so that two people of one name in one country are one node.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.errors import SetupError
from pipeline.export.batches import NOTHING
from pipeline.export.keys import Keyed
from pipeline.export.whole import whole_path
from pipeline.export.xml_text import xml_text
from pipeline.knowledge import Knowledge
from pipeline.record import Commitment, Record

if TYPE_CHECKING:
    from networkx import MultiDiGraph

ENDINGS = (".graphml", ".gexf")
Edge = tuple[str, str, str, dict[str, Any]]  # its key, from, to, attributes


def write(records: Iterable[Record], out: str, known: Knowledge = NOTHING) -> None:
    """In the form that the ending of `out` names. Raises SetupError where there is none or it cannot be written."""
    ending = Path(out).suffix
    if ending not in ENDINGS:
        raise SetupError(f"{out}: a graph is written as {' or '.join(ENDINGS)}; name the file so")
    with whole_path(out) as path:
        (_graphml if ending == ".graphml" else _gexf)(graph(records, known), path)


def _graphml(made: MultiDiGraph[str], path: Path) -> None:
    from networkx.readwrite.graphml import write_graphml_xml

    write_graphml_xml(made, path, encoding="utf-8")


def _gexf(made: MultiDiGraph[str], path: Path) -> None:
    from networkx.readwrite.gexf import GEXFWriter

    writer = GEXFWriter(encoding="utf-8", version="1.2draft")
    writer.add_graph(made)
    for meta in writer.xml.iter("meta"):
        meta.attrib.pop("lastmodifieddate", None)  # the same input gives the same bytes
    with path.open("wb") as file:
        writer.write(file)


def graph(records: Iterable[Record], known: Knowledge = NOTHING) -> MultiDiGraph[str]:
    """All in memory; near-copies of an article before are left out."""
    from networkx import MultiDiGraph

    made: MultiDiGraph[str] = MultiDiGraph()
    nodes = Nodes(known)
    for record in records:
        if record.article.story in (None, record.article.id):
            of = Keyed(record)
            for name in {nodes.of(of, name): name for name in (*of.actors, *of.projects)}.values():
                _add(made, nodes.of(of, name), nodes.told(of, name))
            for key, start, end, told in (*_relations(of), *_commitments(of)):
                made.add_edge(nodes.of(of, start), nodes.of(of, end), xml_text(key), **_plain({**told, **_article(of)}))
    return made


class Nodes:
    """Which node an actor or project of an article is, and what is told of it."""

    def __init__(self, known: Knowledge) -> None:
        self._ids = {link.link: link.entity for link in known.links}
        projects = {p.id: _named(p.name, "programme" if p.programme else "project", None) for p in known.projects}
        self._told = projects | {actor.id: _named(actor.name, actor.kind, actor.country) for actor in known.actors}

    def of(self, of: Keyed, name: str) -> str:
        """The lasting id; where there is none `person:PAK:ahsan iqbal`, `project::ml-1`."""
        told = _told(of, name)
        return self._ids.get(of.key(name)) or xml_text(
            f"{told['kind']}:{told['country'] or ''}:{told['label'].casefold()}"
        )

    def told(self, of: Keyed, name: str) -> dict[str, Any]:
        return self._told.get(self._ids.get(of.key(name), "")) or _told(of, name)


def _told(of: Keyed, name: str) -> dict[str, Any]:
    if name in of.actors:
        actor = of.actors[name]
        return _named(actor.name, actor.kind, actor.country)
    project = of.projects[name]
    return _named(project.name, "programme" if project.programme else "project", None)


def _named(label: str, kind: str, country: str | None) -> dict[str, Any]:
    return {"label": label, "kind": kind, "country": country}


def _add(made: MultiDiGraph[str], node: str, told: dict[str, Any]) -> None:
    """The node keeps the label of its first article and counts its articles."""
    if node not in made:
        made.add_node(node, **_plain(told), articles=0)
    made.nodes[node]["articles"] += 1


def _article(of: Keyed) -> dict[str, Any]:
    return {"article": of.article.id, "date": of.article.date, "source": of.article.source}


def _relations(of: Keyed) -> Iterator[Edge]:
    """Between actors and projects; events, places and agreements are no nodes."""
    known = {*of.actors, *of.projects}
    for number, relation in enumerate(of.record.relations, 1):
        if relation.subject in known and relation.object in known:
            told = {"label": relation.type, "what": "relation", "confidence": relation.confidence}
            quote = {"quote": of.quote(relation.evidence), "record_key": of.key(f"r{number}")}
            yield of.key(f"r{number}"), relation.subject, relation.object, {**told, **quote}


def _commitments(of: Keyed) -> Iterator[Edge]:
    """From each who undertakes to each counterpart, receiver and project; not where it is negated."""
    for commitment in of.record.commitments:
        ends = {"with": commitment.with_, "to": commitment.to, "on": commitment.projects}
        pairs = [(by, role, end) for by in commitment.by for role, found in ends.items() for end in found]
        for by, role, end in dict.fromkeys(pairs) if not commitment.negated else ():
            told = {"label": f"{commitment.kind} {role}", "what": "commitment", **_values(commitment)}
            key = of.key(f"{commitment.id}/{by}/{role}/{end}")
            yield key, by, end, {**told, "quote": of.best(commitment), "record_key": of.key(commitment.id)}


def _values(commitment: Commitment) -> dict[str, Any]:
    """`amount` only where all is in one currency; `words` has the amounts as the article tells them."""
    told = {"kind": commitment.kind, "status": commitment.status, "confidence": commitment.confidence}
    words = "; ".join(amount.text for amount in commitment.amounts)
    currencies = {amount.currency for amount in commitment.amounts}
    values = [amount.value for amount in commitment.amounts if amount.value is not None]
    if len(currencies) == 1 and None not in currencies and values:
        return {**told, "words": words, "amount": sum(values), "currency": currencies.pop()}
    return {**told, "words": words or None}


def _plain(told: dict[str, Any]) -> dict[str, Any]:
    """What XML can carry: no null, no forbidden character."""
    return {name: xml_text(v) if isinstance(v, str) else v for name, v in told.items() if v is not None}
