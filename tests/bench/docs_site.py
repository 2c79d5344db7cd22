"""Sites to measure on: folders of HTML files read from disk, as a crawl would read them, and random ones of any size."""

import hashlib
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

import linkkit as lk
from linkkit.crawler.extract import extract_page
from linkkit.graph import LinkGraph
from linkkit.linkmodel import LinkModel
from linkkit.schema import Position
from linkkit.site import Manifest, Site
from linkkit.sources.builder import SiteBuilder

START = "https://docs.example/"
DOCS = {
    "Python docs": (Path("/usr/share/doc/python3.11/html"), "index.html"),
    "PostgreSQL docs": (Path("/usr/share/doc/postgresql-doc-15/html"), "index.html"),
    "JDK docs": (Path("/usr/share/doc/openjdk-17-jre-headless"), "api/index.html"),
}


def docs_site(name: str) -> Site | None:
    """The Site of an installed documentation, kept in the system's temporary folder; None where it is not installed."""
    folder, start = DOCS[name]
    if not (folder / start).exists():
        return None
    key = hashlib.sha256(f"{folder}{_code()}".encode()).hexdigest()[:12]
    kept = Path(tempfile.gettempdir()) / "linkkit-bench" / f"{name.split(maxsplit=1)[0].lower()}-{key}"
    if (kept / "manifest.json").exists():
        return lk.load(kept)
    kept.parent.mkdir(exist_ok=True)
    builder = SiteBuilder(START + start, folder=kept)
    for file in sorted(folder.rglob("*.html")):
        url = START + file.relative_to(folder).as_posix()
        facts = extract_page(url, file.read_bytes())
        page = builder.add_page(
            url,
            {
                "status": 200,
                "content_type": "text/html",
                "title": facts.title,
                "h1": facts.h1,
                "word_count": facts.word_count,
            },
        )
        if page is not None:
            places = {each.name.lower(): each for each in Position}
            builder.add_links(
                page,
                (
                    (
                        link.url,
                        link.name,
                        places[link.position],
                        "nofollow" in link.rel,
                        link.is_image,
                        link.container,
                    )
                    for link in facts.links
                ),
            )
    return builder.finish(Manifest(start_url=builder.start_url, tool="files"))


def sample_site() -> Site:
    """The sample client's site after a crawl over HTTP, with its signals; crawled once, then kept."""
    from linkkit.headless import sample_client

    with sample_client(Path(tempfile.gettempdir()) / "linkkit-bench") as (client, address):
        return client.site() if client.crawls else client.crawl(crawl_url=address, delay=0)


def _code() -> str:
    """What the stored Site depends on: read anew when the reader changes."""
    return hashlib.sha256(Path(extract_page.__code__.co_filename).read_bytes()).hexdigest()


def random_graph(pages: int, links: int, *, seed: int = 7, model: LinkModel | None = None) -> LinkGraph:
    """Links from anywhere to mostly a few popular pages; a tenth of the pages is not indexable, a tenth leaks."""
    chance = np.random.default_rng(seed)
    source = chance.integers(0, pages, links)
    key = np.unique(source * pages + (pages * chance.random(links) ** 3).astype(np.int64))
    key = key[key // pages != key % pages]
    leaky = np.sort(chance.choice(pages, pages // 10, replace=False))
    return LinkGraph(
        urls=np.array([f"https://shop.example/{page}" for page in range(pages)], dtype=object),
        start=0,
        fold=np.arange(pages, dtype=np.int32),
        leak=np.full(pages, "", dtype=object),
        source=(key // pages).astype(np.int32),
        target=(key % pages).astype(np.int32),
        weight=np.where(chance.random(len(key)) < 0.2, 1.0, 0.1),
        is_content=np.ones(len(key), dtype=bool),
        is_boilerplate=np.zeros(len(key), dtype=bool),
        leaks=pd.DataFrame({"page_id": leaky, "cause": "external", "weight": 1.0}),
        indexable=chance.random(pages) > 0.1,
        crawled=np.ones(pages, dtype=bool),
        model=model or LinkModel(),
    )
