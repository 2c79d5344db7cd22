"""From a slider's move to the picture, in Python: ``python tests/bench/bench_sliders.py [PAGES ...]``.

A generated site of so many pages (10,000 and 1,000,000 without a number): folders of different depth, money pages, search
clicks, redirecting and broken links. For each chapter with sliders its panel is built, each slider moved to the values around
its own, and the time until answer, chart and findings list hold the new state is printed in ms, by the clock and of CPU.
"""

import json
import os
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
MOVES = 8
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


def moves(panel: widgets.ThresholdPanel, browser: widgets.FindingsBrowser) -> list[tuple[float, float]]:
    """Milliseconds by the clock and of CPU of each move of each slider, the findings list that follows included."""
    times = []
    for row in panel.knobs.values():
        first, step = row.box.value, row.box.step
        values = [first + step * (turn + 1) for turn in range(MOVES // 2)]
        values += [first - step * (turn + 1) for turn in range(MOVES // 2)]
        for value in values:
            if row.box.min <= value <= row.box.max:
                began, used = time.perf_counter(), time.process_time()
                row.box.value = value
                times.append(((time.perf_counter() - began) * 1_000, (time.process_time() - used) * 1_000))
        row.box.value = first
    assert browser.count.value
    return times


def measure(pages: int) -> None:
    """Print the times for a site of so many pages."""
    began = time.perf_counter()
    site = site_of(pages)
    built = time.perf_counter() - began
    audit = lk.run_audit(site)
    print(
        f"{pages:,} pages, {audit.manifest.rows['links']:,} links, {len(audit.found()):,} findings: built in {built:.0f} s, "
        f"audited in {time.perf_counter() - began - built:.0f} s", flush=True,
    )  # fmt: skip
    every: list[tuple[float, float]] = []
    for chapter in CHAPTERS:
        began = time.perf_counter()
        panel = widgets.ThresholdPanel(audit, chapter)
        opened = time.perf_counter() - began
        browser = widgets.FindingsBrowser(panel)
        shown = time.perf_counter() - began - opened
        times = moves(panel, browser)
        every += times
        clock, used = ([each[place] for each in times] for place in (0, 1))
        print(
            f"  {chapter:14} opens in {opened:5.2f} s, findings in {shown:5.2f} s; {len(times):3} moves: median {median(clock):7.1f} ms by the clock, "
            f"{median(used):7.1f} ms CPU, worst {max(used):7.1f} ms CPU; specification {len(json.dumps(panel.chart.spec)) / 1_000:.0f} kB",
            flush=True,
        )  # fmt: skip
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(
        f"  median of all moves {median(each[0] for each in every):.1f} ms, {median(each[1] for each in every):.1f} ms CPU; {memory:.1f} GB; load {os.getloadavg()[0]:.0f}",
        flush=True,
    )  # fmt: skip


if __name__ == "__main__":
    pa.set_cpu_count(2)
    for size in [int(each) for each in sys.argv[1:]] or [10_000, 1_000_000]:
        measure(size)
