"""The file of an article's gold: any id has one, and none leads out of its folder.

Hard because an id may be a headline, an address or hostile, and folders that were made before must still be read.
"""

from __future__ import annotations

import json
import re
from hashlib import sha256
from pathlib import Path

_ESCAPE = r"%(?:[01][0-9A-F]|2[25AEF]|3[ACEF]|5C|7[CF]|ED|~)"  # how what `_UNSAFE` finds is written
_UNSAFE = re.compile(rf'[\x00-\x1f\x7f\ud800-\udfff"*/:<>?\\|]|^\.|{_ESCAPE[0]}(?={_ESCAPE[1:]})')
_LONGEST, _KEPT = 150, 60  # bytes of a name, and of one that is cut


def file_name(name: str) -> str:
    """An id as the name of a file, without its ending: the id itself where it can be one.

    What no file can be called stands as %XX; of long ids there is the beginning and a digest. No two ids share a name.
    """
    safe = _UNSAFE.sub(_escaped, name)
    if 0 < len(safe.encode()) <= _LONGEST:
        return safe
    start = re.sub(r"%.?$", "", safe.encode()[:_KEPT].decode(errors="ignore"))
    return f"{start}%~{sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"


def gold_file(folder: Path, name: str) -> Path:
    """Where the gold of an article lies in a gold folder, or would lie; under its bare id if it was put there."""
    place, bare = (folder / "gold" / f"{stem}.json" for stem in (file_name(name), name))
    if bare == place or ".." in bare.parts or Path(name).is_absolute() or place.exists():
        return place
    return bare if _is_gold(folder / "gold", bare, name) else place


def _is_gold(folder: Path, path: Path, name: str) -> bool:
    """Whether a file under a bare id is that article's: it may be another's, whose id is escaped."""
    try:
        inside = path.is_file() and path.resolve().is_relative_to(folder.resolve())
        return inside and (not re.search(_ESCAPE, name) or json.loads(path.read_bytes()).get("id") == name)
    except (OSError, ValueError, AttributeError):  # no file can be called so, or it is no gold
        return False


def _escaped(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match[0].encode("utf-8", "surrogatepass"))
