"""Link-sized work on each engine: ``python -m tests.bench.bench_engines [links a page] [pages ...]``.

Prints CPU seconds (of Python and of the Java process together), wall seconds and peak memory of both, for the graph, the counts and
one product of the authority's matrix over stored edges. Nothing is asserted on time.
"""

import os
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from linkkit.engine import EngineChoice
from linkkit.graph import LinkGraph
from linkkit.metrics.links import crawler_counts, links_from_others
from linkkit.metrics.stored import stored_walks
from linkkit.schema import TABLES, FoundIn, Indexability
from linkkit.site import Manifest, Site, load, write_manifest

START = "https://bench.example/"
_AT_ONCE = 5_000_000


def made_site(folder: Path, pages: int, links_a_page: int) -> Site:
    """A Site with a menu of 30 pages on each page and the rest of the links by a power law."""
    chance = np.random.default_rng(7)
    ids = np.arange(pages, dtype=np.int32)
    frame = pd.DataFrame({name: pd.Series([None] * pages, dtype=object) for name in TABLES["pages"].names})
    frame["page_id"] = ids
    frame["url"] = [START if page == 0 else f"{START}s{page % 50}/p{page}" for page in range(pages)]
    frame["status"], frame["content_type"], frame["found_in"] = 200, "text/html", int(FoundIn.CRAWL)
    frame["section"], frame["page_type"] = [f"/s{page % 50}/" for page in range(pages)], "p*"
    frame["is_indexable"], frame["indexability_reason"] = True, str(Indexability.INDEXABLE)
    frame["is_money_page"] = ids % 100 == 1
    for name in ("robots_noindex", "robots_nofollow", "blocked_by_robots"):
        frame[name] = False
    pq.write_table(
        pa.Table.from_pandas(frame, schema=TABLES["pages"], preserve_index=False), folder / "pages.parquet"
    )
    menu = min(30, links_a_page // 2)
    with pq.ParquetWriter(folder / "links.parquet", TABLES["links"], compression="zstd") as writer:
        step = max(_AT_ONCE // links_a_page, 1)
        for first in range(0, pages, step):
            own = ids[first : first + step]
            targets = (pages * chance.random((len(own), links_a_page)) ** 3).astype(np.int32)
            targets[:, :menu] = np.arange(menu)
            place = np.tile(np.arange(links_a_page), len(own))
            columns = {
                "source_id": np.repeat(own, links_a_page),
                "target_id": targets.ravel(),
                "anchor_id": (targets.ravel() % 1000).astype(np.int32),
                "position": np.where(place < menu, 1, 0).astype(np.uint8),
                "nofollow": np.zeros(len(place), dtype=bool),
                "is_image": np.zeros(len(place), dtype=bool),
                "container_id": np.where(place < menu, 1, 2).astype(np.int32),
                "seen_in": np.zeros(len(place), dtype=np.uint8),
            }
            writer.write_table(pa.table(columns, schema=TABLES["links"]))
    anchors = {
        "anchor_id": pa.array(range(1000), pa.int32()),
        "text": [f"text {each}" for each in range(1000)],
    }
    pq.write_table(pa.table(anchors, schema=TABLES["anchors"]), folder / "anchors.parquet")
    for name in ("text", "external_links", "transitions"):
        pq.write_table(TABLES[name].empty_table(), folder / f"{name}.parquet")
    write_manifest(folder, Manifest(start_url=START, tool="bench"))
    return load(folder)


class Meter:
    """CPU and memory of this process and, where Spark runs, of its Java process."""

    def __init__(self, java: int | None = None) -> None:
        self._java = java

    def now(self) -> tuple[float, float]:
        """CPU seconds of both, wall seconds."""
        cpu = time.process_time()
        if self._java:
            told = Path(f"/proc/{self._java}/stat").read_text().rsplit(")", 1)[1].split()
            cpu += (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")
        return cpu, time.perf_counter()

    def peak(self) -> float:
        """Peak resident memory of both, GB."""
        own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        if self._java:
            told = Path(f"/proc/{self._java}/status").read_text().split("VmHWM:")[1].split()[0]
            own += int(told) * 1024
        return own / 1e9


def measure(site: Site, engine: EngineChoice, meter: Meter) -> dict[str, tuple[float, float]]:
    """CPU and wall seconds by task."""
    there, found = site.on(engine), {}

    def told(name: str, work: Any) -> Any:
        begun = meter.now()
        result = work()
        found[name] = tuple(b - a for a, b in zip(begun, meter.now(), strict=True))
        print(f"  {name:<28}{found[name][0]:9.1f} s CPU {found[name][1]:9.1f} s wall", flush=True)
        return result

    graph = told("graph, edges here", lambda: LinkGraph.from_site(there))
    told("counts of a crawler", lambda: crawler_counts(there))
    told("links from others", lambda: links_from_others(there, graph))
    walks = told("walks over stored edges", lambda: stored_walks(there))
    print(f"  ({walks.products} products of matrix and vector)")
    return found


def main(links_a_page: int = 100, *sizes: int, engines: str = "embedded spark") -> None:
    """Measure each engine on each size."""
    for pages in sizes or (1_000, 10_000):
        with tempfile.TemporaryDirectory(prefix="linkkit-bench-") as folder:
            site = made_site(Path(folder), pages, links_a_page)
            for name in engines.split():
                print(f"{name}: {pages:,} pages, {pages * links_a_page:,} links", flush=True)
                meter, engine = Meter(), None
                if name == "spark":
                    from linkkit.engine.spark import start_session

                    begun = time.perf_counter()
                    engine = start_session("local[2]")
                    print(f"  {'start':<28}{time.perf_counter() - begun:23.1f} s wall")
                    meter = Meter(engine.sparkContext._gateway.proc.pid)
                measure(site, engine, meter)
                print(f"  peak {meter.peak():.1f} GB", flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]), engines=os.environ.get("ENGINES", "embedded spark"))
