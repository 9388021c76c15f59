"""Folders of gold: `articles.jsonl`, and `gold/ID.json` with the gold of each article.

The gold of an article is its record, or JSON of the annotation guide about its line of `articles.jsonl`, to which
`flows/ID.json` may add boilerplate and flows. Ids may be headlines, web addresses or hostile: no file name leads out of
its folder. Folders that use bare ids as file names can still be read.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from itertools import batched
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from pipeline.atomic import whole_file
from pipeline.errors import ArticleError, SetupError
from pipeline.gold.check import problems
from pipeline.gold.importer import PERSON, guide_record
from pipeline.record import Record, fault
from pipeline.records import placed

ARTICLES, GOLD, FLOWS = "articles.jsonl", "gold", "flows"
AT_ONCE = 100  # articles that are written together
_ESCAPE = r"%(?:[01][0-9A-F]|2[25AEF]|3[ACEF]|5C|7[CF]|ED|~)"  # what replaces a character that `_UNSAFE` finds
_UNSAFE = re.compile(rf'[\x00-\x1f\x7f\ud800-\udfff"*/:<>?\\|]|^\.|{_ESCAPE[0]}(?={_ESCAPE[1:]})')
_LONGEST, _KEPT = 150, 60  # bytes of a name, and of one that is cut


def file_name(name: str) -> str:
    """The file name for an id, without extension: the id itself where that is safe.

    Unsafe characters become %XX; a long id becomes its beginning and a digest. No two ids share a name.
    """
    safe = _UNSAFE.sub(_escaped, name)
    if 0 < len(safe.encode()) <= _LONGEST:
        return safe
    start = re.sub(r"%.?$", "", safe.encode()[:_KEPT].decode(errors="ignore"))
    return f"{start}%~{hashlib.sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"


def gold_file(folder: Path, name: str) -> Path:
    """The path of an article's gold in a gold folder, whether or not it exists; named by the bare id if that exists."""
    safe, bare = (folder / "gold" / f"{stem}.json" for stem in (file_name(name), name))
    if bare == safe or ".." in bare.parts or Path(name).is_absolute() or safe.exists():
        return safe
    return bare if _is_gold(folder / "gold", bare, name) else safe


def _is_gold(folder: Path, path: Path, name: str) -> bool:
    """Whether the file named by a bare id is the gold of that article, and not of one whose escaped id it is."""
    try:
        inside = path.is_file() and path.resolve().is_relative_to(folder.resolve())
        return inside and (not re.search(_ESCAPE, name) or json.loads(path.read_bytes()).get("id") == name)
    except (OSError, ValueError, AttributeError):  # not a possible file name, or not gold
        return False


def _escaped(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match[0].encode("utf-8", "surrogatepass"))


def is_gold(path: Path) -> bool:
    """Whether a path is a gold folder, as opposed to records."""
    return path.is_dir() and ((path / ARTICLES).exists() or (path / GOLD).is_dir())


def read_gold(path: Path) -> list[Record]:
    """The gold of a folder, in the order of its `articles.jsonl`, or of a file or folder of records.

    Raises SetupError naming the file and what is wrong with its gold, or where there is none.
    """
    if not is_gold(path):
        return list(read_records(path).values())
    try:
        rows = article_rows(path)
        golds = [gold_in(path, row) for name, row in rows.items() if gold_file(path, name).is_file()]
    except (ArticleError, OSError) as error:
        raise SetupError(str(error)) from error
    if not golds:
        raise SetupError(f"{path}: none of its articles has gold; gold belongs in gold/ID.json")
    return golds


def read_records(path: Path) -> dict[str, Record]:
    """The records of a file, or of all files of a folder, by article id.

    Raises SetupError naming file and line of what is no record, and of an id that comes twice.
    """
    records: dict[str, Record] = {}
    for where, record in placed(str(path)):
        if isinstance(record, ArticleError):
            raise SetupError(str(record))
        if record.article.id in records:
            raise SetupError(f"{where}: the article {record.article.id!r} comes twice; keep one record of it")
        records[record.article.id] = record
    return records


