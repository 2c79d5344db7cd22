"""Reading a crawl file, against what notebooks do today: ``python -m tests.bench.bench_reading [TIMES]``.

A file as advertools writes it is made from a crawl (`large_site.base_site`, its links so many times over), and read by `linkkit.read_crawl`
into a Site, and by ``pandas.read_json(lines=True)`` whose ``@@`` columns are split and exploded into a table of links. Each runs in a
process of its own, so that peaks are its own. Nothing is asserted.
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

import linkkit as lk
from linkkit.schema import Position
from tests.bench.large_site import base_site
from tests.bench.meter import peak_gb

_WORDS = "the tent pegs hold in sand and snow where others bend or pull out of the ground at night "
_LISTED = {Position.NAVIGATION: "nav", Position.HEADER: "header", Position.FOOTER: "footer"}


def write_crawl(file: Path, times: int) -> int:
    """Write a crawl as advertools does, the pages so many times over; gives the number of links."""
    site = base_site()
    links = pq.read_table(site.places["links"], columns=["source_id", "target_id", "anchor_id", "position", "nofollow"]).to_pandas()  # fmt: skip
    links = links.sort_values("source_id", kind="stable")
    texts = [text.replace("@@", "") for text in pq.read_table(site.places["anchors"])["text"].to_pylist()]
    urls = site.pages["url"].tolist()
    titles = site.pages["title"].fillna("").tolist()
    words = site.pages["word_count"].fillna(0).tolist()
    first = np.searchsorted(links["source_id"], np.arange(len(urls) + 1)).tolist()
    target, anchor, position, nofollow = (
        links[name].fillna(0).astype(int).tolist()
        for name in ("target_id", "anchor_id", "position", "nofollow")
    )
    with file.open("w", encoding="utf-8") as lines:
        for turn in range(times):
            suffix = f"?turn={turn}" if turn else ""
            for page, url in enumerate(urls):
                own = slice(first[page], first[page + 1])
                there = [urls[each] + suffix for each in target[own]]
                said = [texts[each] for each in anchor[own]]
                row = {
                    "url": url + suffix,
                    "title": titles[page],
                    "status": 200,
                    "depth": 1,
                    "body_text": _WORDS * (int(words[page]) // 18),
                    "links_url": "@@".join(there),
                    "links_text": "@@".join(said),
                    "links_nofollow": "@@".join("True" if each else "False" for each in nofollow[own]),
                    "resp_headers_Content-Type": "text/html",
                }
                for code, name in _LISTED.items():
                    some = [place for place, each in enumerate(position[own]) if each == code]
                    if some:
                        row[f"{name}_links_url"] = "@@".join(there[place] for place in some)
                        row[f"{name}_links_text"] = "@@".join(said[place] for place in some)
                lines.write(json.dumps(row) + "\n")
    return len(links) * times


def read_by_linkkit(file: Path) -> int:
    """Read into a Site; gives the number of links."""
    return int(lk.read_crawl(file).manifest.rows["links"])


def read_by_pandas(file: Path) -> int:
    """Read whole, then one row a link; gives their number."""
    crawl = pd.read_json(file, lines=True)
    columns = ["links_url", "links_text", "links_nofollow"]
    links = crawl[["url", *columns]].dropna(subset=["links_url"])
    return len(links.assign(**{name: links[name].str.split("@@") for name in columns}).explode(columns))


def measured(work: str, file: Path) -> dict[str, float]:
    """CPU and wall seconds, peak GB, and links, of one way to read, in a process of its own."""
    told = subprocess.run(
        [sys.executable, "-m", "tests.bench.bench_reading", work, str(file)], check=True, capture_output=True
    )
    return dict(json.loads(told.stdout))


def main(times: int = 1) -> None:
    """Measure both and print."""
    with tempfile.TemporaryDirectory(prefix="linkkit-bench-") as folder:
        for size in (times, 2 * times):
            file = Path(folder) / f"crawl-{size}.jl"
            links = write_crawl(file, size)
            print(f"{links:,} links, {file.stat().st_size / 1e6:,.0f} MB", flush=True)
            for work in ("linkkit", "pandas"):
                print(
                    f"  {work:8}",
                    {name: round(value, 2) for name, value in measured(work, file).items()},
                    flush=True,
                )


if __name__ == "__main__":
    if len(sys.argv) > 2:
        begun, used = time.perf_counter(), time.process_time()
        number = {"linkkit": read_by_linkkit, "pandas": read_by_pandas}[sys.argv[1]](Path(sys.argv[2]))
        print(json.dumps({"links": number, "cpu": time.process_time() - used, "wall": time.perf_counter() - begun, "peak": peak_gb()}))  # fmt: skip
    else:
        main(*map(int, sys.argv[1:]))
