"""The graph: read back by networkx from both forms, with the same nodes and edges."""

from pathlib import Path

import networkx
import pytest
from builders import DOLLARS, bare, commitment, record

from pipeline.errors import SetupError
from pipeline.knowledge.folder import Knowledge
from pipeline.knowledge.resolve import resolve
from pipeline.publish.formats import Options
from pipeline.publish.graph import graph, write

NOTHING, GRAPH = Knowledge(), Options("graph")
LOAN = commitment(amounts=[DOLLARS])
COPY = record("copy", {"story": "peru/1"})
RECORDS = [record(commitments=[LOAN]), record("peru/2", {"date": None}), COPY, bare("quiet")]
NODES = {"bank::andes bank", "country:PER:peru", "person:PER:rosa lima", "project::ica ring road"}
READERS = {".graphml": networkx.read_graphml, ".gexf": networkx.read_gexf}


@pytest.mark.parametrize("ending", READERS)
def test_what_is_written_is_read_back(tmp_path: Path, ending: str) -> None:
    out = tmp_path / f"news{ending}"
    write(RECORDS, str(out), GRAPH)
    made, read = graph(RECORDS, NOTHING), READERS[ending](out)
    assert set(read.nodes) == set(made.nodes) == NODES
    assert sorted(read.edges()) == sorted(made.edges())
    assert read.nodes["bank::andes bank"]["label"] == "Andes Bank"
    assert read.nodes["bank::andes bank"]["articles"] == 2
    before = out.read_bytes()
    write(RECORDS, str(out), GRAPH)
    assert out.read_bytes() == before
    assert b"lastmodifieddate" not in before


def test_edges_say_what_was_committed_and_where_it_stands() -> None:
    edges = {key: attributes for _, _, key, attributes in graph(RECORDS, NOTHING).edges(keys=True, data=True)}
    loan = edges["peru/1/c1/a1/to/a2"]
    assert (loan["what"], loan["label"], loan["status"]) == ("commitment", "loan to", "pledged")
    assert (loan["amount"], loan["currency"], loan["record_key"], loan["source"]) == (7e8, "USD", "peru/1/c1", "Wire")
    assert edges["peru/1/r1"]["label"] == "affiliated_with"
    assert "date" not in edges["peru/2/r1"]


def test_amounts_of_two_currencies_are_not_added() -> None:
    edges = {key: attributes for _, _, key, attributes in graph(RECORDS, NOTHING).edges(keys=True, data=True)}
    both = edges["peru/2/c1/a1/to/a2"]
    assert (both["words"], both["amount"], both["currency"]) == ("$700m; 200 million soles", 7e8, "USD")


@pytest.mark.parametrize("mark", ["negated", "boilerplate"])
def test_what_is_denied_or_boilerplate_is_no_edge(mark: str) -> None:
    made = graph([record(commitments=[commitment(**{mark: True})])], NOTHING)
    assert {attributes["what"] for *_, attributes in made.edges(data=True)} == {"relation"}


def test_an_ending_that_is_none() -> None:
    with pytest.raises(SetupError, match=r"\.graphml or \.gexf"):
        write(RECORDS, "news.dot", GRAPH)


def test_lasting_ids_are_the_nodes_where_they_are_known() -> None:
    other = record(
        "peru/3", actors=[actor.model_copy(update={"name": f"The {actor.name}"}) for actor in record().actors]
    )
    known = resolve([*RECORDS, other], Knowledge())
    made = graph([*RECORDS, other], known)
    assert set(made.nodes) == {row.id for row in (*known.actors, *known.projects)}
    assert {made.nodes[row.id]["label"] for row in known.actors} == {row.name for row in known.actors}
    assert len(made) < len(graph([*RECORDS, other], NOTHING))
