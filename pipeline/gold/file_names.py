"""File names for the gold of articles, whose ids may be headlines, web addresses or hostile.

No name leads out of its folder. Folders that use bare ids as file names can still be read.
"""

from __future__ import annotations

import json
import re
from hashlib import sha256
from pathlib import Path

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
    return f"{start}%~{sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"


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
