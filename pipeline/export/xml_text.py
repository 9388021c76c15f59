"""Text that XML 1.0 can carry: characters that it forbids, such as control characters, become U+FFFD."""

from __future__ import annotations

import re

_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def xml_text(text: str) -> str:
    return _FORBIDDEN.sub("\ufffd", text)
