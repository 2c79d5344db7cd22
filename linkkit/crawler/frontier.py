"""The crawl's frontier: what was requested, what waits, in breadth-first order, one level after the other.

Pure bookkeeping over normalised addresses; the crawler asks `next`, reports `done` and adds what it found. A level is
finished before the next one starts, so that the discovery depth of a page, and with it a depth limit, does not depend
on which answer came first.

Addresses lie in a temporary SQLite database, which keeps what does not fit its cache on disk; what is known of those asked for
last is kept beside it, for most links of a page are those of the page before.
"""

import sqlite3
import weakref
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

_CACHE_MB = 16
_RECENT = 50_000
"""Addresses whose state is kept at hand."""

_TABLE = """
CREATE TABLE addresses (
    url TEXT PRIMARY KEY, requested INTEGER, by_seed INTEGER, clicks INTEGER, beyond_by_seed INTEGER, beyond_clicks INTEGER, place INTEGER
) WITHOUT ROWID;
CREATE INDEX waiting ON addresses (by_seed, clicks, place) WHERE by_seed IS NOT NULL;
"""
_COLUMNS = "requested, by_seed, clicks, beyond_by_seed, beyond_clicks, place"


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


class _Known(NamedTuple):
    """What is known of an address: whether it was requested, and otherwise the rank under which it waits, or is out of the depth limit's reach."""

    requested: bool = False
    found: Rank | None = None
    beyond: Rank | None = None
    place: int = 0  # among those of its rank that wait

    @classmethod
    def read(cls, requested: int, *told: Any) -> Self:
        """From a row of the table."""
        by_seed, clicks, beyond_by_seed, beyond_clicks, place = told
        found = None if by_seed is None else Rank(bool(by_seed), clicks)
        beyond = None if beyond_by_seed is None else Rank(bool(beyond_by_seed), beyond_clicks)
        return cls(bool(requested), found, beyond, place)


