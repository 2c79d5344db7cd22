"""The crawl's frontier: what was requested, what waits, in breadth-first order, one level after the other.

Pure bookkeeping over normalised addresses; the crawler asks `next`, reports `done` and adds what it found. A level is
finished before the next one starts, so that the discovery depth of a page, and with it a depth limit, does not depend
on which answer came first.
"""

from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Entry:
    """One address to request.

    `depth` is None for addresses that no chain of links from the start page led to; `is_seed` says that the address
    is requested because it is a seed, not because a link leads to it.
    """

    url: str
    depth: int | None
    is_seed: bool


class Frontier:
    """Addresses requested, waiting, and out of the depth limit's reach.

    Parameters
    ----------
    max_depth : int or None
        Addresses found deeper than this are remembered, not requested (unless they are seeds).
    """

    def __init__(self, max_depth: int | None = None) -> None:
        self.max_depth = max_depth
        self._seen: set[str] = set()
        self._found: dict[str, int] = {}  # found by links, not requested yet -> depth
        self._levels: dict[int, deque[str]] = {}
        self._seeds: dict[str, None] = {}  # seeds not requested yet, in their order
        self._strays: dict[str, None] = {}  # found only on pages whose depth is unknown
        self._in_flight: Counter[int | None] = Counter()

    @property
    def in_flight(self) -> int:
        """Requests handed out and not done."""
        return self._in_flight.total()

    @property
    def waiting(self) -> int:
        """Addresses that would be requested next; those beyond the depth limit are not counted."""
        beyond = self.beyond
        in_both = sum(
            1 for url in self._seeds if (depth := self._found.get(url)) is not None and self._reaches(depth)
        )
        return len(self._found) - beyond + len(self._seeds) - in_both + len(self._strays)

    @property
    def beyond(self) -> int:
        """Addresses found by links that only the depth limit keeps from being requested."""
        if self.max_depth is None:
            return 0
        return sum(1 for depth in self._found.values() if depth > self.max_depth)

    @property
    def cut(self) -> int:
        """Addresses that a depth limit leaves out for good: `beyond`, without the seeds among them."""
        return self.beyond - sum(1 for url in self._seeds if not self._reaches(self._found.get(url, 0)))

    def add(self, url: str, depth: int | None) -> None:
        """Note an address found by a link at a depth; the lowest depth counts."""
        if url in self._seen:
            return
        if depth is None:
            if url not in self._found and url not in self._seeds:
                self._strays.setdefault(url)
            return
        known = self._found.get(url)
        if known is not None and known <= depth:
            return
        self._strays.pop(url, None)
        self._found[url] = depth
        if self._reaches(depth):
            self._levels.setdefault(depth, deque()).append(url)

    def add_seeds(self, urls: Iterable[str]) -> None:
        """Note addresses known from elsewhere (sitemap, signals); requested after everything that links reach."""
        for url in urls:
            if url not in self._seen:
                self._strays.pop(url, None)
                self._seeds.setdefault(url)

    def next(self, *, with_seeds: bool = True) -> Entry | None:
        """The next address to request, or None: nothing waits, or a level has still requests under way.

        Without `with_seeds`, only what links from the start page lead to.
        """
        while self._levels:
            level = min(self._levels)
            queue = self._levels[level]
            # An entry is stale once its address was requested or was found on a shorter way.
            while queue and self._found.get(queue[0]) != level:
                queue.popleft()
            if not queue:
                del self._levels[level]
                continue
            if any(depth is None or depth < level for depth in +self._in_flight):
                return None
            return self._take(queue.popleft(), level)
        if not with_seeds or any(depth is not None and self._reaches(depth) for depth in +self._in_flight):
            return None
        for waiting in (self._seeds, self._strays):
            if waiting:
                url = next(iter(waiting))
                # A seed beyond the depth limit was found by a link all the same: its depth is known.
                return self._take(url, self._found.get(url), is_seed=waiting is self._seeds)
        return None

    def done(self, depth: int | None) -> None:
        """Note that the outcome of a request handed out at this depth is on disk."""
        self._in_flight[depth] -= 1

    def restore(self, url: str, depth: int | None) -> int | None:
        """Note an address crawled by an earlier run; returns its depth, which a link found since may have told."""
        found = self._found.get(url)
        self._forget(url)
        self._seen.add(url)
        return depth if depth is not None else found

    def is_seen(self, url: str) -> bool:
        """Whether the address was requested."""
        return url in self._seen

    def to_json(self) -> dict[str, Any]:
        """What is known, as plain JSON types; requests under way are not (their outcome is not on disk)."""
        return {
            "max_depth": self.max_depth,
            "seen": list(self._seen),
            "found": list(self._found.items()),
            "seeds": list(self._seeds),
            "strays": list(self._strays),
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Read back what `to_json` gave."""
        frontier = cls(data["max_depth"])
        frontier._seen = set(data["seen"])
        for url, depth in data["found"]:
            frontier.add(url, depth)
        for url in data["strays"]:
            frontier.add(url, None)
        frontier.add_seeds(data["seeds"])
        return frontier

    def _reaches(self, depth: int) -> bool:
        return self.max_depth is None or depth <= self.max_depth

    def _forget(self, url: str) -> None:
        self._found.pop(url, None)
        self._seeds.pop(url, None)
        self._strays.pop(url, None)

    def _take(self, url: str, depth: int | None, *, is_seed: bool = False) -> Entry:
        self._forget(url)
        self._seen.add(url)
        self._in_flight[depth] += 1
        return Entry(url, depth, is_seed)
