"""The language of a text, as an ISO 639-1 code, or None where the text is too short to tell.

Hard because names and figures belong to no language: "Gwadar Karachi Lahore" must not come out as Hausa.
"""

from __future__ import annotations

from functools import lru_cache
from tempfile import gettempdir

from py3langid.langid import MODEL_FILE, LanguageIdentifier  # type: ignore[import-untyped]

from pipeline.errors import SetupError

_SEEN = 2_000  # characters looked at
_SURE = 0.7  # the least confidence; single news sentences above it were all told rightly


def language(text: str) -> str | None:
    """`en` for English. Deterministic and offline. Raises SetupError where the model finds no room to be unpacked."""
    code, confidence = _identifier().classify(text[:_SEEN])
    return str(code) if confidence >= _SURE else None


@lru_cache(maxsize=1)
def _identifier() -> LanguageIdentifier:
    """The model that the package carries (plain arrays), kept to languages that have a two-letter code."""
    try:
        identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    except OSError as error:
        reason = error.strerror or error
        told = f"the language model cannot be written there ({reason}); make room, or set TMPDIR"
        raise SetupError(f"{gettempdir()}: {told}") from error
    identifier.set_languages([code for code in identifier.labels if len(code) == 2])
    return identifier
