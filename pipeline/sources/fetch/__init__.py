"""Pages fetched from the web into a folder, politely and only when asked: `corridor fetch`.

Hosts are asked in turn with pauses between requests, robots.txt is kept to, lists are followed within bounds.
"""

import re
import time
from collections import Counter, deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urljoin

from pipeline.errors import ArticleError
from pipeline.sources.fetch.download import ANYTHING, LIMIT, PAGES, Failure, Refusal, Reply, canonical, get, origin
from pipeline.sources.fetch.folder import Folder
from pipeline.sources.fetch.sites import ROBOTS, Links, Robots, links, unpacked

__all__ = ["Folder", "Outcome", "Politeness", "Refusal", "Visit", "canonical", "origin"]

REDIRECTS = 5
DEPTH = 3  # lists below the one that was named
LISTS = 50  # of one that was named
_GONE, _BUSY = (404, 410), (429, 503)
_NAME = re.compile(r"[A-Za-z_-]+")


@dataclass(frozen=True)
class Politeness:
    """How to visit. `agent`: the User-Agent; `delay`: seconds between requests to a host; `per_list`: pages of a feed
    or sitemap, with those that it names; `limit`: pages in all."""

    agent: str
    delay: float = 2.0
    per_list: int = 200
    limit: int | None = None


@dataclass(frozen=True)
class Outcome:
    """What came of a URL. `state`: new, unchanged, changed, gone, refused, failed or list; `more`: the reason of
    refused and failed, when a changed or gone page was last seen as it was, how many links of a list are taken."""

    url: str
    state: str
    more: str = ""


@dataclass(frozen=True)
class _Stop:
    """A URL to fetch, how many pages and lists may still be taken from the list that was named, and its depth."""

    url: str
    left: Counter[str]
    depth: int


class Visit:
    """A visit to `urls`. `named`: hosts with ports that may be of this machine or of a local network.

    `outcomes` yields what came of each page and list; what it has yielded is on disk. `waiting`: URLs in the queues.
    """

    def __init__(self, urls: Iterable[str], politeness: Politeness, folder: Folder, named: Collection[tuple[str, int]]):
        self._politeness, self._folder, self._urls = politeness, folder, urls
        self._web = _Web(politeness, named)
        self._queues: dict[str, deque[_Stop]] = {}
        self._known: set[str] = set()
        self._pages = 0

    @property
    def waiting(self) -> int:
        return sum(map(len, self._queues.values()))

    def outcomes(self) -> Iterator[Outcome]:
        for url in self._urls:
            yield from self._add(url, "", Counter(pages=self._politeness.per_list, lists=LISTS), 0)
        while self._queues and (self._politeness.limit is None or self._pages < self._politeness.limit):
            host = min(self._queues, key=self._web.ready)
            queue = self._queues.pop(host)
            stop = queue.popleft()
            if queue:
                self._queues[host] = queue  # behind the others
            try:
                reply = self._web.page(stop.url, self._conditions)
                if listed := links(unpacked(reply.body, LIMIT)):
                    yield from self._follow(listed, reply, stop)
                else:
                    self._pages += 1
                    yield self._settle(stop.url, reply)
            except Refusal as error:
                yield Outcome(stop.url, "refused", str(error))
            except Failure as error:
                self._pages += 1
                yield Outcome(stop.url, "failed", str(error))

    def _add(self, url: str, base: str, left: Counter[str], depth: int) -> Iterator[Outcome]:
        try:
            whole = canonical(url, base)
        except Refusal as error:
            yield Outcome(url[:200], "refused", str(error))
            return
        if whole not in self._known:
            self._known.add(whole)
            self._queues.setdefault(origin(whole)[0], deque()).append(_Stop(whole, left, depth))

    def _settle(self, url: str, reply: Reply) -> Outcome:
        if reply.status == 304 and self._folder.find(reply.url):
            self._folder.unchanged(reply.url)
            return Outcome(url, "unchanged")
        if reply.status in _GONE and (since := self._folder.gone(url) or self._folder.gone(reply.url)):
            return Outcome(url, "gone", since)
        if reply.status != 200:
            return Outcome(url, "failed", f"HTTP {reply.status}")
        if reply.cut:
            return Outcome(url, "failed", f"over {LIMIT:,} bytes")
        try:
            return Outcome(url, *self._folder.keep(url, reply))
        except ArticleError as error:
            return Outcome(url, "failed", error.reason)

    def _follow(self, listed: Links, reply: Reply, stop: _Stop) -> Iterator[Outcome]:
        if stop.depth >= DEPTH:
            yield Outcome(stop.url, "refused", f"over {DEPTH} lists deep")
            return
        kind = "lists" if listed.of_lists else "pages"
        taken = listed.urls[: stop.left[kind]]
        stop.left[kind] -= len(taken)
        yield Outcome(stop.url, "list", f"{len(taken):,} of {len(listed.urls):,} links")
        for url in taken:
            yield from self._add(url, reply.url, stop.left, stop.depth + 1)

    def _conditions(self, url: str) -> dict[str, str]:
        """The headers that ask for a page only if it has changed."""
        known = self._folder.find(url)
        if known is None:
            return {}
        asked = {"If-None-Match": known["etag"], "If-Modified-Since": known["modified"]}
        return {name: value for name, value in asked.items() if value and value.isprintable()}


