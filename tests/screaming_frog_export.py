"""Exports of the sample site in the shape that Screaming Frog gives them, from the second opinion on the site.

Counts come from `tests.sample_site_oracle` and networkx: nothing of linkkit is used.
"""

import csv
import io
from collections import Counter, defaultdict
from pathlib import Path

import networkx as nx

from tests.sample_signals_oracle import START
from tests.sample_site_oracle import ORIGIN, Link, Page, SampleSite

PAGES = (
    "Address", "Content Type", "Status Code", "Status", "Indexability", "Indexability Status", "Title 1", "H1-1", "Meta Robots 1",
    "X-Robots-Tag 1", "Canonical Link Element 1", "Word Count", "Crawl Depth", "Link Score", "Inlinks", "Unique Inlinks",
    "Outlinks", "Unique Outlinks", "Redirect URL",
)  # fmt: skip
LINKS = (
    "Type", "Source", "Destination", "Size (Bytes)", "Alt Text", "Anchor", "Status Code", "Status", "Follow", "Target", "Rel",
    "Path Type", "Link Path", "Link Position", "Link Origin",
)  # fmt: skip
FRENCH = dict(
    zip(
        PAGES,
        (
            "Adresse", "Type de contenu", "Code HTTP", "Statut", "Indexabilité", "Statut d'indexabilité", "Titre 1", "H1-1", "Meta robots 1",
            "X-Robots-Tag 1", "Élément de lien canonique 1", "Nombre de mots", "Crawl profondeur", "Score du lien", "Liens entrants",
            "Liens entrants uniques", "Liens sortants", "Liens sortants uniques", "URL de redirection",
        ),
        strict=True,
    )
)  # fmt: skip
_ELEMENTS = {
    "header": "header",
    "footer": "footer",
    "navigation": "nav",
    "sidebar": "aside",
    "breadcrumb": "nav/ol",
}
WORDS = {200: "OK", 301: "Moved Permanently", 302: "Found", 404: "Not Found", 410: "Gone"}


def links_of(site: SampleSite, page: Page) -> list[Link]:
    """Links of a page; an address that is gone shows the page that says so."""
    if page.status == 404:
        return site._parse(page.url, "/404.html", site.folder / "404.html").links
    return page.links


def page_rows(site: SampleSite) -> list[dict[str, str]]:
    """Rows of ``internal_all``."""
    inside = [
        (page.url, link)
        for page in site.pages.values()
        for link in links_of(site, page)
        if link.target.startswith(ORIGIN + "/")
    ]
    into, out = Counter(link.target for _, link in inside), Counter(source for source, _ in inside)
    sources, targets = defaultdict(set), defaultdict(set)
    graph = nx.DiGraph()
    graph.add_node(START)
    for source, link in inside:
        sources[link.target].add(source)
        targets[source].add(link.target)
        if not link.nofollow:
            graph.add_edge(source, link.target)
    graph.add_edges_from((page.url, page.redirect) for page in site.pages.values() if page.redirect)
    depth = nx.single_source_shortest_path_length(graph, START)
    rows = []
    for url, page in site.pages.items():
        if page.status == 0 and not page.blocked:
            continue
        indexable = site.indexable(url)
        why = (
            "" if indexable else "Blocked by robots.txt" if page.blocked else "Redirected" if page.redirect
            else "Client Error" if page.status >= 400 else "noindex" if page.noindex else "Canonicalised"
        )  # fmt: skip
        rows.append(
            dict(
                zip(
                    PAGES,
                    (
                        url,
                        "text/html; charset=utf-8" if page.status == 200 else "",
                        str(page.status),
                        "Blocked by robots.txt" if page.blocked else WORDS.get(page.status, ""),
                        "Indexable" if indexable else "Non-Indexable",
                        why,
                        page.title,
                        page.h1,
                        "noindex" if page.noindex else "",
                        "",
                        page.canonical or "",
                        "123",
                        str(depth.get(url, "")),
                        "",
                        str(into[url]),
                        str(len(sources[url])),
                        str(out[url]),
                        str(len(targets[url])),
                        page.redirect or "",
                    ),
                    strict=True,
                )
            )
        )
    # Files that pages use are in the export as well, and are no pages.
    rows.append(
        dict.fromkeys(PAGES, "")
        | {"Address": f"{ORIGIN}/assets/logo.png", "Content Type": "image/png", "Status Code": "200"}
    )
    return rows


def link_rows(site: SampleSite) -> list[dict[str, str]]:
    """Rows of ``all_inlinks``."""
    rows = []
    for page in site.pages.values():
        for place, link in enumerate(links_of(site, page)):
            rows.append(
                dict(
                    zip(
                        LINKS,
                        (
                            "Hyperlink", page.url, link.target, "", link.name if link.image else "", "" if link.image else link.name,
                            "200", "OK", "false" if link.nofollow else "true", "", "nofollow" if link.nofollow else "", "Absolute",
                            f"//body/div[{place + 1}]/{_ELEMENTS.get(link.position, 'main')}/p[{place % 3}]/a", link.position.title(), "HTML",
                        ),
                        strict=True,
                    )
                )
            )  # fmt: skip
        if page.status == 200:
            picture = {
                "Type": "Image",
                "Source": page.url,
                "Destination": f"{ORIGIN}/assets/logo.png",
                "Follow": "true",
            }
            rows.append(dict.fromkeys(LINKS, "") | picture)
        if page.canonical:
            canonical = {
                "Type": "HTML Canonical",
                "Source": page.url,
                "Destination": page.canonical,
                "Follow": "true",
            }
            rows.append(dict.fromkeys(LINKS, "") | canonical)
    return rows


def as_csv(
    rows: list[dict[str, str]],
    names: tuple[str, ...],
    *,
    headers: dict[str, str] | None = None,
    title: str = "",
    end: str = "\n",
) -> str:
    """Rows as the tool writes them: everything quoted."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator=end)
    if title:
        writer.writerow([title])
    writer.writerow([(headers or {}).get(name, name) for name in names])
    writer.writerows([row[name] for name in names] for row in rows)
    return out.getvalue()


def write_export(folder: Path, site: SampleSite) -> tuple[Path, Path]:
    """``internal_all`` and ``all_inlinks`` as version 18 writes them: byte order mark, CRLF."""
    internal, inlinks = folder / "internal_all.csv", folder / "all_inlinks.csv"
    internal.write_text(as_csv(page_rows(site), PAGES, end="\r\n"), "utf-8-sig", newline="")
    inlinks.write_text(as_csv(link_rows(site), LINKS, end="\r\n"), "utf-8-sig", newline="")
    return internal, inlinks
