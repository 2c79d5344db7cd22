"""Breadcrumb trails: from structured data, and how a Site keeps them.

A trail is the list of steps from the start page down, each a name and an address; the page itself is left out.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

Step = tuple[str, str]
"""Name and address of a page above; an empty string where the site does not tell it."""

MAX_STEPS = 12
"""Steps kept of one trail; what is longer is no breadcrumb."""
_MAX_NAME, _MAX_NODES = 120, 5_000


def trail_from_data(data: Any, *, resolve: Callable[[str], str | None] = lambda url: url) -> list[Step]:
    """The trail of a JSON-LD document: its longest ``BreadcrumbList``, wherever in the document it stands.

    Parameters
    ----------
    data : parsed JSON
    resolve : callable
        Makes an address absolute; None where it is none.

    Returns
    -------
    list of (name, address)
        In the order of ``position``; empty where there is no such list.
    """
    trails = (list(_steps(node.get("itemListElement"), resolve)) for node in _lists(data))
    return max(trails, key=len, default=[])[:MAX_STEPS]


def _lists(data: Any) -> Iterator[Mapping[str, Any]]:
    # A stack with a limit: what a page nests must not exhaust ours.
    waiting, seen = [data], 0
    while waiting and seen < _MAX_NODES:
        node = waiting.pop()
        seen += 1
        if isinstance(node, dict):
            kinds = node.get("@type")
            kinds = kinds if isinstance(kinds, list) else [kinds]
            if any(isinstance(kind, str) and kind.rsplit("/", 1)[-1] == "BreadcrumbList" for kind in kinds):
                yield node
            else:
                waiting += reversed([each for each in node.values() if isinstance(each, dict | list)])
        elif isinstance(node, list):
            waiting += reversed([each for each in node if isinstance(each, dict | list)])


def _steps(elements: Any, resolve: Callable[[str], str | None]) -> Iterator[Step]:
    given = [
        each
        for each in (elements if isinstance(elements, list) else [elements])[:_MAX_NODES]
        if isinstance(each, dict)
    ]
    for element in sorted(given, key=_place):
        item = element.get("item")
        inner = item if isinstance(item, dict) else {}
        name = _first_text(element.get("name"), inner.get("name"))
        address = _first_text(item, inner.get("@id"), inner.get("url"), element.get("url"))
        yield _step(name, (resolve(address) if address else None) or "")


def _step(name: str, address: str) -> Step:
    return " ".join(name.split())[:_MAX_NAME], address


def _place(element: Mapping[str, Any]) -> float:
    try:
        place = float(element.get("position", 0))
    except (TypeError, ValueError):
        return 0.0
    return place if place == place else 0.0  # noqa: PLR0124 - NaN


def _first_text(*values: Any) -> str:
    return next((value.strip() for value in values if isinstance(value, str) and value.strip()), "")


def own_trail(steps: Iterable[Sequence[Any]], page: str, identity: Callable[[str], str | None]) -> list[Step]:
    """The steps above a page under the Site's own spelling of addresses; what the page's own step repeats is left out."""
    kept: list[Step] = []
    for step in steps:
        name, address = (str(part or "") for part in (*step, "", "")[:2])
        url = (identity(address) if address else None) or ""
        if url != page and (url or name.strip()):
            kept.append(_step(name, url))
        if len(kept) == MAX_STEPS:
            break
    # The last step without an address is the page itself, by its name.
    while kept and not kept[-1][1]:
        kept.pop()
    return kept


def packed(trail: Sequence[Step]) -> str | None:
    """A trail as the pages table keeps it; None for an empty one."""
    return json.dumps([list(step) for step in trail], ensure_ascii=False) if trail else None


def unpacked(text: object) -> list[Step]:
    """The trail that `packed` wrote; empty for a missing one."""
    return [(str(name), str(url)) for name, url in json.loads(text)] if isinstance(text, str) and text else []
