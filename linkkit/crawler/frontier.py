"""The crawl's frontier: what was requested, what waits, in breadth-first order, one level after the other.

Pure bookkeeping over normalised addresses; the crawler asks `next`, reports `done` and adds what it found. A level is
finished before the next one starts, so that the discovery depth of a page, and with it a depth limit, does not depend
on which answer came first.
"""

from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple, Self


class Rank(NamedTuple):
    """When an address is requested.

    First what links lead to, by clicks from the start page; then the seeds, and what only they lead to, by clicks from
    a seed.
    """

    by_seed: bool
    clicks: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One address to request.

    Attributes
    ----------
    url : str
        Normalised address.
    depth : int or None
        Clicks from the start page; None for addresses that no chain of links from it led to.
    rank : Rank
        Its place in the order; ``(True, 0)`` is a seed.
    """

    url: str
    depth: int | None
    rank: Rank

    @property
    def is_seed(self) -> bool:
        """Whether the address is requested because it is a seed, not because a link leads to it."""
        return self.rank == (True, 0)


class Frontier:
    """Addresses requested, waiting, and out of the depth limit's reach.

    Parameters
    ----------
    max_depth : int or None
        Addresses more clicks away, from the start page and from every seed, are remembered, not requested.
    """

    def __init__(self, max_depth: int | None = None) -> None:
        self.max_depth = max_depth
        self.keeps: Callable[[str], bool] = lambda url: True
        """Asked of an address whose turn has come, unless it is a seed: whether it is still to be requested."""
        self._seen: set[str] = set()
        self._found: dict[str, Rank] = {}  # to be requested
        self._beyond: dict[str, Rank] = {}  # found, and too many clicks away
        self._levels: dict[Rank, deque[str]] = {}
        self._in_flight: Counter[Rank] = Counter()

    @property
    def in_flight(self) -> int:
        """Requests handed out and not done."""
        return self._in_flight.total()

    @property
    def waiting(self) -> int:
        """Addresses that will be requested, as far as is known."""
        return len(self._found)

    @property
    def cut(self) -> int:
        """Addresses that only the depth limit keeps from being requested."""
        return sum(1 for url in self._beyond if url not in self._found)

    def add(self, url: str, depth: int | None, *, from_seed: int | None = None) -> None:
        """Note an address found by a link: its clicks from the start page, from a seed, or both; the fewest count."""
        if url in self._seen:
            return
        if depth is not None:
            self._add(url, Rank(False, depth))
        if from_seed is not None:
            self._add(url, Rank(True, from_seed))

    def add_seeds(self, urls: Iterable[str]) -> None:
        """Note addresses known from elsewhere (sitemap, signals); requested after everything that links reach."""
        for url in urls:
            self.add(url, None, from_seed=0)

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
            if (level.by_seed and not with_seeds) or any(rank < level for rank in +self._in_flight):
                return None
            url = queue.popleft()
            if self._is_kept(url, level):
                return self._take(url, level)
        return None

    def sift(self) -> None:
        """Forget the waiting addresses that are no longer to be requested."""
        for url, rank in list(self._found.items()):
            self._is_kept(url, rank)

    def done(self, rank: Rank) -> None:
        """Note that the outcome of a request handed out with this rank is on disk."""
        self._in_flight[rank] -= 1

    def restore(self, url: str, depth: int | None) -> int | None:
        """Note an address crawled by an earlier run; returns its depth, which a link found since may have told."""
        known = self._depth(url)
        self._forget(url)
        return depth if depth is not None else known

    def is_seen(self, url: str) -> bool:
        """Whether the address was requested."""
        return url in self._seen

    def knows(self, url: str) -> bool:
        """Whether the address was requested, waits, or is out of the depth limit's reach."""
        return url in self._seen or url in self._found or url in self._beyond

    def to_json(self) -> dict[str, Any]:
        """What is known, as plain JSON types; requests under way are not (their outcome is not on disk)."""
        return {
            "max_depth": self.max_depth,
            "seen": list(self._seen),
            "found": [[url, *rank] for url, rank in self._found.items()],
            "beyond": [[url, *rank] for url, rank in self._beyond.items()],
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Read back what `to_json` gave."""
        frontier = cls(data["max_depth"])
        frontier._seen = set(data["seen"])
        for url, by_seed, clicks in (*data["beyond"], *data["found"]):
            frontier._add(url, Rank(by_seed, clicks))
        return frontier

    def _add(self, url: str, rank: Rank) -> None:
        reachable = self.max_depth is None or rank.clicks <= self.max_depth
        known = (self._found if reachable else self._beyond).get(url)
        if known is not None and known <= rank:
            return
        if not reachable:
            self._beyond[url] = rank
            return
        self._found[url] = rank
        self._levels.setdefault(rank, deque()).append(url)

    def _is_kept(self, url: str, rank: Rank) -> bool:
        if rank == (True, 0) or self.keeps(url):
            return True
        self._found.pop(url, None)
        self._beyond.pop(url, None)
        return False

    def _depth(self, url: str) -> int | None:
        """Clicks from the start page, as far as links have told."""
        ranks = (self._found.get(url), self._beyond.get(url))
        return min((rank.clicks for rank in ranks if rank is not None and not rank.by_seed), default=None)

    def _forget(self, url: str) -> None:
        self._found.pop(url, None)
        self._beyond.pop(url, None)
        self._seen.add(url)

    def _take(self, url: str, rank: Rank) -> Entry:
        # A seed beyond the depth limit was found by a link all the same: its depth is known.
        entry = Entry(url, self._depth(url), rank)
        self._forget(url)
        self._in_flight[rank] += 1
        return entry
