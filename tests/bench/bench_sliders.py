"""From a slider's move to the picture, in Python: ``python tests/bench/bench_sliders.py [PAGES ...]``.

A generated site of so many pages (10,000 and 1,000,000 without a number): folders of different depth, money pages, search
clicks, redirecting and broken links. For each chapter with sliders its panel is built, its first slider moved up and down
twenty times, and the time until answer, chart and findings list hold the new state is printed: median and worst, in ms.
"""

import resource
import sys
import time
from statistics import median

import numpy as np
import pandas as pd
import pyarrow as pa

import linkkit as lk
from linkkit import widgets
from linkkit.schema import Position
from linkkit.site import Manifest, Site
from linkkit.sources.builder import SiteBuilder

START = "https://shop.example/"
LINKS = 4
MOVES = 20
CHAPTERS = ("discovery", "depth", "anchors", "links", "authority", "architecture", "clusters", "navigation")


def site_of(pages: int, *, seed: int = 5) -> Site:
    """A site of folders in folders: every page is linked by the one above it, and some pages by chance."""
    chance = np.random.default_rng(seed)
    urls = [START]
    fan = 12
    for page in range(1, pages):
        above = urls[(page - 1) // fan] if page <= 200_000 else urls[1 + page % 20_000]
        urls.append(f"{above}p{page % 997}-{page}/")
    builder = SiteBuilder(START)
    ids = []
    for page, url in enumerate(urls):
        status = 404 if page % 500 == 499 else 200
        ids.append(
            builder.add_page(url, {"status": status, "content_type": "text/html", "title": f"Page {page}"})
        )
    popular = (pages * chance.random((pages, LINKS)) ** 4).astype(np.int64)
    words = ["read more", "our guide", "see the offer", "here", "tents", "boots"]
    below: dict[int, list[int]] = {}
    for page in range(1, pages):
        below.setdefault((page - 1) // fan if page <= 200_000 else 1 + page % 20_000, []).append(page)
    for page in range(pages):
        rows = [
            (urls[each], f"page {each}", Position.CONTENT, False, False, "main")
            for each in below.get(page, ())
        ]
        rows += [
            (urls[each], words[each % 6], Position.CONTENT, False, False, "main")
            for each in popular[page].tolist()
        ]
        builder.add_links(ids[page], rows)
    site = builder.finish(Manifest(start_url=START, tool="generated"))
    known = site.pages.copy()
    known["is_money_page"] = pd.array((known["page_id"] % 97 == 3).to_numpy(), dtype="boolean")
    known["clicks"] = pd.array(chance.integers(0, 200, len(known)), dtype="Float64")
    known["referring_domains"] = pd.array(np.where(known["page_id"] % 301 == 0, 3.0, 0.0), dtype="Float64")
    return site.with_pages(known.astype(site.pages.dtypes.to_dict()))


def moves(panel: widgets.ThresholdPanel, browser: widgets.FindingsBrowser) -> list[float]:
    """Milliseconds of each of the moves of the panel's first slider, and of the findings list that follows."""
    row = next(iter(panel.knobs.values()))
    first, step = row.box.value, row.box.step
    times = []
    for turn in range(MOVES):
        began = time.perf_counter()
        up = first + step * (1 + turn % 3)
        row.box.value = up if row.box.value != up and up <= row.box.max else first
        times.append((time.perf_counter() - began) * 1_000)
    assert browser.count.value
    return times


def measure(pages: int) -> None:
    """Print the times for a site of so many pages."""
    began = time.perf_counter()
    site = site_of(pages)
    built = time.perf_counter() - began
    audit = lk.run_audit(site)
    print(
        f"{pages:,} pages, {audit.manifest.rows['links']:,} links, {len(audit.findings):,} findings: built in {built:.0f} s, "
        f"audited in {time.perf_counter() - began - built:.0f} s", flush=True,
    )  # fmt: skip
    every = []
    for chapter in CHAPTERS:
        began = time.perf_counter()
        panel = widgets.ThresholdPanel(audit, chapter)
        opened = time.perf_counter() - began
        browser = widgets.FindingsBrowser(panel)
        shown = time.perf_counter() - began - opened
        times = moves(panel, browser)
        every += times
        print(
            f"  {chapter:14} opens in {opened:5.2f} s, findings in {shown:5.2f} s; slider median {median(times):7.1f} ms, worst {max(times):7.1f} ms",
            flush=True,
        )
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(f"  median of all moves {median(every):.1f} ms; {memory:.1f} GB", flush=True)


if __name__ == "__main__":
    pa.set_cpu_count(2)
    for size in [int(each) for each in sys.argv[1:]] or [10_000, 1_000_000]:
        measure(size)
