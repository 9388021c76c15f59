"""Wrong use and a wrong set-up: exit code 2, the reason on standard error, and nothing is written."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from builders import record
from knowledge.changes.news import port
from spacy.language import Language
from test_cli import DAM, ROAD, run, write

from pipeline.review.page.store import Store
from pipeline.settings import Settings

ROWS = "AidData Record ID,Title,Recipient,Commitment Year\n901,Ring road of Ica,Peru,2025\n"


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory, nlp: Language) -> Iterator[Path]:
    """A folder with articles, records, knowledge, a review, rules and a list of activities; all rows share it."""
    folder = tmp_path_factory.mktemp("here")
    texts = {"news/dam.txt": DAM, "news/road.txt": ROAD, "empty.jsonl": "", "aid.csv": ROWS}
    write(folder, texts | {"port.yaml": "- name: port\n  project: Lamu Port\n", "in.jsonl": [{"text": ROAD}]})
    write(folder, {"records.jsonl": record("peru/1").to_json(), "first.jsonl": port("o", "2025-06-03").to_json()})
    (folder / "empty").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("COLUMNS", "300")
        patch.setattr("pipeline.extract.load", lambda *_, **__: nlp)
        patch.setattr("pipeline.serve.extraction.Extraction.start", lambda _: None)
        assert run("corridor resolve first.jsonl -o monday").code == 0
        Store("records.jsonl", Path("ann"), print).close()
        yield folder


def contents(folder: Path) -> dict[str, bytes | None]:
    paths = sorted(folder.rglob("*"))
    return {str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None for path in paths}


REFUSED = [
    ("dance", "No such command"),
    ("extract", "Missing argument"),
    ("extract nowhere.txt", "nowhere.txt"),
    ("extract empty/", "empty"),
    ("extract ''", "is no name of an input"),
    ("extract news/ --date soon", "not a full date"),
    ("extract news/ --since 2025-02-31", "not a full date"),
    ("extract news/ --column body", "does not have the form text=body"),
    ("extract news/ --column body=text", "unknown field; name one of"),
    ("extract news/ --colour red", "No such option"),
    ("extract news/ --profile slow", "slow"),
    ("extract news/ --model news/", "no trained pipeline"),
    ("extract news/ --seeds news/", "a file of seeds is one of"),
    ("extract news/ -o news", "is a folder"),
    ("extract news/ -o news/dam.txt/records.jsonl", "dam.txt: is no folder); name another path"),
    ("extract news/ -o /proc/x/", "/proc/x/: cannot be written (no file or folder can be made there)"),
    ("extract news/ -o /proc/o.jsonl", "/proc/o.jsonl: cannot be written (no file or folder can be made"),
    ("extract news/ -o /dev/full", "/dev/full: cannot be written (No space left on device)"),
    ("extract news/dam.txt -o news/dam.txt", "is an input; name another file"),
    ("extract news/ -o news/dam.txt", "is an input; name another file"),
    ("extract 'news/*.txt' -o news/dam.txt", "is an input; name another file"),
    ("extract news/ -o records.jsonl --resume", "no run folder to resume"),
    ("extract news/ -o run/ --retry", "--retry needs --resume"),
    ("extract news/ -o run/ --prune", "--prune needs --resume"),
    ("extract news/ --near-copies skip -o r.jsonl", "--near-copies skip needs a run folder: -o r.jsonl/"),
    ("verify nowhere/", "nowhere"),
    ("verify news/", "holds no run"),
    ("show nowhere.jsonl", "nowhere.jsonl"),
    ("show news/", "news"),
    ("show records.jsonl nobody", "holds no record with the id nobody"),
    ("report nowhere.jsonl -o report.html", "nowhere.jsonl"),
    ("report empty.jsonl -o report.html", "holds no record"),
    ("report news/dam.txt -o news/dam.txt", "name another path with -o"),
    ("report empty.jsonl -o r.pdf", "r.pdf: a report is an HTML page, not a .pdf file; name it r.html"),
    ("report - -o - --knowledge none", "holds no links.jsonl"),
    ("report records.jsonl -o r.html --today soon", "not a full date"),
    ("report records.jsonl -o r.html --since 2025-02-31 --knowledge monday", "not a full date"),
    ("report records.jsonl -o r.html --since monday", "name that of now with --knowledge"),
    ("report records.jsonl -o r.html --knowledge monday --since monday", "is the folder of --knowledge itself"),
    ("evaluate nowhere/ nowhere.jsonl", "nowhere"),
    ("fetch -o out", "name a URL"),
    ("fetch file:///etc/passwd -o out", "begins with file:"),
    ("fetch example.org/feed -o out", "is no http address"),
    ("fetch http://a:b@example.org/ -o out", "user name"),
    ("fetch http://127.0.0.1:1/ --feeds nowhere.txt -o out", "nowhere.txt"),
    ("fetch http://127.0.0.1:1/ --user-agent 'a\r\nX: b' -o out", "printable"),
    ("fetch http://127.0.0.1:1/ --limit 0 -o out", "--limit"),
    ("fetch http://127.0.0.1:1/ -o s3://bucket/news", "of this machine"),
    ("fetch http://127.0.0.1:1/ -o aid.csv", "aid.csv"),
    ("watch - -o watched/", "-: cannot be watched"),
    ("watch watched/run -o watched/", "name a folder outside watched/"),
    ("watch http://a:b@example.org/ -o watched/", "user name"),
    ("watch news/ -o s3://bucket/watched/", "of this machine"),
    ("watch news/ -o watched/ --webhook http://127.0.0.1:1/", "name their rules with --alerts"),
    ("resolve first.jsonl -o monday --since nowhere", "nowhere: holds no links.jsonl"),
    ("resolve first.jsonl -o monday --since 2025-02-31", "2025-02-31: not a full date"),
    ("resolve first.jsonl -o monday --alerts port.yaml", "add --since"),
    ("resolve first.jsonl -o monday --since monday --webhook http://x/", "name their rules with --alerts"),
    ("diff monday nowhere", "nowhere: holds no links.jsonl"),
    ("diff monday monday --since soon", "soon: not a full date"),
    ("diff monday monday --today 2025-02-31", "2025-02-31: not a full date"),
    ("diff monday monday --alerts nowhere.yaml", "nowhere.yaml: cannot be read"),
    ("diff monday monday --webhook http://example.org/", "name their rules with --alerts"),
    ("diff monday monday --alerts port.yaml --webhook file:///x", "no address to send to"),
    ("diff monday monday --to xlsx", "xlsx"),
    ("diff monday monday -o monday", "is no file"),
    ("match records.jsonl --against no.csv -o m.csv", "no.csv: cannot be read"),
    ("match none --against aid.csv -o m.csv", "none"),
    ("match records.jsonl --against aid.csv -o aid.csv", "aid.csv: is a list of activities"),
    ("match records.jsonl --against records.jsonl -o m.csv", "has no column for the id"),
    ("export nowhere.jsonl --to csv -o out", "nowhere.jsonl: not found"),
    ("export records.jsonl --to csv -o records.jsonl", "holds the records"),
    ("export records.jsonl --to csv -o records.jsonl/out", "cannot be written"),
    ("export records.jsonl --to duckdb -o records.jsonl/out.duckdb", "cannot be written"),
    ("export records.jsonl --to jsonl -o .", "holds the records"),
    ("export records.jsonl --to csv -o -", "standard output"),
    ("export records.jsonl --to csv -o tables.csv", "name a folder with -o"),
    ("export records.jsonl --to iati -o tables/", "name a file with -o"),
    ("export records.jsonl --to iati -o -", "standard output"),
    ("export records.jsonl --to iati -o /dev/null", "is no file"),
    ("export records.jsonl --to graph -o out.dot", ".gexf"),
    ("export records.jsonl --to jsonl -o out --safe-csv", "--safe-csv is for csv"),
    ("export records.jsonl --to ftm -o out.jsonl --knowledge known", "for tables and graphs"),
    ("export records.jsonl --to csv -o out --knowledge known", "holds no links.jsonl"),
    ("export records.jsonl --to excel -o out", "excel"),
    ("export records.jsonl --to csv", "--out"),
    ("export records.jsonl --to iati -o o.xml --matches m.csv", "name their folder with"),
    ("export records.jsonl --to graph -o o.gexf --knowledge k --matches m.csv", "a graph holds no ids of activities"),
    ("export records.jsonl --to csv -o out --only accepted", "needs decisions: name the folder of `corridor review`"),
    ("export records.jsonl --to csv -o out --only some", "'some'"),
    ("export records.jsonl --to csv -o out --only accepted --reviewed nowhere", "holds no review; name the --gold"),
    ("export records.jsonl --to csv -o out --reviewed ann", "say which commitments you want: --only accepted or"),
    ("review nowhere.jsonl --gold gold", "nowhere.jsonl"),
    ("review - --gold gold", "which standard input cannot"),
    ("annotate export nowhere.jsonl --to prodigy -o tasks.jsonl", "nowhere.jsonl"),
    ("annotate export news/ --to paper -o tasks.jsonl", "paper"),
    ("annotate export empty.jsonl --to prodigy -o empty.jsonl", "name another path with -o"),
    ("annotate import news/dam.txt -o gold", "must end in .xlsx, .jsonl (Prodigy), .json (Label Studio)"),
    ("annotate import review.csv -o gold", "save it as .xlsx (Excel Workbook)"),
    ("annotate import nowhere.xlsx -o gold", "nowhere.xlsx: cannot be read"),
    ("annotate import nowhere.json -o gold", "nowhere.json"),
    ("annotate agree ann ann", "two reviewers are compared: name two folders"),
    ("serve --host 0.0.0.0 --port 0", "0.0.0.0: other machines can reach it; give a token with --token or CORRIDOR_T"),
    ("serve --token short", "--token: give at least 16 printable ASCII characters"),
    ("serve --host 192.0.2.1 --port 0", "192.0.2.1:0: in use, or not an address of this machine"),
    ("serve --port 0 none.jsonl", "none.jsonl: not found"),
    ("serve --port 0 -", "standard input cannot; name a file"),
    ("serve --port 0 in.jsonl", "this is input, not records"),
    ("serve --port 0 --knowledge .", ".: holds no links.jsonl"),
    ("serve --port 0 --old .", "--old is compared with --knowledge; name both"),
    ("serve --model .", ".: no trained pipeline"),
    ("serve --mcp records.jsonl", "records.jsonl: --mcp serves no records"),
    ("train sectors --data nowhere/ --out m", "--data names the folder of coded projects"),
    (f"train sectors --data news/ --out {Settings().models}", "name another directory with --out"),
    (f"train sectors --data news/ --out {Settings().models / 'entities'}", "name another directory with --out"),
    ("train scores --gold nowhere/ --parts parts/", "nowhere"),
    ("train join nowhere.jsonl news/dam.txt -o gold", "nowhere.jsonl: not found"),
    ("train join news/dam.txt news/road.txt -o gold", "dam.txt:1: not a JSON object"),
    ("train answers news/ -o a.jsonl", "news: no run folder that a language model has read"),
    ("train ablation --out m", "needs --gold and --parts for components, or --held for rules"),
]


@pytest.mark.skipif(os.name != "posix", reason="needs device files")
@pytest.mark.parametrize(("command", "reason"), REFUSED)
def test_wrong_use_is_exit_2_with_the_reason(here: Path, command: str, reason: str) -> None:
    before = contents(here)
    answer = run(f"corridor {command}")
    assert (answer.code, answer.out) == (2, "")
    assert reason in answer.err
    assert contents(here) == before
