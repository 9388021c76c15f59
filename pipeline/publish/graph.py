"""Actors and projects as nodes, relations and commitments as edges, in GraphML or GEXF.

Nodes of several articles are one where `corridor resolve` says so; without it, where name, kind and country are equal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.atomic import whole_path
from pipeline.errors import SetupError
from pipeline.knowledge.folder import Knowledge
from pipeline.knowledge.sums import worth
from pipeline.publish.formats import Options
from pipeline.publish.index import RecordIndex, originals, xml_text
from pipeline.record import Commitment, Record

if TYPE_CHECKING:
    from networkx import MultiDiGraph

ENDINGS = (".graphml", ".gexf")
Attributes = dict[str, Any]
Edge = tuple[str, str, str, Attributes]  # its key, from, to (local ids), attributes


def write(records: Iterable[Record], out: str, options: Options) -> None:
    """The ending of `out` names the form. Raises SetupError for another ending or where the file cannot be written."""
    ending = Path(out).suffix
    if ending not in ENDINGS:
        raise SetupError(f"{out}: a graph is written as {' or '.join(ENDINGS)}; name the file so")
    with whole_path(out) as path:
        (_graphml if ending == ".graphml" else _gexf)(graph(records, options.knowledge), path)


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


def graph(records: Iterable[Record], knowledge: Knowledge) -> MultiDiGraph[str]:
    """The graph, in memory; near-copies of an earlier article are left out."""
    from networkx import MultiDiGraph

    made: MultiDiGraph[str] = MultiDiGraph()
    nodes = Nodes(knowledge)
    for record in originals(records):
        index = RecordIndex(record)
        ids = {part: nodes.id(index, part) for part in (*index.actors, *index.projects)}
        for node, part in {node: part for part, node in ids.items()}.items():
            if node not in made:  # a node keeps the label of its first article
                made.add_node(node, **_plain(nodes.attributes(index, part)), articles=0)
            made.nodes[node]["articles"] += 1
        article = {"article": record.article.id, "date": record.article.date, "source": record.article.source}
        for key, start, end, attributes in (*_relations(index), *_commitments(index)):
            made.add_edge(ids[start], ids[end], xml_text(key), **_plain({**attributes, **article}))
    return made


class Nodes:
    """The node of each actor and project of an article."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._ids = {link.link: link.entity for link in knowledge.links}
        self._known: dict[str, Attributes] = {
            row.id: _attributes(row.name, "programme" if row.programme else "project") for row in knowledge.projects
        } | {row.id: _attributes(row.name, row.kind, row.country) for row in knowledge.actors}

    def id(self, index: RecordIndex, part: str) -> str:
        """The lasting id; without one `person:PAK:ahsan iqbal`, `project::ml-1`."""
        local = _local(index, part)
        plain = f"{local['kind']}:{local['country'] or ''}:{local['label'].casefold()}"
        return self._ids.get(index.key(part)) or xml_text(plain)

    def attributes(self, index: RecordIndex, part: str) -> Attributes:
        return self._known.get(self._ids.get(index.key(part), "")) or _local(index, part)


def _local(index: RecordIndex, part: str) -> Attributes:
    """The attributes of an actor or project as its article has them."""
    if part in index.actors:
        actor = index.actors[part]
        return _attributes(actor.name, actor.kind, actor.country)
    project = index.projects[part]
    return _attributes(project.name, "programme" if project.programme else "project")


def _attributes(label: str, kind: str, country: str | None = None) -> Attributes:
    return {"label": label, "kind": kind, "country": country}


def _relations(index: RecordIndex) -> Iterator[Edge]:
    """Between actors and projects; events, places and agreements are no nodes."""
    known = {*index.actors, *index.projects}
    for number, relation in enumerate(index.record.relations, 1):
        if relation.subject in known and relation.object in known:
            key, quote = index.key(f"r{number}"), index.quote(relation.evidence)
            attributes = {"label": relation.type, "what": "relation", "confidence": relation.confidence, "quote": quote}
            yield key, relation.subject, relation.object, {**attributes, "record_key": key}


def _commitments(index: RecordIndex) -> Iterator[Edge]:
    """From who provides or undertakes to each counterpart, receiver and project; none where it is not in the story."""
    for commitment in index.record.commitments:
        if commitment.in_story:
            givers, receivers = index.sides(commitment)
            counterparts = [] if commitment.flow else commitment.with_
            ends = {"with": counterparts, "to": receivers, "on": commitment.projects}
            pairs = [(giver, role, end) for giver in givers for role, found in ends.items() for end in found]
            record = {"quote": index.best(commitment), "record_key": index.key(commitment.id)}
            for giver, role, end in dict.fromkeys(pairs):
                what = commitment.flow.instrument if commitment.flow else commitment.kind
                label = {"label": f"{what} {role}", "what": "commitment"}
                key = index.key(f"{commitment.id}/{giver}/{role}/{end}")
                yield key, giver, end, {**label, **_values(commitment), **record}


def _values(commitment: Commitment) -> Attributes:
    """`words`: the amounts as the article writes them; `amount`: what they add up to, see `worth`."""
    currency, value = worth(commitment.amounts) or (None, None)
    return {
        **{"kind": commitment.kind, "status": commitment.status, "confidence": commitment.confidence},
        "instrument": commitment.flow and commitment.flow.instrument,
        "words": "; ".join(amount.text for amount in commitment.amounts) or None,
        "amount": value,
        "currency": currency,
    }


def _plain(attributes: Attributes) -> Attributes:
    """What XML can carry: no null, no forbidden character."""
    return {name: xml_text(v) if isinstance(v, str) else v for name, v in attributes.items() if v is not None}