def article_rows(folder: Path) -> dict[str, dict[str, Any]]:
    """The lines of `articles.jsonl`, by id. Raises SetupError naming a line that is no article."""
    path = folder / ARTICLES
    try:
        lines = path.read_text(encoding="utf-8-sig", errors="replace").split("\n")
    except FileNotFoundError as error:
        raise SetupError(f"{path}: not found; a gold folder holds articles.jsonl and gold/ID.json") from error
    found: dict[str, dict[str, Any]] = {}
    for number, line in enumerate(lines, 1):
        try:
            row = json.loads(line) if line.strip() else None
            if row is not None:
                found[str(row["id"])] = row
        except (ValueError, KeyError, TypeError) as error:
            raise SetupError(f"{path}:{number}: a line is not an article of a gold folder ({error!r})") from error
    return found


def gold_in(folder: Path, row: Mapping[str, Any]) -> Record:
    """The gold of an article, `row` its line of `articles.jsonl`. Raises ArticleError where it is not sound."""
    path = gold_file(folder, row["id"])
    raw = _json(path)
    if isinstance(raw, dict) and "article" in raw:
        return _record(path, row["id"], raw)
    flows = folder / FLOWS / path.name
    return guide_record(str(path), row, _with_flows(raw, flows) if flows.is_file() else raw)


def write_gold(folder: Path, records: Iterable[Record]) -> None:
    """Writes records into a gold folder; other articles in it are kept."""
    path = folder / ARTICLES
    rows = article_rows(folder) if path.exists() else {}
    for record in records:
        name = record.article.id
        rows[name] = article_row(record, rows.get(name))
        with whole_file(str(gold_file(folder, name))) as file:
            file.write(record.to_json() + "\n")
    with whole_file(str(path)) as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows.values())


def article_row(record: Record, known: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The line of `articles.jsonl` of a record; fields of an older line are kept, but for those of another text."""
    row = record.article.model_dump(include={"id", "title", "source", "url", "date"}, exclude_none=True)
    own = {"text": record.article.text, "sentences": [[one.start, one.end] for one in record.sentences]}
    same = known is not None and known.get("text") == record.article.text
    return row | own | dict(known or {}) | ({} if same else own)


def as_gold(record: Record) -> Record:
    """The record as gold of the person who went through it: sure of all of it."""
    return Record.model_validate(_sure(record.model_dump(by_alias=True)))


def _sure(part: Any) -> Any:
    if isinstance(part, list):
        return [_sure(one) for one in part]
    if not isinstance(part, dict):
        return part
    now = {"confidence": 1.0, "method": PERSON, "row_confidence": None, "slot_confidence": None}
    return {name: now[name] if name in now else _sure(one) for name, one in part.items()}


def write_sound(folder: Path, records: Iterable[Record], say: Callable[[str], None]) -> Counter[str]:
    """Writes the records that are sound into a gold folder, some at once; other articles in it are kept.

    Returns how many articles are `done` and `failed`; `say` is called with each that is not sound.
    """
    count: Counter[str] = Counter()
    for some in batched(records, AT_ONCE):
        sound = []
        for record in some:
            if wrong := problems(record):
                say(f"{record.article.id}: {wrong[0]}; left out")
            else:
                sound.append(record)
        write_gold(folder, sound)
        count += Counter(done=len(sound), failed=len(some) - len(sound))
    return count


def digest(golds: Iterable[Record]) -> str:
    """The SHA-256 of some gold, in hexadecimal."""
    return hashlib.sha256("".join(f"{gold.to_json()}\n" for gold in golds).encode()).hexdigest()


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except ValueError as error:
        raise ArticleError(str(path), f"not valid JSON: {error}") from error


def _record(path: Path, name: str, raw: Any) -> Record:
    try:
        record = Record.model_validate_json(json.dumps(raw))
    except ValidationError as error:
        raise ArticleError(str(path), f"not a record: {fault(error)}") from error
    wrong = (
        problems(record) if record.article.id == name else [f"is the gold of {record.article.id!r}, not of {name!r}"]
    )
    if wrong:
        raise ArticleError(str(path), wrong[0])
    return record


def _with_flows(raw: Any, path: Path) -> Any:
    """Gold of the guide with the boilerplate and the flows that stand in a file of their own."""
    try:
        more = _json(path)
        flows: dict[str, Any] = more["flows"]
        rows = [row | ({"flow": flows[row["key"]]} if row["key"] in flows else {}) for row in raw["commitments"]]
        return raw | {"boilerplate": more["boilerplate"], "commitments": rows}
    except (KeyError, TypeError, AttributeError) as error:
        raise ArticleError(str(path), f"no flows of gold: {error}") from error
