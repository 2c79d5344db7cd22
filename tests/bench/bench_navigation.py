"""Time of everything on visitors' ways for a site of many pages: ``python tests/bench/bench_navigation.py [PAGES]``.

Random links (20 a page, towards popular pages), one page in fifty earns, steps along links and beside them.
"""

import sys
import time

import numpy as np
import pyarrow as pa

import linkkit as lk
from linkkit.charts import chapter_charts
from linkkit.metrics.authority import authority_of
from linkkit.metrics.importance import fold_signals
from linkkit.metrics.navigation import navigation_of
from linkkit.schema import OUTSIDE, TRANSITIONS
from tests.site_factory import START, build

LINKS, STEPS_A_PAGE = 20, 15


def site_of(count: int) -> lk.Site:
    """The site, with its steps."""
    random = np.random.default_rng(3)
    popular = np.minimum(random.zipf(1.4, count * LINKS) - 1, count - 1)
    source = np.repeat(np.arange(count), LINKS)
    pages = [
        {"path": f"/p{page}", "is_money_page": page % 50 == 7, "sessions": int(random.integers(1, 500))}
        for page in range(count)
    ]
    links = [
        {"source": f"/p{s}", "target": f"/p{t}"}
        for s, t in zip(source.tolist(), popular.tolist(), strict=True)
    ]
    site = build([START, *pages], [*links, "/ -> /p0"])
    ids = site.pages.set_index("url")["page_id"]
    own = ids[[f"{START}p{page}" for page in range(count)]].to_numpy()
    size = count * STEPS_A_PAGE
    begin = random.integers(0, count, size)
    onward = np.where(
        random.random(size) < 0.9,
        popular.reshape(count, LINKS)[begin, random.integers(0, LINKS, size)],
        random.integers(0, count, size),
    )
    steps = pa.table(
        {
            "source_id": np.concatenate([own[begin], np.full(count, OUTSIDE)]).astype("int32"),
            "target_id": np.concatenate([own[onward], own]).astype("int32"),
            "transitions": np.concatenate(
                [random.integers(1, 60, size), random.integers(1, 300, count)]
            ).astype("float64"),
        },
        schema=TRANSITIONS,
    )
    return site.with_pages(site.pages, transitions=steps)


if __name__ == "__main__":
    pages = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    site = site_of(pages)
    graph = lk.LinkGraph.from_site(site)
    authority = authority_of(graph, site.pages, fold_signals(site.pages, graph.fold)["is_money_page"])
    began = time.process_time()
    found = navigation_of(site, graph, authority)
    print(
        f"{pages:,} pages, {len(graph.source):,} edges, {len(found.steps):,} pairs of steps: {time.process_time() - began:.1f} CPU s"
    )
    print(
        f"{len(found.shortcuts):,} ways without a link, {len(found.unused):,} unused links, chance {found.reach[:, 3].mean():.3f} in 3 clicks"
    )
    audit = lk.run_audit(site)
    began = time.process_time()
    made = chapter_charts(audit, "navigation")
    print(f"{len(made)} charts: {time.process_time() - began:.1f} CPU s")
