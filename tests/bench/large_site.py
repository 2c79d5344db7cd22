"""A large site made from a real crawl: ``python -m tests.bench.large_site TIMES FOLDER [SITE]`` writes one and holds it against the crawl.

The crawl is laid out so many times over. Each page of each layer has the links of the page it was made from, at their place, in
their container, with their text: to the same layer, or, for a part of the content links, to a layer that is so many further on. That
step is drawn once for a pair of pages and is the same on every layer, so that each page of each layer receives as many links as the
page it was made from: **the in- and out-degrees of the crawl are kept exactly**, and with them positions, repeated links, templates,
folders, statuses, lengths of text. (A voltage graph in the cyclic group of layers: Gross & Tucker, Topological Graph Theory, 1987.)

Two things differ, as they do on a site that grows: what at least half of all pages link to (the logo, the menu) is linked from all
layers and so receives that many times more links; and the layers' own copies of those pages hang on one another, `FAN` on each, so that
a site of a hundred layers is two clicks deeper.
"""

import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

import linkkit as lk
from linkkit.folders import new_folder
from linkkit.marks import LINK_END, LINK_START
from linkkit.metrics.depth import clicks_from
from linkkit.schema import EXTERNAL_LINKS, LINKS, PAGES, TABLES, TEXT, Position
from linkkit.site import AUDIT_FILE, Manifest, Site, pages_frame, write_manifest
from linkkit.sources.breadcrumbs import packed, unpacked
from linkkit.urls import template_group
from tests.bench.docs_site import docs_site, sample_site

FAN = 12
"""Layers whose entry pages hang on those of one layer."""
CROSSING = 0.1
"""Share of pairs of pages with a content link whose link leads to another layer."""
EVERYWHERE = 0.5
"""Share of the pages from which on a link's target is one of the whole site's, not of a layer."""
MOSTLY = 0.8
"""Share of the pages in one first folder from which on sections are the folders below it (as `linkkit.metrics.hierarchy` has it)."""
_NAMES = ("title", "h1", "meta_description")
_ADDRESSES = ("redirect_to", "canonical", "rel_next", "rel_prev")
_RUN = 12
"""Words that stand together in the text of a copy as they stood on some page of the section."""

Ints = npt.NDArray[np.int64]


def enlarged(
    site: Site, times: int, folder: Path | None = None, *, crossing: float = CROSSING, seed: int = 7
) -> Site:
    """A site so many times as large as a crawled one.

    Parameters
    ----------
    site : Site
        A crawl. Without signals, a fiftieth of its pages gets referring domains (Zipf) and a hundredth earns money.
    times : int
        Layers, at least 1.
    folder : Path, optional
        Where it goes; a temporary folder without it.
    crossing : float
        Share (0-1) of pairs of pages with a content link that is led to another layer.
    seed : int
        The same seed gives the same site.
    """
    temporary = None if folder else tempfile.TemporaryDirectory(prefix="linkkit-large-")
    target = folder or Path(temporary.name) / "site"  # type: ignore[union-attr]
    chance = np.random.default_rng(seed)
    base = _with_signals(site.pages, chance)
    links = pq.read_table(site.places["links"]).to_pandas()
    anchors = pq.read_table(site.places["anchors"])["text"].to_pylist()
    layers = _Layers(base, links, anchors, times, crossing, chance)
    with new_folder(target, overwrite=False, foreign=AUDIT_FILE) as partial:
        _write_pages(partial, site, base, layers)
        _write_links(partial, links, layers)
        _write_anchors(partial, anchors, layers)
        _write_external(partial, pq.read_table(site.places["external_links"]), layers)
        _write_text(partial, site, layers, chance)
        pq.write_table(TABLES["transitions"].empty_table(), partial / "transitions.parquet")
        settings = {name: site.manifest.settings[name] for name in ("hosts", "folders") if name in site.manifest.settings}  # fmt: skip
        write_manifest(partial, Manifest(start_url=site.start_url, tool="generated", settings=settings))
    made = lk.load(target)
    return replace(made, _temporary=temporary)


