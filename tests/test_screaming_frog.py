"""Crawls of Screaming Frog and alike: every quirk of versions and languages, and the same metrics as linkkit's own crawl."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xlsxwriter

import linkkit as lk
from linkkit.graph import LinkGraph
from linkkit.metrics import agreement, compute_metrics
from linkkit.sources.screaming_frog import tool_counts
from tests.sample_site_oracle import SampleSite
from tests.screaming_frog_export import FRENCH, LINKS, PAGES, as_csv, write_export
from tests.site_factory import START, metric, paths

S = START.rstrip("/")


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return write_export(tmp_path_factory.mktemp("frog"), SampleSite())


def _metrics(site: lk.Site) -> pd.DataFrame:
    metrics = compute_metrics(site, LinkGraph.from_site(site))
    urls = site.pages["url"].to_dict()
    for name in metrics.columns.drop("page_id"):
        if name.endswith("_id") or name == "folds_into":
            metrics[name] = metrics[name].map(lambda page: urls.get(page, ""))
    # Which of several pages serves as the example depends on the order of ids.
    examples = [name for name in metrics if "example" in str(name)]
    return metrics.drop(columns=["page_id", *examples]).set_index("url").sort_index()


def test_the_exports_of_a_site_give_the_metrics_of_its_crawl(
    export: tuple[Path, Path], sample_client: lk.Client
) -> None:
    crawled = sample_client.site()
    signals = sample_client.folder / "signals"
    read = lk.read_screaming_frog(export[0], inlinks=export[1])
    assert read.start_url == crawled.start_url
    names = ("search_console", "analytics", "transitions", "backlinks")
    files = {name: signals / f"{name}.csv" for name in names} | {
        "logs": signals / "access.log",
        "money_pages": signals / "money_pages.txt",
    }
    read = lk.add_clusters(lk.add_signals(read, **files), sample_client.settings.clusters)
    one, other = _metrics(crawled), _metrics(read)
    assert sorted(set(one.index) - set(other.index)) == []
    assert sorted(set(other.index) - set(one.index)) == []
    # The trail of these two stands in structured data only, which no export holds.
    of_trails = ["parent_id", "passes_hub", "hub_clicks", "up_by", "siblings", "linked_siblings"]
    alone = one.index[one.index.str.contains("/guides/print/(?:compass-card|large-type)/")]
    assert len(alone) == 2
    rest = one.index.difference(alone)
    pd.testing.assert_frame_equal(one.loc[rest, of_trails], other.loc[rest, of_trails], check_dtype=False)
    one = one.drop(columns=of_trails)
    pd.testing.assert_frame_equal(one, other.loc[one.index, one.columns], check_dtype=False, rtol=1e-9)
    same = [
        "status",
        "redirect_to",
        "canonical",
        "blocked_by_robots",
        "is_indexable",
        "indexability_reason",
    ]
    pd.testing.assert_frame_equal(
        crawled.pages.set_index("url")[same].sort_index(),
        read.pages.set_index("url")[same].sort_index(),
        check_dtype=False,
    )


def test_counts_equal_the_tools_own(export: tuple[Path, Path]) -> None:
    site = lk.read_screaming_frog(export[0], inlinks=export[1])
    table = agreement(site, tool_counts(export[0]))
    assert set(table["count"]) == {"inlinks", "unique_inlinks", "outlinks", "unique_outlinks", "crawl_depth"}
    assert (table["count"] == "inlinks").sum() > 200
    different = table[table["tool"] != table["linkkit"]]
    assert different.empty, different.to_string()


_ROWS = [
    {"Address": f"{S}/", "Content Type": "text/html; charset=UTF-8", "Status Code": "200", "Indexability": "Indexable",
     "Crawl Depth": "0", "Inlinks": "1", "Title 1": "Café", "Link Score": "12,5"},
    {"Address": f"{S}/a", "Content Type": "text/html", "Status Code": "200", "Indexability": "Indexable", "Crawl Depth": "1"},
    {"Address": f"{S}/old", "Status Code": "301", "Redirect URL": f"{S}/a", "Crawl Depth": "1"},
    {"Address": f"{S}/hid", "Status Code": "0", "Status": "Blocked by robots.txt", "Crawl Depth": "1"},
    {"Address": f"{S}/slow", "Status Code": "0", "Status": "Connection Timeout", "Crawl Depth": "1"},
    {"Address": f"{S}/lost", "Content Type": "text/html", "Status Code": "200", "Meta Robots 1": "noindex, nofollow"},
    {"Address": f"{S}/logo.png", "Content Type": "image/png", "Status Code": "200"},
    {"Address": f"{S}/price.pdf", "Content Type": "application/pdf", "Status Code": "200", "Crawl Depth": "1"},
    {"Address": "https://cdn.example/x.js", "Content Type": "text/javascript", "Status Code": "200"},
]  # fmt: skip
_LINK_ROWS = [
    ("Hyperlink", "/", "/a", "", "All tents", "true"),
    ("Hyperlink", "/", "/old", "", "Old", "true"),
    ("Hyperlink", "/", "/hid", "", "Basket", "false"),
    ("Hyperlink", "/", "/slow", "a slow page", "", "true"),
    ("Hyperlink", "/", "/price.pdf", "", "Prices", "true"),
    ("Image", "/", "/logo.png", "logo", "", "true"),
    ("HTML Canonical", "/a", "/", "", "", "true"),
    ("XML Sitemap", "/sitemap.xml", "/lost", "", "", "true"),
    ("Hyperlink", "/a", "/", "", "Home", "true"),
    ("Hyperlink", "/a", "/a", "", "Home", "true"),
]  # fmt: skip


def _rows() -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    pages = [dict.fromkeys(PAGES, "") | row for row in _ROWS]
    links = [
        dict.fromkeys(LINKS, "")
        | {"Type": kind, "Source": S + source, "Destination": S + target, "Alt Text": alt, "Anchor": anchor, "Follow": follow,
           "Link Position": "Footer" if target == "/old" else "Content", "Link Path": "//body/p/a"}
        for kind, source, target, alt, anchor, follow in _LINK_ROWS
    ]  # fmt: skip
    return pages, links


def _check(site: lk.Site, *, positions: bool = True) -> None:
    assert metric(site.pages, "indexability_reason") == {
        "/": "indexable", "/a": "indexable", "/old": "redirect", "/hid": "blocked_by_robots", "/slow": "no_response",
        "/lost": "noindex", "/price.pdf": "not_html",
    }  # fmt: skip
    links = site.sample_links(START).set_index("target")
    assert paths(links.index) == ["/a", "/old", "/hid", "/slow", "/price.pdf"]
    assert links["anchor"].tolist() == ["All tents", "Old", "Basket", "a slow page", "Prices"]
    assert links["nofollow"].tolist() == [False, False, True, False, False]
    if positions:
        assert links["position"].tolist() == ["content", "footer", "content", "content", "content"]
    found = metric(site.pages, "found_in")
    assert (found["/"], found["/lost"]) == (1, 2)
    counts = metric(compute_metrics(site, LinkGraph.from_site(site)), "inlinks")
    assert counts == {"/": 1, "/a": 2, "/old": 1, "/hid": 1, "/slow": 1, "/lost": 0, "/price.pdf": 1}


_GERMAN = {
    "Address": "Adresse", "Status Code": "Statuscode", "Content Type": "Inhaltstyp", "Indexability": "Indexierbarkeit",
    "Crawl Depth": "Crawltiefe", "Title 1": "Titel 1", "Redirect URL": "Weiterleitungs-URL", "Meta Robots 1": "Meta-Robots 1",
    "Type": "Typ", "Source": "Quelle", "Destination": "Ziel", "Alt Text": "Alt-Text", "Anchor": "Ankertext", "Follow": "Folgen",
    "Link Position": "Linkposition",
}  # fmt: skip
_SPANISH = {
    "Address": "Dirección", "Status Code": "Código de respuesta", "Status": "Respuesta", "Content Type": "Tipo de contenido",
    "Indexability": "Indexabilidad", "Crawl Depth": "Nivel de profundidad", "Title 1": "Título 1", "Redirect URL": "URL de redirección",
    "Type": "Tipo", "Source": "Fuente", "Destination": "Destino", "Alt Text": "Texto ALT", "Anchor": "Ancla", "Follow": "Seguir",
    "Link Position": "Posición del enlace",
}  # fmt: skip
_ITALIAN = {
    "Address": "Indirizzo", "Status Code": "Codice di stato", "Status": "Stato", "Content Type": "Tipo di contenuto",
    "Indexability": "Indicizzabilità", "Crawl Depth": "Profondità di scansione", "Redirect URL": "URL di reindirizzamento",
    "Type": "Tipo", "Source": "Sorgente", "Destination": "Destinazione", "Alt Text": "Testo alternativo", "Anchor": "Ancora",
    "Follow": "Segui", "Link Position": "Posizione link",
}  # fmt: skip
_JAPANESE = {
    "Address": "アドレス", "Status Code": "ステータスコード", "Status": "ステータス", "Content Type": "コンテンツタイプ",
    "Indexability": "インデックス可能性", "Crawl Depth": "クロール深度", "Redirect URL": "リダイレクト URL", "Type": "種類",
    "Source": "ソース", "Destination": "リンク先", "Alt Text": "代替テキスト", "Anchor": "アンカー", "Follow": "フォロー",
    "Link Position": "リンクの位置",
}  # fmt: skip
_FRENCH = FRENCH | {
    "Type": "Type", "Source": "Source", "Destination": "Destination", "Alt Text": "Texte Alt", "Anchor": "Ancre", "Follow": "Suivre",
    "Link Position": "Position du lien",
}  # fmt: skip
_UNKNOWN = {name: f"Столбец {place}" for place, name in enumerate(LINKS)}


@pytest.mark.parametrize(
    ("headers", "encoding", "end"),
    [
        (None, "utf-8", "\n"),
        (None, "utf-8-sig", "\r\n"),
        (None, "utf-16", "\r\n"),
        (_FRENCH, "utf-8-sig", "\r\n"),
        (_GERMAN, "cp1252", "\n"),
        (_SPANISH, "utf-8", "\n"),
        (_ITALIAN, "utf-8", "\n"),
        (_JAPANESE, "utf-8", "\n"),
    ],
    ids=["en", "bom-crlf", "utf-16", "fr", "de", "es", "it", "ja"],
)
def test_languages_and_encodings(
    tmp_path: Path, headers: dict[str, str] | None, encoding: str, end: str
) -> None:
    pages, links = _rows()
    (tmp_path / "one.csv").write_bytes(as_csv(pages, PAGES, headers=headers, end=end).encode(encoding))
    (tmp_path / "two.csv").write_bytes(as_csv(links, LINKS, headers=headers, end=end).encode(encoding))
    _check(lk.read_screaming_frog(tmp_path / "one.csv", inlinks=tmp_path / "two.csv"))
    # Recognised by content, whatever the names and the order.
    imported = lk.read(tmp_path / "two.csv", tmp_path / "one.csv", start_url=START)
    assert imported.site is not None
    _check(imported.site)
    assert imported.report["feeds"].tolist() == ["crawl", "crawl"]
    assert imported.site.pages["title"][0] == ("Café")


def test_version_8_has_a_title_row_nine_columns_and_href(tmp_path: Path) -> None:
    pages, links = _rows()
    for row in links:
        row["Type"] = {"Hyperlink": "HREF", "Image": "IMG"}.get(row["Type"], row["Type"])
    (tmp_path / "pages.csv").write_text(
        as_csv(pages, PAGES, headers={"Content Type": "Content"}, title="Internal - All")
    )
    (tmp_path / "links.csv").write_text(as_csv(links, LINKS[:9], title="All Inlinks"))
    _check(lk.read_screaming_frog(tmp_path / "pages.csv", outlinks=tmp_path / "links.csv"), positions=False)


def test_a_language_nobody_knows_is_read_by_order(tmp_path: Path) -> None:
    pages, links = _rows()
    (tmp_path / "pages.csv").write_text(as_csv(pages, PAGES))
    (tmp_path / "links.csv").write_text(as_csv(links, LINKS, headers=_UNKNOWN))
    _check(lk.read_screaming_frog(tmp_path / "pages.csv", inlinks=tmp_path / "links.csv"), positions=False)


@pytest.mark.parametrize(
    ("headers", "names"),
    [
        ({}, {}),
        (
            {"Canonical Link Element 1": "Élément de lien en version canonique 1", "X-Robots-Tag 1": "Balise X-Robots 1",
             "Crawl Depth": "Crawl profondeur", "Redirect URL": "URL de redirection"},
            {"Type": "Type", "Anchor": "Ancrage", "Alt Text": "Texte Alt", "Follow": "Suivre"},
        ),
        # A language, or a version of one, that no list of names holds.
        (
            {"Canonical Link Element 1": "Kanonisches Linkelement 1", "Meta Robots 1": "Robots-Metatag 1", "Crawl Depth": "Tiefe im Crawl",
             "Redirect URL": "Ziel-URL der Weiterleitung"},
            {"Anchor": "Name des Verweises", "Link Position": "Position des Verweises"},
        ),
    ],
    ids=["en", "fr", "unknown"],
)  # fmt: skip
def test_no_column_that_weighs_is_lost_to_its_name(
    tmp_path: Path, headers: dict[str, str], names: dict[str, str]
) -> None:
    pages = [
        dict.fromkeys(PAGES, "") | {"Address": S + path, "Content Type": "text/html", "Status Code": "200", "Title 1": "T"} | more
        for path, more in {
            "/": {"Crawl Depth": "0"},
            "/a": {"Crawl Depth": "1", "Canonical Link Element 1": f"{S}/"},
            "/b": {"Crawl Depth": "1", "Meta Robots 1": "noindex"},
            "/c": {"Crawl Depth": "1", "X-Robots-Tag 1": "noindex"},
            "/d": {"Crawl Depth": "1", "Status Code": "301", "Redirect URL": f"{S}/"},
        }.items()
    ]  # fmt: skip
    links = [
        dict.fromkeys(LINKS, "")
        | {"Type": "Hyperlink", "Source": START, "Destination": S + path, "Anchor": f"to {path}", "Follow": "true", "Link Position": "Footer"}
        for path in ("/a", "/b", "/c", "/d")
    ]  # fmt: skip
    (tmp_path / "pages").write_text(as_csv(pages, PAGES, headers=headers), encoding="utf-8")
    (tmp_path / "links").write_text(as_csv(links, LINKS, headers=names), encoding="utf-8")
    imported = lk.read(tmp_path)
    assert imported.site is not None
    assert metric(imported.site.pages, "indexability_reason") == {
        "/": "indexable", "/a": "canonicalised", "/b": "noindex", "/c": "noindex", "/d": "redirect",
    }  # fmt: skip
    assert imported.site.pages["redirect_to"].dropna().tolist() == [START]
    found = imported.site.sample_links(START)
    assert found["anchor"].tolist() == ["to /a", "to /b", "to /c", "to /d"]
    assert set(found["position"]) == {"footer"}
    assert imported.report[["feeds", "rows", "notes"]].to_numpy().tolist() == [
        ["crawl", 4, "internal hyperlinks"],
        ["crawl", 5, "4 links"],
    ]


def test_the_report_names_what_an_export_lacks_and_what_was_not_read(tmp_path: Path) -> None:
    pages, links = _rows()
    names = [name for name in PAGES if name not in {"Canonical Link Element 1", "Redirect URL"}]
    (tmp_path / "a.csv").write_text(as_csv([*pages, pages[0]], names))
    (tmp_path / "b.csv").write_text(as_csv(links, LINKS))
    (tmp_path / "c.csv").write_text(as_csv(links, LINKS))
    report = lk.read(tmp_path, start_url=START).report
    assert report["notes"].tolist() == [
        "7 links; second row of the same URL: 1; columns not found: canonicals, redirect targets",
        "internal hyperlinks",
        "not read: another file holds the same links",
    ]
    assert report["rejected"].tolist()[0] == 1


@pytest.mark.parametrize(
    ("target", "follow", "missing"),
    [("/not-reached", "true", 1), ("/page.html", "true", 1), ("/not-reached", "false", 0), ("/price-list.pdf", "true", 0)],
)  # fmt: skip
def test_a_crawl_that_stopped_early_is_not_complete(
    tmp_path: Path, target: str, follow: str, missing: int
) -> None:
    pages, links = _rows()
    links.append({**links[0], "Destination": f"{S}{target}", "Follow": follow})
    (tmp_path / "pages.csv").write_text(as_csv(pages, PAGES))
    (tmp_path / "links.csv").write_text(as_csv(links, LINKS))
    site = lk.read(tmp_path).site
    assert site is not None
    reason = f"{missing} linked URLs have no row in the file" if missing else None
    assert (site.manifest.complete, site.manifest.stopped_by) == (not missing, reason)
    told = lk.read(tmp_path, complete=True).site
    assert told is not None
    assert told.manifest.complete


def test_workbooks(tmp_path: Path) -> None:
    for file, rows, names in zip(("pages", "links"), _rows(), (PAGES, LINKS), strict=True):
        with xlsxwriter.Workbook(tmp_path / f"{file}.xlsx") as book:
            sheet = book.add_worksheet("1 - All")
            sheet.write_row(0, 0, names)
            for at, row in enumerate(rows, start=1):
                for place, name in enumerate(names):
                    value = row[name]
                    sheet.write(at, place, int(value) if value.isdigit() else value)
    _check(lk.read_screaming_frog(tmp_path / "pages.xlsx", inlinks=tmp_path / "links.xlsx"))


def test_search_console_columns_and_a_crawl_without_links(tmp_path: Path) -> None:
    pages, _ = _rows()
    for row in pages:
        row["Clicks"] = "1.234" if row["Address"].endswith("/a") else ""
    (tmp_path / "pages.csv").write_text(as_csv(pages, (*PAGES, "Clicks")))
    site = lk.read_screaming_frog(tmp_path / "pages.csv")
    assert metric(site.pages, "clicks")["/a"] == 1234
    assert metric(site.pages, "found_in")["/a"] == 1 + 4
    assert (site.manifest.complete, site.manifest.stopped_by) == (
        False,
        "the export holds no links; add all_inlinks or all_outlinks",
    )


def test_lists_of_other_crawlers(tmp_path: Path) -> None:
    (tmp_path / "urls.csv").write_text(
        f"URL,HTTP Status Code,Indexable,Depth,Page Title\n{S}/,200,Yes,0,Start\n{S}/a,200,Yes,1,A\n{S}/gone,404,No,1,\n"
    )
    (tmp_path / "links.csv").write_text(
        f"Source URL,Target URL,Anchor Text,Location\n{S}/,{S}/a,Tents,Navigation\n{S}/,{S}/gone,Gone,Content\n"
    )
    imported = lk.read(tmp_path, start_url=START)
    assert imported.site is not None
    assert metric(imported.site.pages, "status") == {"/": 200, "/a": 200, "/gone": 404}
    assert imported.site.sample_links(START)[["anchor", "position"]].to_numpy().tolist() == [
        ["Tents", "navigation"],
        ["Gone", "content"],
    ]


def test_errors_say_what_was_seen(tmp_path: Path) -> None:
    pages, links = _rows()
    (tmp_path / "pages.csv").write_text(as_csv(pages, PAGES))
    (tmp_path / "links.csv").write_text(as_csv([row for row in links if row["Type"] == "Image"], LINKS))

    def refused(match: str, internal: Path | None, **given: object) -> None:
        with pytest.raises(lk.SourceError, match=match):
            lk.read_screaming_frog(internal, folder=tmp_path / "site", **given)  # type: ignore[arg-type]
        assert not (tmp_path / "site").exists()

    refused("no export named; expected internal_all", None)
    refused("not a list of URLs of a crawler: found the columns Type, Source", tmp_path / "links.csv")
    (tmp_path / "bare.csv").write_text("Address,Status Code,Title 1\n")
    refused("no row below the header; a list of URLs is expected", tmp_path / "bare.csv")
    refused(
        "no row is a hyperlink; its types are Image", tmp_path / "pages.csv", inlinks=tmp_path / "links.csv"
    )
    refused("no such file", tmp_path / "none.csv")
    refused(
        "no row belongs to the site of https://other.example/",
        tmp_path / "pages.csv",
        start_url="https://other.example/",
    )
    (tmp_path / "again.csv").write_text(as_csv(pages, PAGES))
    with pytest.raises(lk.SourceError, match=r"more than one crawl: .*pages\.csv .*; read them one by one"):
        lk.read(tmp_path / "pages.csv", tmp_path / "again.csv")


def test_depth_is_counted_as_crawlers_do_a_redirect_being_a_step(tmp_path: Path) -> None:
    pages, links = _rows()
    links = [row for row in links if row["Destination"] != f"{S}/a"]
    (tmp_path / "pages.csv").write_text(as_csv(pages, PAGES))
    (tmp_path / "links.csv").write_text(as_csv(links, LINKS))
    site = lk.read_screaming_frog(tmp_path / "pages.csv", inlinks=tmp_path / "links.csv")
    counts = pd.DataFrame({"url": [f"{S}/a"], "crawl_depth": [2.0]}).reindex(
        columns=["url", "inlinks", "unique_inlinks", "outlinks", "unique_outlinks", "crawl_depth"]
    )
    (row,) = agreement(site, counts).to_dict("records")
    assert (row["tool"], row["linkkit"]) == (2, 2)
    assert metric(compute_metrics(site, LinkGraph.from_site(site)), "crawl_depth")["/a"] == 1
    assert np.isnan(tool_counts(tmp_path / "pages.csv")["unique_inlinks"]).all()


@pytest.mark.parametrize(
    ("origin", "seen"),
    [
        ("HTML", 1),
        ("Rendered HTML", 2),
        ("HTML & Rendered HTML", 3),
        ("HTML & Gerendertes HTML", 3),
        ("HTML renderizado", 2),
        ("", 0),
        ("Dynamic", 0),
    ],
)
def test_the_origin_of_a_link_tells_in_which_form_of_the_page_it_stands(
    tmp_path: Path, origin: str, seen: int
) -> None:
    file = tmp_path / "all_inlinks.csv"
    file.write_text(
        "Type,Source,Destination,Anchor,Follow,Link Origin\n"
        f"Hyperlink,{S}/,{S}/a,A,true,{origin}\n",
        "utf-8",
    )  # fmt: skip
    site = lk.read_screaming_frog(None, inlinks=file, start_url=START)
    assert site.engine.arrow("SELECT seen_in FROM links").to_pylist() == [{"seen_in": seen}]