_UNKNOWN = _Known()
_REQUESTED = _Known(requested=True)


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
        # Without a name it is SQLite's own temporary file, which goes with the connection.
        self._base = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        weakref.finalize(self, self._base.close)
        self._base.execute("PRAGMA journal_mode = OFF")
        self._base.execute(f"PRAGMA cache_size = {-1024 * _CACHE_MB}")
        self._base.executescript(_TABLE)
        # One transaction without an end: nobody else reads it, and nothing of it is to outlast the process.
        self._base.execute("BEGIN")
        self._recent: dict[str, _Known] = {}
        self._places = 0
        self._waiting = 0
        self._in_flight: Counter[Rank] = Counter()

    @property
    def in_flight(self) -> int:
        """Requests handed out and not done."""
        return self._in_flight.total()

    @property
    def waiting(self) -> int:
        """Addresses that will be requested, as far as is known."""
        return self._waiting

    @property
    def cut(self) -> int:
        """Addresses that only the depth limit keeps from being requested."""
        return int(self._rows("count(*)", "beyond_clicks IS NOT NULL AND by_seed IS NULL").fetchone()[0])

    def add(self, url: str, depth: int | None, *, from_seed: int | None = None) -> None:
        """Note an address found by a link: its clicks from the start page, from a seed, or both; the fewest count."""
        known = self._known(url)
        if known.requested:
            return
        if depth is not None:
            known = self._add(url, known, Rank(False, depth))
        if from_seed is not None:
            self._add(url, known, Rank(True, from_seed))

    def add_seeds(self, urls: Iterable[str]) -> None:
        """Note addresses known from elsewhere (sitemap, signals); requested after everything that links reach."""
        for url in urls:
            self.add(url, None, from_seed=0)

    def next(self, *, with_seeds: bool = True) -> Entry | None:
        """The next address to request, or None: nothing waits, or a level has still requests under way.

        Without `with_seeds`, only what links from the start page lead to.
        """
        order = "by_seed IS NOT NULL ORDER BY by_seed, clicks, place LIMIT 1"
        while self._waiting:
            url, by_seed, clicks = self._rows("url, by_seed, clicks", order).fetchone()
            level = Rank(bool(by_seed), clicks)
            if (level.by_seed and not with_seeds) or any(rank < level for rank in +self._in_flight):
                return None
            if self._is_kept(url, level):
                return self._take(url, level)
            self._set(url, _UNKNOWN)
        return None

    def sift(self) -> None:
        """Forget the waiting addresses that are no longer to be requested."""
        waiting = self._rows("url, by_seed, clicks", "by_seed IS NOT NULL")
        gone = [url for url, *rank in waiting if not self._is_kept(url, Rank(bool(rank[0]), rank[1]))]
        for url in gone:
            self._set(url, _UNKNOWN)

    def done(self, rank: Rank) -> None:
        """Note that the outcome of a request handed out with this rank is on disk."""
        self._in_flight[rank] -= 1

    def restore(self, url: str, depth: int | None) -> int | None:
        """Note an address crawled by an earlier run; returns its depth, which a link found since may have told."""
        told = self._depth(url)
        self._set(url, _REQUESTED)
        return depth if depth is not None else told

    def is_seen(self, url: str) -> bool:
        """Whether the address was requested."""
        return self._known(url).requested

    def knows(self, url: str) -> bool:
        """Whether the address was requested, waits, or is out of the depth limit's reach."""
        return self._known(url) is not _UNKNOWN

    def to_json(self) -> dict[str, Any]:
        """What is known, as plain JSON types; requests under way are not (their outcome is not on disk)."""
        found = self._rows("url, by_seed, clicks", "by_seed IS NOT NULL ORDER BY place")
        beyond = self._rows("url, beyond_by_seed, beyond_clicks", "beyond_by_seed IS NOT NULL")
        return {
            "max_depth": self.max_depth,
            "seen": [url for (url,) in self._rows("url", "requested")],
            "found": [[url, bool(by_seed), clicks] for url, by_seed, clicks in found],
            "beyond": [[url, bool(by_seed), clicks] for url, by_seed, clicks in beyond],
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Read back what `to_json` gave."""
        frontier = cls(data["max_depth"])
        for url in data["seen"]:
            frontier._set(url, _REQUESTED)
        for url, by_seed, clicks in (*data["beyond"], *data["found"]):
            frontier._add(url, frontier._known(url), Rank(by_seed, clicks))
        return frontier

    def _add(self, url: str, known: _Known, rank: Rank) -> _Known:
        if self.max_depth is not None and rank.clicks > self.max_depth:
            if known.beyond is not None and known.beyond <= rank:
                return known
            return self._set(url, known._replace(beyond=rank))
        if known.found is not None and known.found <= rank:
            return known
        self._places += 1
        return self._set(url, known._replace(found=rank, place=self._places))

    def _is_kept(self, url: str, rank: Rank) -> bool:
        return rank == (True, 0) or self.keeps(url)

    def _depth(self, url: str) -> int | None:
        """Clicks from the start page, as far as links have told."""
        known = self._known(url)
        ranks = (known.found, known.beyond)
        return min((rank.clicks for rank in ranks if rank is not None and not rank.by_seed), default=None)

    def _take(self, url: str, rank: Rank) -> Entry:
        # A seed beyond the depth limit was found by a link all the same: its depth is known.
        entry = Entry(url, self._depth(url), rank)
        self._set(url, _REQUESTED)
        self._in_flight[rank] += 1
        return entry

    def _rows(self, columns: str, where: str, *given: str) -> sqlite3.Cursor:
        return self._base.execute(f"SELECT {columns} FROM addresses WHERE {where}", given)

    def _known(self, url: str) -> _Known:
        known = self._recent.get(url)
        if known is None:
            row = self._rows(_COLUMNS, "url = ?", url).fetchone()
            known = self._keep(url, _Known.read(*row) if row else _UNKNOWN)
        return known

    def _set(self, url: str, known: _Known) -> _Known:
        was = self._known(url)
        self._waiting += (known.found is not None) - (was.found is not None)
        if known is _UNKNOWN:
            self._base.execute("DELETE FROM addresses WHERE url = ?", (url,))
        else:
            row = (
                url,
                known.requested,
                *(known.found or (None, None)),
                *(known.beyond or (None, None)),
                known.place,
            )
            self._base.execute("INSERT OR REPLACE INTO addresses VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        return self._keep(url, known)

    def _keep(self, url: str, known: _Known) -> _Known:
        if len(self._recent) >= _RECENT:
            self._recent.clear()
        self._recent[url] = known
        return known