class _Layers:
    """What the layers share: where each pair of pages leads, which targets are the whole site's, whose anchors are a page's own."""

    def __init__(
        self,
        pages: pd.DataFrame,
        links: pd.DataFrame,
        anchors: list[str],
        times: int,
        crossing: float,
        chance: np.random.Generator,
    ) -> None:
        self.pages, self.times = len(pages), times
        source, target = links["source_id"].to_numpy(), links["target_id"].to_numpy()
        pairs, of_pair = np.unique(source.astype(np.int64) * self.pages + target, return_inverse=True)
        inlinks = np.bincount(pairs % self.pages, minlength=self.pages)
        self.everywhere = inlinks >= EVERYWHERE * max(len(np.unique(source)), 2)
        # Navigation stays on its layer; of the content, some pairs are led elsewhere, all their links alike.
        content = np.zeros(len(pairs), dtype=bool)
        content[of_pair[links["position"].to_numpy() == int(Position.CONTENT)]] = True
        leads_on = (
            content & (chance.random(len(pairs)) < crossing) & (pairs // self.pages != pairs % self.pages)
        )
        step = np.where(leads_on, chance.integers(0, times, len(pairs)), 0)
        self.step = step[of_pair]
        self.shared = self.everywhere[target]
        # A text that names one page only is that page's name; the same words for several pages are a phrase.
        named = links[["anchor_id", "target_id"]].dropna().drop_duplicates()
        several = named["anchor_id"].duplicated(keep=False)
        own = np.zeros(len(anchors), dtype=bool)
        own[named["anchor_id"][~several].to_numpy(dtype=np.int64)] = True
        own[named["anchor_id"][self.everywhere[named["target_id"].to_numpy()]].to_numpy(dtype=np.int64)] = (
            False
        )
        own &= np.array([bool(text) for text in anchors], dtype=bool)
        self.own_anchor = np.full(len(anchors), -1, dtype=np.int64)
        self.own_anchor[own] = np.arange(own.sum())
        self.anchors, self.own_anchors = len(anchors), int(own.sum())

    def anchor(self, anchor: Ints, layer: Ints) -> Ints:
        """Ids of anchors of links to pages of the given layers."""
        place = self.own_anchor[anchor]
        return np.where(
            (place >= 0) & (layer > 0), self.anchors + (layer - 1) * self.own_anchors + place, anchor
        )


def _word(layer: int) -> str:
    return f"x{layer}"


def _with_signals(pages: pd.DataFrame, chance: np.random.Generator) -> pd.DataFrame:
    pages = pages.copy()
    live = np.flatnonzero(pages["is_indexable"])
    if not pages["referring_domains"].notna().any() and len(live):
        some = chance.choice(live, max(1, len(live) // 50), replace=False)
        pages.loc[some, "referring_domains"] = chance.zipf(1.6, len(some)).clip(max=2000).astype(float)
    if not pages["is_money_page"].fillna(False).any() and len(live):
        pages["is_money_page"] = pages["is_money_page"].astype("boolean").fillna(False)
        pages.loc[chance.choice(live, max(1, len(live) // 100), replace=False), "is_money_page"] = True
    return pages


def _suffix_level(paths: list[list[str]]) -> int:
    """Part of the path that tells layers apart: the one below the section, so that sections stay what they are."""
    first = pd.Series([parts[0] for parts in paths if len(parts) > 1])
    return 2 if len(first) and first.value_counts().iloc[0] >= MOSTLY * len(paths) else 1


class _Addresses:
    """Addresses of the layers' pages: another name for the part of the path below the section."""

    def __init__(self, urls: list[str]) -> None:
        split = [urlsplit(url) for url in urls]
        paths = [[part for part in each.path.split("/") if part] for each in split]
        level = _suffix_level(paths)
        self._own = dict(zip(urls, range(len(urls)), strict=True))
        # Before and after the layer's word.
        self._parts = [_around(each, parts, level) for each, parts in zip(split, paths, strict=True)]

    def of(self, layer: int) -> list[str]:
        """Addresses of a layer's pages, in the order of the crawl's."""
        return [f"{before}{_word(layer)}{after}" for before, after in self._parts]

    def renamed(self, address: object, layer: int) -> object:
        """Where an address that a page names lies on a layer; one that is no page of the site stays."""
        place = self._own.get(address) if isinstance(address, str) else None
        if place is None:
            return address
        before, after = self._parts[place]
        return f"{before}{_word(layer)}{after}"


def _around(split: "object", parts: list[str], level: int) -> tuple[str, str]:
    mark = "\x00"
    path = split.path  # type: ignore[attr-defined]
    is_folder = path.endswith("/") or not parts
    if len(parts) <= level and is_folder:
        parts = [*parts, mark]
    else:
        place = min(level, len(parts) - 1)
        is_leaf = place == len(parts) - 1 and not is_folder
        stem, dot, suffix = parts[place].rpartition(".") if is_leaf else ("", "", "")
        parts = list(parts)
        parts[place] = f"{stem}-{mark}{dot}{suffix}" if dot else f"{parts[place]}-{mark}"
    joined = "/" + "/".join(parts) + ("/" if is_folder else "")
    before, _, after = urlunsplit((split.scheme, split.netloc, joined, split.query, "")).partition(mark)  # type: ignore[attr-defined]
    return before, after


def _write_pages(folder: Path, site: Site, base: pd.DataFrame, layers: _Layers) -> None:
    addresses = _Addresses(base["url"].tolist())
    seen = set(base["url"])
    with pq.ParquetWriter(folder / "pages.parquet", PAGES, compression="zstd") as writer:
        for layer in range(layers.times):
            frame = base.copy()
            if layer:
                frame["page_id"] = (np.arange(layers.pages) + layer * layers.pages).astype("int32")
                frame["url"] = addresses.of(layer)
                assert seen.isdisjoint(frame["url"]), "addresses of two layers meet"
                for name in _NAMES:
                    frame[name] = frame[name].where(frame[name].isna(), frame[name] + f" {_word(layer)}")
                for name in _ADDRESSES:
                    frame[name] = [addresses.renamed(each, layer) for each in frame[name]]
                frame["breadcrumb"] = [
                    packed([(name, str(addresses.renamed(link, layer))) for name, link in unpacked(each)])
                    if isinstance(each, str)
                    else None
                    for each in frame["breadcrumb"]
                ]
                frame["section"] = [site.scope.section(url) for url in frame["url"]]
                frame["page_type"] = [template_group(url) for url in frame["url"]]
            writer.write_table(pa.Table.from_pandas(frame, schema=PAGES, preserve_index=False))


def _write_links(folder: Path, links: pd.DataFrame, layers: _Layers) -> None:
    kept = {name: links[name].to_numpy() for name in ("position", "nofollow", "is_image", "container_id", "seen_in")}  # fmt: skip
    source, target = links["source_id"].to_numpy(np.int64), links["target_id"].to_numpy(np.int64)
    anchor = links["anchor_id"].fillna(-1).to_numpy(np.int64)
    entries = np.flatnonzero(layers.everywhere)
    with pq.ParquetWriter(folder / "links.parquet", LINKS, compression="zstd") as writer:
        for layer in range(layers.times):
            onto = np.where(layers.shared, 0, (layer + layers.step) % layers.times)
            named = layers.anchor(np.maximum(anchor, 0), onto)
            columns = {
                "source_id": source + layer * layers.pages,
                "target_id": target + onto * layers.pages,
                "anchor_id": pa.array(named.astype(np.int32), mask=anchor < 0),
                **kept,
            }
            writer.write_table(_table(columns, LINKS))
            # The entry pages of the layers below.
            below = np.arange(layer * FAN + 1, min((layer + 1) * FAN + 1, layers.times))
            if len(below) and len(entries):
                writer.write_table(_entry_links(entries, layer, below, layers))


def _entry_links(entries: Ints, layer: int, below: Ints, layers: _Layers) -> pa.Table:
    count = len(entries) * len(below)
    columns = {
        "source_id": np.repeat(entries, len(below)) + layer * layers.pages,
        "target_id": np.repeat(entries, len(below)) + np.tile(below, len(entries)) * layers.pages,
        "anchor_id": pa.array(
            (_first_entry_anchor(layers) + np.tile(below, len(entries)) - 1).astype(np.int32)
        ),
        "position": np.full(count, int(Position.CONTENT)),
        "nofollow": np.zeros(count, dtype=bool),
        "is_image": np.zeros(count, dtype=bool),
        "container_id": np.zeros(count, dtype=np.int32),
        "seen_in": np.zeros(count, dtype=np.uint8),
    }
    return _table(columns, LINKS)


def _first_entry_anchor(layers: _Layers) -> int:
    return layers.anchors + (layers.times - 1) * layers.own_anchors


def _table(columns: dict[str, object], schema: pa.Schema) -> pa.Table:
    arrays = {
        name: each if isinstance(each, pa.Array) else pa.array(np.asarray(each).astype(schema.field(name).type.to_pandas_dtype()))
        for name, each in columns.items()
    }  # fmt: skip
    return pa.table(arrays, schema=schema)


def _write_anchors(folder: Path, anchors: list[str], layers: _Layers) -> None:
    own = [anchors[place] for place in np.flatnonzero(layers.own_anchor >= 0)]
    with pq.ParquetWriter(folder / "anchors.parquet", TABLES["anchors"], compression="zstd") as writer:
        first = 0
        for layer in range(layers.times + 1):
            if layer == 0:
                texts = anchors
            elif layer < layers.times:
                texts = [f"{text} {_word(layer)}" for text in own]
            else:
                texts = [f"Part {_word(each)}" for each in range(1, layers.times)]
            ids = np.arange(first, first + len(texts), dtype=np.int32)
            writer.write_table(pa.table({"anchor_id": ids, "text": texts}, schema=TABLES["anchors"]))
            first += len(texts)


def _write_external(folder: Path, table: pa.Table, layers: _Layers) -> None:
    with pq.ParquetWriter(folder / "external_links.parquet", EXTERNAL_LINKS, compression="zstd") as writer:
        source = table["source_id"].to_numpy()
        for layer in range(layers.times):
            moved = pa.array((source + layer * layers.pages).astype(np.int32))
            writer.write_table(table.set_column(0, EXTERNAL_LINKS.field(0), moved))


def _write_text(folder: Path, site: Site, layers: _Layers, chance: np.random.Generator) -> None:
    """Copies have texts as long as the page's, of runs of words from its section: alike in kind, but nobody's duplicate."""
    rows = pq.read_table(site.places["text"]).to_pydict()
    sections = site.pages["section"].to_numpy(dtype=object)
    words: dict[str, list[str]] = {}
    for page, text in zip(rows["page_id"], rows["text"], strict=True):
        words.setdefault(sections[page], []).extend((text or "").split())
    with pq.ParquetWriter(folder / "text.parquet", TEXT, compression="zstd") as writer:
        writer.write_table(pa.table(rows, schema=TEXT))
        for layer in range(1, layers.times):
            moved: dict[str, list[object]] = {name: [] for name in TEXT.names}
            for page, *parts in zip(*rows.values(), strict=True):
                moved["page_id"].append(page + layer * layers.pages)
                for name, part in zip(TEXT.names[1:], parts, strict=True):
                    moved[name].append(_reworded(part, words[sections[page]], chance))
            writer.write_table(pa.table(moved, schema=TEXT))


def _reworded(text: str | None, words: list[str], chance: np.random.Generator) -> str | None:
    """Lines as long as those of the text, of runs of the section's words; links stay where they stand."""
    if not text or not words:
        return text
    lines = []
    for line in text.split("\n"):
        size = len(line.split())
        starts = chance.integers(0, len(words), size // _RUN + 1).tolist()
        said = [word for start in starts for word in words[start : start + _RUN]][:size]
        links = [part.partition(LINK_END)[0] for part in line.split(LINK_START)[1:]]
        lines.append(" ".join([*said, *(f"{LINK_START}{link}{LINK_END}" for link in links)]))
    return "\n".join(lines)


def large_site(times: int) -> Site:
    """`base_site`, so many times as large; kept in the system's temporary folder."""
    base = base_site()
    kept = base.folder.with_name(f"{base.folder.name}-times-{times}")
    return lk.load(kept) if (kept / "manifest.json").exists() else enlarged(base, times, kept)


def base_site() -> Site:
    """The largest documentation that is installed (10,137 pages and about a million links), else the sample client's site."""
    found = (docs_site(name) for name in ("JDK docs", "PostgreSQL docs", "Python docs"))
    return next((site for site in found if site is not None), None) or sample_site()


QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9, 0.99)


def shape(site: Site) -> pd.DataFrame:
    """What a site looks like, for comparing two: quantiles of degrees and depth, shares of positions, sections, lengths.

    Returns
    -------
    DataFrame
        One row per measure: those of `QUANTILES`, and ``mean``.
    """
    pages = pages_frame(pq.read_table(site.places["pages"]))
    links = pq.read_table(site.places["links"], columns=["source_id", "target_id"])
    count = len(pages)
    source, target = links["source_id"].to_numpy(), links["target_id"].to_numpy()
    pairs = np.unique(source.astype(np.int64) * count + target)
    graph = lk.LinkGraph.from_site(site)
    depth = clicks_from(graph.followed, [graph.start])
    measures = {
        "links in": np.bincount(target, minlength=count),
        "links out": np.bincount(source, minlength=count),
        "pages linking in": np.bincount(pairs % count, minlength=count),
        "pages linked to": np.bincount(pairs // count, minlength=count),
        "crawl depth": depth[~np.isnan(depth)],
        "words": pages["word_count"].dropna().to_numpy(dtype=float),
    }
    table = {
        name: [*np.quantile(values, QUANTILES), values.mean()]
        for name, values in measures.items()
        if len(values)
    }
    return pd.DataFrame(table, index=[*map(str, QUANTILES), "mean"]).T


if __name__ == "__main__":
    given = lk.load(sys.argv[3]) if len(sys.argv) > 3 else base_site()
    large = enlarged(given, int(sys.argv[1]), Path(sys.argv[2]))
    print(f"{len(large.pages):,} pages, {large.manifest.rows['links']:,} links")
    print(
        pd.concat({"crawl": shape(given), "made of it": shape(large)})
        .swaplevel()
        .sort_index()
        .round(1)
        .to_string()
    )
