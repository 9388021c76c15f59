"""What a robots.txt allows (RFC 9309): the longest rule that matches decides, `*` and `$` have their meaning."""

from __future__ import annotations

from urllib.parse import quote, unquote_to_bytes, urlsplit

LIMIT = 500_000  # bytes of the file that count
LONGEST = 60.0  # seconds of Crawl-delay that are kept to


class Robots:
    """The rules for one agent, by its name without version. Without a text everything is allowed.

    `delay`: the seconds that the file asks for between requests, at most LONGEST.
    """

    def __init__(self, text: str = "", agent: str = "*") -> None:
        groups = _groups(text)
        lines = groups.get(agent.lower(), groups.get("*", []))
        self._rules = [(name == "allow", _plain(path)) for name, path in lines if name != "crawl-delay" and path]
        self.delay = max([0.0, *(_seconds(value) for name, value in lines if name == "crawl-delay")])

    def allows(self, url: str) -> bool:
        """Whether the agent may fetch a URL of this host."""
        parts = urlsplit(url)
        path = _plain(f"{parts.path}?{parts.query}" if parts.query else parts.path)
        matching = [(len(rule), allowed) for allowed, rule in self._rules if _matches(rule, path)]
        return max(matching, default=(0, True))[1]


def _groups(text: str) -> dict[str, list[tuple[str, str]]]:
    """The rules of each agent, as pairs of name and value."""
    groups: dict[str, list[tuple[str, str]]] = {}
    agents: list[str] = []
    begun = False  # whether the group has a rule already
    for line in text.removeprefix("\ufeff").splitlines():
        name, colon, value = (part.strip() for part in line.partition("#")[0].partition(":"))
        match name.lower():
            case "user-agent" if colon:
                agents, begun = ([] if begun else agents) + [value.partition("/")[0].strip().lower()], False
                groups.setdefault(agents[-1], [])
            case "allow" | "disallow" | "crawl-delay" as rule if colon:
                begun = True
                for agent in agents:
                    groups[agent].append((rule, value))
    return groups


def _plain(path: str) -> str:
    """The path with the same characters escaped, however it was written."""
    return quote(unquote_to_bytes(path), safe="/*$?=&:@!',;+()~")


def _matches(rule: str, path: str) -> bool:
    whole = rule.endswith("$")
    first, *pieces = rule.removesuffix("$").split("*")
    if not path.startswith(first) or (whole and not pieces and path != first):
        return False
    at = len(first)
    for number, piece in enumerate(pieces, 1):
        if whole and number == len(pieces):
            return len(path) - len(piece) >= at and path.endswith(piece)
        at = path.find(piece, at) + len(piece)
        if at < len(piece):
            return False
    return True


def _seconds(value: str) -> float:
    try:
        return min(float(value), LONGEST) if float(value) > 0 else 0.0
    except ValueError:
        return 0.0
