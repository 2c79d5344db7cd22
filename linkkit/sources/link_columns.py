"""Links on their way to a Site's tables, column by column."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple, Self, TypeVar

import numpy as np
import pyarrow as pa

from linkkit.schema import EXTERNAL_LINKS, LINKS, Position, SeenIn

K = TypeVar("K")

NO_URL, FIRST_OUTSIDE = -1, -2
"""Numbers of addresses that are no page of the site: no http(s) URL at all; from here downwards, one number a URL of other sites."""

Link = tuple[str, str | None, Position, bool, bool, str]
"""A link as sources give it: (url, accessible name, position, nofollow, is image, container)."""

SeenLink = tuple[str, str | None, Position, bool, bool, str, SeenIn]


def transposed(links: Iterable[Sequence[Any]]) -> Sequence[Sequence[Any]]:
    """Columns of links that are given as tuples, six where there is no link.

    Raises
    ------
    ValueError
        If not all have as many parts.
    """
    rows = list(links)
    return tuple(zip(*rows, strict=True)) if rows else ((),) * 6


class LinkColumns(NamedTuple):
    """The links of one page in their order, column by column: as `Link`, for a crawl has a hundred a page.

    Attributes
    ----------
    urls : sequence of str
    names : sequence of str or None
        Accessible names; None where the source does not tell one, which is not the same as a link without one.
    positions : bytes
        Codes of `linkkit.schema.Position`.
    nofollow, images : bytes
        1 where it holds.
    containers : sequence of str
    seen : bytes
        In which form of the page the link stands (`linkkit.schema.SeenIn`).
    """

    urls: Sequence[str]
    names: Sequence[str | None]
    positions: bytes
    nofollow: bytes
    images: bytes
    containers: Sequence[str]
    seen: bytes

    @classmethod
    def of(cls, links: Iterable[Link | SeenLink]) -> Self:
        """From one tuple a link; where those have no seventh part, nobody tells in which form of the page they stand."""
        urls, names, positions, nofollow, images, containers, *seen = transposed(links)
        told = bytes(seen[0]) if seen else bytes(len(urls))
        return cls(urls, names, bytes(positions), bytes(nofollow), bytes(images), containers, told)


class Numbers(dict[K, int]):
    """Numbers of what is met again and again, worked out the first time."""

    def __init__(self, number: Callable[[K], int]) -> None:
        super().__init__()
        self._number = number

    def __missing__(self, key: K) -> int:
        self[key] = number = self._number(key)
        return number


class WaitingLinks:
    """Links on their way to their tables, column by column."""

    def __init__(self) -> None:
        self._sources: list[int] = []
        self._counts: list[int] = []
        self.targets: list[int] = []
        self._anchors: list[int] = []
        self._containers: list[int] = []
        self._bytes = [bytearray() for _ in range(4)]

    def add(
        self, source: int, targets: list[int], anchors: list[int], containers: list[int], columns: LinkColumns
    ) -> None:
        """Add the links of a page."""
        self._sources.append(source)
        self._counts.append(len(targets))
        self.targets += targets
        self._anchors += anchors
        self._containers += containers
        codes = (columns.positions, columns.nofollow, columns.images, columns.seen)
        for waiting, more in zip(self._bytes, codes, strict=True):
            waiting.extend(more)

    def table(self) -> pa.Table:
        """As `linkkit.schema.LINKS` has it; links to other sites have the number of their address for a target."""
        target, anchor, container = (
            np.array(each, dtype=np.int32) for each in (self.targets, self._anchors, self._containers)
        )
        position, nofollow, image, seen = (np.frombuffer(each, dtype=np.uint8) for each in self._bytes)
        columns = {
            "source_id": np.repeat(np.array(self._sources, dtype=np.int32), self._counts),
            "target_id": target,
            "anchor_id": pa.array(anchor, mask=anchor < 0),
            "position": position,
            "nofollow": nofollow.astype(bool),
            "is_image": image.astype(bool),
            "container_id": container,
            "seen_in": seen,
        }
        return pa.table(columns, schema=LINKS)


def external_by_page(links: pa.Table) -> pa.Table:
    """Links to other sites, and how many URLs they name, by page, position and nofollow."""
    kinds = links.group_by(["source_id", "position", "nofollow"], use_threads=False)
    counted = kinds.aggregate([("target_id", "count"), ("target_id", "count_distinct")])
    return counted.rename_columns(EXTERNAL_LINKS.names).cast(EXTERNAL_LINKS)