class _Web:
    """Requests with pauses, redirects and robots.txt."""

    def __init__(self, politeness: Politeness, named: Collection[tuple[str, int]]) -> None:
        self._politeness, self._named = politeness, named
        self._rules: dict[str, Robots | Refusal | Failure] = {}
        self._next: dict[str, float] = {}  # when a host may be asked again, on the monotonic clock
        self._pause: dict[str, float] = {}  # what its robots.txt asks for, in seconds
        self._busy: dict[str, int] = {}  # the status by which a host asked for fewer requests

    def ready(self, host: str) -> float:
        """When the host may be asked, on the monotonic clock."""
        return self._next.get(host, 0.0)

    def page(self, url: str, conditions: Callable[[str], Mapping[str, str]]) -> Reply:
        """The answer after redirects, each of which is allowed. Raises Refusal or Failure."""

        def ask(hop: str) -> Reply:
            site = urljoin(hop, "/robots.txt")
            if site not in self._rules:
                self._rules[site] = self._robots(site)
            rules = self._rules[site]
            if not isinstance(rules, Robots):
                raise type(rules)(f"robots.txt: {rules}")
            if not rules.allows(hop):
                raise Refusal("robots.txt does not allow it")
            return self._get(hop, conditions(hop))

        return self._followed(url, ask)

    def _robots(self, site: str) -> Robots | Refusal | Failure:
        """The rules of a robots.txt: none where there is no such file, a refusal where it cannot be read."""
        name = _NAME.match(self._politeness.agent)
        try:
            reply = self._followed(site, lambda hop: self._get(hop, {}, ANYTHING, ROBOTS))
        except (Refusal, Failure) as error:
            return error
        if reply.status == 200:
            rules = Robots(reply.body.decode("utf-8", "replace"), name[0] if name else "*")
            host = origin(site)[0]
            self._pause[host] = max(self._pause.get(host, 0.0), rules.delay)
            self._wait(host)
            return rules
        if 400 <= reply.status < 500 and reply.status not in _BUSY:
            return Robots()
        return Refusal(f"cannot be read (HTTP {reply.status}), so nothing may be fetched")

    def _followed(self, url: str, ask: Callable[[str], Reply]) -> Reply:
        """The answer after redirects."""
        start = url
        for _ in range(REDIRECTS + 1):
            try:
                reply = ask(url)
                if not reply.target:
                    return reply
                url = urljoin(url, reply.target)
                url = canonical(url)
            except (Refusal, Failure) as error:
                raise error if url == start else type(error)(f"redirects to {url[:200]}: {error}") from error
            except ValueError as error:
                raise Refusal("redirects to what is no valid address") from error
        raise Failure(f"over {REDIRECTS} redirects")

    def _get(self, url: str, headers: Mapping[str, str], kinds: re.Pattern[str] = PAGES, limit: int = LIMIT) -> Reply:
        host = origin(url)[0]
        if host in self._busy:
            raise Failure(f"{host} has asked for fewer requests (HTTP {self._busy[host]}); try again later")
        time.sleep(max(0.0, self.ready(host) - time.monotonic()))
        try:
            reply = get(url, {"User-Agent": self._politeness.agent, **headers}, self._named, kinds, limit)
        finally:
            self._wait(host)
        if reply.status == 429 or (reply.status == 503 and "Retry-After" in reply.headers):
            self._busy[host] = reply.status
        return reply

    def _wait(self, host: str) -> None:
        """From now on the host is left alone for its pause."""
        self._next[host] = time.monotonic() + max(self._politeness.delay, self._pause.get(host, 0.0))
