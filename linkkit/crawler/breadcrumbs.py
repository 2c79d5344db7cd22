"""The breadcrumb trail that a page states in structured data: JSON-LD, else microdata or RDFa."""

import json
from collections.abc import Callable, Iterable
from typing import Any

from linkkit.crawler.names import clean
from linkkit.sources.breadcrumbs import MAX_STEPS, Step, trail_from_data

MAX_SCRIPT = 2_000_000
"""Characters of a JSON-LD element that are read; more is no breadcrumb."""


def breadcrumb_trail(
    scripts: Iterable[Any], lists: Iterable[Any], resolve: Callable[[str], str | None]
) -> tuple[Step, ...]:
    """Steps of the page's ``BreadcrumbList``, the page's own step included; the longest list where there are several.

    Parameters
    ----------
    scripts : iterable of lxml elements
        The document's ``<script>`` elements.
    lists : iterable of lxml elements
        Its elements with microdata or RDFa that may be a list of steps.
    resolve : callable
        Makes an address absolute.
    """
    trails: list[list[Step]] = [
        trail_from_data(data, resolve=resolve) for script in scripts for data in _json(script)
    ]
    if not any(trails):
        trails = [_marked_up(each, resolve) for each in lists if _is_list(each)]
    longest: list[Step] = max(trails, key=len, default=[])
    return tuple(longest)


def _json(script: Any) -> list[Any]:
    if (script.get("type") or "").split(";")[0].strip().lower() != "application/ld+json":
        return []
    text = (script.text or "").strip()
    if "BreadcrumbList" not in text or len(text) > MAX_SCRIPT:
        return []
    try:
        # Raw line breaks inside strings are common and harmless.
        return [json.loads(text, strict=False)]
    except (ValueError, RecursionError):
        return []


def _is_list(element: Any) -> bool:
    kinds = f"{element.get('itemtype', '')} {element.get('typeof', '')}".split()
    return any(kind.rsplit("/", 1)[-1] == "BreadcrumbList" for kind in kinds)


def _marked_up(container: Any, resolve: Callable[[str], str | None]) -> list[Step]:
    steps: list[Step] = []
    for element in container.iter():
        if not isinstance(element.tag, str) or "itemListElement" not in _property(element):
            continue
        parts = [element, *element.iterdescendants()]
        name = next((clean(_value(each)) for each in parts if "name" in _property(each)), "")
        address = next((each.get("href") for each in parts if each.get("href")), None)
        steps.append(
            (name or clean("".join(element.itertext())), (resolve(address) if address else None) or "")
        )
        if len(steps) == MAX_STEPS:
            break
    return steps


def _property(element: Any) -> list[str]:
    if not isinstance(element.tag, str):
        return []
    return f"{element.get('itemprop', '')} {element.get('property', '')}".split()


def _value(element: Any) -> str:
    return element.get("content") or "".join(element.itertext())
