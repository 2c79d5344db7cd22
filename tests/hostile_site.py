"""A site whose pages say nothing but hostile things: titles, headings, texts, anchors, clusters, the reason why its crawl ended."""

from functools import cache

import linkkit as lk
from tests import hostile
from tests.site_factory import build

STOPPED_BY = "<script>window.pwned=1</script>"


@cache
def hostile_audit() -> lk.Audit:
    """Its audit, made once for all tests of a process."""
    texts = [text for text in hostile.SHORT if text.strip()]
    pages = [
        {"path": f"/{place % 7}/{place}", "title": text, "h1": text, "meta_description": text, "text": text * 3, "status": 404 if place % 11 == 0 else 200,
         "is_money_page": place % 13 == 0, "cluster": text if place % 9 == 0 else None}
        for place, text in enumerate(texts)
    ]  # fmt: skip
    links = [
        {
            "source": "/" if place % 3 else f"/{(place - 1) % 7}/{place - 1}",
            "target": f"/{place % 7}/{place}",
            "anchor": text,
        }
        for place, text in enumerate(texts)
        if place
    ]
    return lk.run_audit(build(["/", *pages], links, complete=False, stopped_by=STOPPED_BY))
