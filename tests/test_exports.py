"""Exports of Search Console, GA4 and backlink tools: every format with its quirks, told apart by content."""

import zipfile
from pathlib import Path

import pandas as pd
import pytest
import xlsxwriter

import linkkit as lk
from linkkit.sources.recognise import recognise
from linkkit.sources.signals import read_file, read_signal
from tests.site_factory import START, build, metric

S = START.rstrip("/")
_PAGES = f"{S}/a/,1200,30000,4.86%,3.1\n{S}/b,7,90,7.78%,12\n"
_QUERIES = "tents,900,20000,4.5%,2\nwalking boots,1,10,10%,1\n"


def _file(folder: Path, text: str, name: str = "data", encoding: str = "utf-8") -> Path:
    file = folder / name
    file.write_bytes(text.encode(encoding))
    return file


def _rows(name: str, file: Path) -> pd.DataFrame:
    (reading,) = read_signal(name, file)
    return reading.rows


def _zip(folder: Path, members: dict[str, str]) -> Path:
    file = folder / "export"
    with zipfile.ZipFile(file, "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return file


# Search Console


@pytest.mark.parametrize(
    "header",
    [
        "Top pages,Clicks,Impressions,CTR,Position",
        "Die häufigsten Seiten,Klicks,Impressionen,CTR,Position",
        "Pages les plus populaires,Clics,Impressions,CTR,Position",
        "Páginas principales,Clics,Impresiones,CTR,Posición",
        "Pagine principali,Clic,Impressioni,CTR,Posizione",
        "上位のページ,クリック数,表示回数,CTR,掲載順位",
        "Ключевые страницы,Kлики,Показы,CTR,Позиция",
        "En çok ziyaret edilen sayfalar,Tıklamalar,Gösterimler,TO,Konum",
    ],
)
def test_performance_in_any_language(tmp_path: Path, header: str) -> None:
    rows = _rows("search_console", _file(tmp_path, f"{header}\n{_PAGES}"))
    assert rows[["url", "clicks", "impressions"]].to_numpy().tolist() == [
        [f"{S}/a/", 1200, 30000],
        [f"{S}/b", 7, 90],
    ]


def test_performance_zip_has_other_sheets_too(tmp_path: Path) -> None:
    file = _zip(
        tmp_path,
        {
            "Suchanfragen.csv": f"Häufigste Suchanfragen,Klicks,Impressionen,CTR,Position\n{_QUERIES}",
            "Seiten.csv": f"Die häufigsten Seiten,Klicks,Impressionen,CTR,Position\n{_PAGES}",
            "Filter.csv": "Filter,Wert\nSuchtyp,Web\nDatum,Letzte 3 Monate\n",
            "Leer.csv": "",
            "Darstellung.csv": "Darstellung in der Suche,Klicks,Impressionen,CTR,Position\n",
        },
    )
    parts = recognise(file)
    assert [part.signal for part in parts] == [None, "search_console", None, None]
    assert parts[3].kind.startswith("no row below the header ('Darstellung in der Suche'")
    assert _rows("search_console", file)["clicks"].tolist() == [1200, 7]
    report = lk.read(file, site=build(["/", "/a/"], ["/ -> /a/"])).report
    assert report["feeds"].tolist() == ["nothing", "nothing", "nothing", "search_console"]
    assert report["matched"].tolist()[3:] == [1]


def test_performance_workbook_of_numbers(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "x.xlsx") as book:
        book.add_worksheet("Chart").write_row(0, 0, ["Date", "Clicks", "Impressions", "CTR", "Position"])
        sheet = book.add_worksheet("Pages")
        sheet.write_row(0, 0, ["Top pages", "Clicks", "Impressions", "CTR", "Position"])
        sheet.write_row(1, 0, [f"{S}/a/", 1200, 30000, 0.0486, 3.1])
    assert _rows("search_console", tmp_path / "x.xlsx")[["clicks", "impressions"]].to_numpy().tolist() == [
        [1200, 30000]
    ]


def test_performance_that_compares_two_periods(tmp_path: Path) -> None:
    header = "Top pages,Clicks A,Clicks B,Impressions A,Impressions B,CTR A,CTR B,Position A,Position B"
    file = _file(tmp_path, f"{header}\n{S}/a/,12,99,300,999,4%,9.9%,3.1,9\n")
    assert _rows("search_console", file)[["clicks", "impressions"]].to_numpy().tolist() == [[12, 300]]


@pytest.mark.parametrize(
    "header",
    [
        "query,page,clicks,impressions,ctr,position",
        "Query,Landing Page,Url Clicks,Impressions,URL CTR,Average Position",
        "Suchanfrage,Zielseite,URL-Klicks,Impressionen,URL-CTR,Durchschnittliche Position",
        "Requête,Page de destination,Clics,Impressions,CTR,Position moyenne",
    ],
)
def test_queries_and_pages_are_added_up_by_page(tmp_path: Path, header: str) -> None:
    rows = f"tent,{S}/a/,3.0,1000,0.003,3\nboots,{S}/b,1,20,0.05,8.5\ntents,{S}/a/,2,10,0.2,4\ncamp,{S}/b,many,1,0,1\n"
    site = build(["/", "/a/", "/b"], ["/ -> /a/, /b"])
    imported = lk.read(_file(tmp_path, f"{header}\n{rows}"), site=site)
    assert imported.site is not None
    found = [metric(imported.site.pages, name) for name in ("clicks", "impressions")]
    assert [[each["/a/"], each["/b"]] for each in found] == [[5, 1], [1010, 20]]
    (row,) = imported.report.to_dict("records")
    assert (row["recognised"], row["feeds"]) == ("Search Console queries and pages", "search_console")
    assert row["notes"].startswith("rows of a query each (Google leaves out rare queries, so that clicks and")
    assert imported.rejects[["row", "reason"]].to_numpy().tolist() == [
        [5, "no number of clicks or impressions"]
    ]


@pytest.mark.parametrize(
    ("text", "column", "counted", "copies"),
    [
        # A page has one row of its own; a table that names it with other numbers too tells something else apart, and is added up.
        (f"Top pages,Clicks,Impressions,CTR,Position\n{_PAGES}{_PAGES}", "clicks", [1200, 7], 2),
        (
            f"Top pages,Clicks,Impressions,CTR,Position\n{_PAGES}{_PAGES}{S}/b,1,9,11%,3\n",
            "clicks",
            [2400, 15],
            0,
        ),
        (f"query,page,clicks,impressions\nx,{S}/a/,3,9\nx,{S}/a/,3,9\ny,{S}/a/,3,9\n", "clicks", [6], 1),
        (f"query,page,clicks,impressions\nx,{S}/a/,3,9\nx,{S}/a/,3,9\nx,{S}/a/,2,9\n", "clicks", [8], 0),
        (f"Target page,Incoming links,Linking sites\n{S}/a/,12,5\n{S}/a/,12,5\n", "backlinks", [12], 1),
        (
            f"target,referring_domains,backlinks\n{S}/a/,5,12\n{S}/a/,5,12\n{S}/b,1,1\n",
            "backlinks",
            [12, 1],
            1,
        ),
        (
            f"Source URL,Target URL,Anchor\nhttps://x.com/1,{S}/a/,tent\nhttps://x.com/1,{S}/a/,tent\nhttps://x.com/1,{S}/a/,here\n",
            "backlinks",
            [2],
            1,
        ),
    ],
)
def test_a_row_that_was_pasted_twice_counts_once(
    tmp_path: Path, text: str, column: str, counted: list[int], copies: int
) -> None:
    imported = lk.read(_file(tmp_path, text), site=build(["/", "/a/", "/b"], ["/ -> /a/", "/ -> /b"]))
    assert imported.site is not None
    found = metric(imported.site.pages, column)
    assert [found[path] for path in ("/a/", "/b")[: len(counted)]] == counted
    note = f"rows that repeat another one whole, counted once: {copies}"
    assert (note in imported.report["notes"][0]) == (copies > 0)


def test_rows_that_are_cut_short_are_listed(tmp_path: Path) -> None:
    file = _file(tmp_path, f"Top pages,Clicks,Impressions,CTR,Position\n{_PAGES}{S}/c\n")
    imported = lk.read(file, site=build(["/", "/a/"], ["/ -> /a/"]))
    assert imported.rejects.to_dict("records") == [
        {
            "signal": "search_console",
            "file": str(file),
            "row": 4,
            "value": f"{S}/c",
            "reason": "1 of 5 columns",
        }
    ]
    assert imported.report[["rows", "matched", "not_crawled", "outside", "rejected"]].to_numpy().tolist() == [
        [3, 1, 1, 0, 1]
    ]


@pytest.mark.parametrize(
    "name", ["Target page", "Zielseite", "Page cible", "Página de destino", "リンク先ページ"]
)
def test_links_report(tmp_path: Path, name: str) -> None:
    rows = _rows(
        "backlinks", _file(tmp_path, f'{name},Incoming links,Linking sites\n{S}/a/,"1,234",56\n{S}/b,3,1\n')
    )
    assert rows[["url", "backlinks", "referring_domains"]].to_numpy().tolist() == [
        [f"{S}/a/", 1234, 56],
        [f"{S}/b", 3, 1],
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Linking page,Last crawled\nhttps://one.example/,2026-01-01\n",
        f"Top queries,Clicks,Impressions,CTR,Position\n{_QUERIES}",
        f"Target page,Internal links\n{S}/a/,12\n",
        "Site,Linking pages,Target pages\none.example,3,1\n",
    ],
)
def test_reports_that_name_no_page_say_so(tmp_path: Path, text: str) -> None:
    with pytest.raises(lk.SourceError, match="another sheet of a Search Console export, which names no page"):
        lk.read(_file(tmp_path, text))


# GA4


def test_ga4_blocks_comments_and_languages(tmp_path: Path) -> None:
    text = (
        "# ----------\n# Seiten und Bildschirme\n# Konto: Shop\n# Startdatum: 20260101\n\n"
        "Tag,Sitzungen\n0,10\n1,12\n\n# Startdatum: 20260101\n"
        "Seitenpfad und Bildschirmklasse,Aufrufe,Sitzungen,Interaktionsrate,Schlüsselereignisse\n"
        '/a/,60,"1.040","0,5",2\n,1,1,1,1\n/b,3,2,"0,25",0\n/c\n\n# Startdatum: 20260101\n'
        "Seitenpfad und Bildschirmklasse,Sitzungen\n/a/,9999\n"
    )
    (reading,) = read_signal("analytics", _file(tmp_path, text))
    rows = reading.rows.set_index("url")
    assert rows.loc["/a/", ["sessions", "conversions", "engagement_rate"]].tolist() == [1040, 2, 0.5]
    assert rows.loc["/b", ["sessions", "conversions", "engagement_rate"]].tolist() == [2, 0, 0.25]
    assert reading.rejects["reason"].tolist() == ["1 of 5 columns"]
    assert reading.kind == "GA4 pages and screens"


@pytest.mark.parametrize(
    ("text", "url", "sessions", "kind"),
    [
        (
            "Landing page,Sessions,Key events\n/a/?utm_source=x,5,1\n",
            "/a/?utm_source=x",
            5,
            "GA4 landing pages",
        ),
        (
            "Page path and screen class,Views\n/a/,5\n",
            "/a/",
            5,
            "GA4 pages and screens (views stand for sessions)",
        ),
        ("Hostname,Page path,Sessions\nshop.example,/a/,5\n", "shop.example/a/", 5, "GA4 pages and screens"),
        (
            f"Full page URL;Active users\n{S}/a/;5\n",
            f"{S}/a/",
            5,
            "GA4 pages and screens (active users stand for sessions)",
        ),
        ("Chemin de la page et classe de l'écran,Sessions\n/a/,5\n", "/a/", 5, "GA4 pages and screens"),
        ("Ruta de página y clase de pantalla,Sesiones\n/a/,5\n", "/a/", 5, "GA4 pages and screens"),
        ("Percorso pagina e classe schermata,Sessioni\n/a/,5\n", "/a/", 5, "GA4 pages and screens"),
        ("ページパスとスクリーン クラス,セッション\n/a/,5\n", "/a/", 5, "GA4 pages and screens"),
    ],
)
def test_ga4_forms(tmp_path: Path, text: str, url: str, sessions: float, kind: str) -> None:
    (reading,) = read_signal("analytics", _file(tmp_path, text))
    assert reading.rows[["url", "sessions"]].to_numpy().tolist() == [[url, sessions]]
    assert reading.kind == kind


def test_ga4_transitions_become_a_table_of_the_site(tmp_path: Path) -> None:
    text = (
        "# Account: Shop\nPrevious page path,Page path,Views\n/,/a/,40\n/,/a,2\n(entrance),/,90\n/a/,/a/,3\n/a/,/new,1\n"
        "https://news.example/,/,5\n/a/,(not set),7\n/a/,/b,-\n"
    )
    site = build(["/", "/a/", "/b"], ["/ -> /a/", "/a/ -> /b"])
    imported = lk.read(_file(tmp_path, text), site=site)
    assert imported.site is not None
    steps = imported.site.engine.arrow(
        "SELECT s.url AS source, t.url AS target, transitions FROM transitions JOIN pages s ON s.page_id = source_id "
        "JOIN pages t ON t.page_id = target_id ORDER BY ALL"
    ).to_pylist()
    assert steps == [
        {"source": f"{S}/", "target": f"{S}/a/", "transitions": 42.0},
        {"source": f"{S}/a/", "target": f"{S}/new", "transitions": 1.0},
    ]
    assert metric(imported.site.pages, "found_in")["/a/"] == 1 + 8
    assert sorted(imported.rejects["reason"]) == ["names no page", "no count"]
    assert _entrances(imported.site) == {"/": 95.0}
    assert (
        "rows of entrances: 1; reloads left out: 1; rows of entrances from other sites: 1"
        in imported.report["notes"][0]
    )
    # Signals added later keep them.
    again = lk.add_signals(imported.site, urls=["/b"])
    assert again.manifest.rows["transitions"] == 3
    # A report of landing pages counts entrances better; the steps stay.
    landed = lk.read(
        _file(tmp_path, "# Account: Shop\nLanding page,Sessions\n/,80\n/b,6\n", "landing"), site=again
    )
    assert landed.site is not None
    assert _entrances(landed.site) == {"/": 80.0, "/b": 6.0}
    assert landed.site.manifest.rows["transitions"] == 4


def _entrances(site: lk.Site) -> dict[str, float]:
    sql = "SELECT url, transitions FROM transitions JOIN pages ON page_id = target_id WHERE source_id = -1"
    return {row["url"].removeprefix(S): row["transitions"] for row in site.engine.arrow(sql).to_pylist()}


def test_visits_of_landing_pages_are_not_counted_twice(tmp_path: Path) -> None:
    pages = _file(tmp_path, "# Account: Shop\nPage path and screen class,Sessions\n/,100\n/a/,40\n", "pages")
    landing = _file(tmp_path, "# Account: Shop\nLanding page,Sessions\n/,70\n/b,5\n", "landing")
    imported = lk.read(pages, landing, site=build(["/", "/a/", "/b"], ["/ -> /a/", "/a/ -> /b"]))
    assert imported.site is not None
    assert metric(imported.site.pages, "sessions") == {"/": 100, "/a/": 40, "/b": 5}
    assert _entrances(imported.site) == {"/": 70.0, "/b": 5.0}


def test_searches_of_visitors_are_one_page(tmp_path: Path) -> None:
    text = "# Account: Shop\nPrevious page path,Page path,Views\n/,/search?q=red+tent&page=2,4\n/,/search?q=boots,3\n/search?q=boots,/a/,2\n"
    site = build(["/", "/a/"], ["/ -> /a/"])
    imported = lk.read(_file(tmp_path, text), site=site)
    assert imported.site is not None
    assert imported.site.pages["url"].tolist() == [f"{S}/", f"{S}/a/", f"{S}/search?q="]
    steps = imported.site.engine.arrow("SELECT * FROM transitions ORDER BY ALL").to_pylist()
    assert [(row["source_id"], row["target_id"], row["transitions"]) for row in steps] == [
        (0, 2, 7.0),
        (2, 1, 2.0),
    ]


# Backlinks


def _tab(*rows: tuple[str, ...]) -> str:
    return "\r\n".join("\t".join(f'"{cell}"' for cell in row) for row in rows)


def test_ahrefs_lost_links_redirects_and_tracking(tmp_path: Path) -> None:
    text = _tab(
        ("Referring page title", "Referring page URL", "Domain rating", "Target URL", "Anchor", "Type", "Nofollow", "UGC", "Sponsored", "Lost status"),
        ("two\nlines", "https://one.co.uk/1", "50", f"{S}/a/?utm_source=x", "x", "text", "false", "false", "false", ""),
        ("t", "https://www.one.co.uk/2", "50", f"{S}/a", "x", "text", "false", "false", "false", ""),
        ("t", "https://two.example.com/", "50", "http://www.shop.example/a/", "x", "text", "false", "false", "false", ""),
        ("t", "https://three.com/", "9", f"{S}/a/", "x", "text", "true", "false", "false", ""),
        ("t", "https://four.com/", "9", f"{S}/a/", "x", "text", "false", "true", "false", ""),
        ("t", "https://five.com/", "9", f"{S}/a/", "x", "text", "false", "false", "true", ""),
        ("t", "https://six.com/", "9", f"{S}/a/", "x", "text", "false", "false", "false", "Link removed"),
    )  # fmt: skip
    imported = lk.read(_file(tmp_path, text, encoding="utf-16"), site=build(["/", "/a/"], ["/ -> /a/"]))
    assert imported.site is not None
    assert metric(imported.site.pages, "backlinks")["/a/"] == 3
    # Counted after the spellings of a page were joined: no domain counts twice.
    assert metric(imported.site.pages, "referring_domains")["/a/"] == 2
    (row,) = imported.report.to_dict("records")
    assert (row["recognised"], row["rows"], row["matched"]) == ("Ahrefs backlinks", 3, 3)
    assert row["notes"] == "lost links left out: 1; nofollow, ugc and sponsored links left out: 3"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (
            f"Page ascore,Source title,Source url,Target url,Anchor,External links,Nofollow,Sponsored,Ugc,Lost link\n"
            f"30,t,https://one.com/x,{S}/a/,a,5,false,false,false,false\n30,t,https://two.com/x,{S}/a/,a,5,FALSE,false,false,true\n",
            "Semrush backlinks",
        ),
        (
            f"Target URL,Source URL,Anchor Text,Source TrustFlow,Source CitationFlow,Flag NoFollow,Date Lost\n"
            f"{S}/a/,https://one.com/x,a,10,12,-,\n{S}/a/,https://two.com/x,a,1,2,+,\n{S}/a/,https://three.com/x,a,1,2,-,2026-01-01\n",
            "Majestic backlinks",
        ),
        (
            f"URL,Title,Anchor Text,Spam Score,Page Authority,Domain Authority,Link Type,Target URL\n"
            f"https://one.com/x,t,a,1,20,30,Follow,{S}/a/\nhttps://two.com/x,t,a,1,20,30,No Follow,{S}/a/\n",
            "Moz backlinks",
        ),
        (
            f"URL,Title,Anchor Text,PA,DA,Spam Score,Target URL,Link State\n"
            f"one.com/x,t,a,1,2,3%,{S}/a/,active\nhttps://two.com/x,t,a,1,2,3%,{S}/a/,lost\nhttps://three.com/x,t,a,1,2,3%,{S}/a/,Deleted\n",
            "Moz backlinks",
        ),
        # Few linking sites and a type of link do not make a crawl of it; names may be written as one word.
        (
            f"SourceURL,TargetURL,AnchorText,SourceTrustFlow,LinkType\nhttps://one.com/x,{S}/a/,a,10,TextLink\n"
            f"https://two.com/x,{S}/a/,a,1,NoFollow\n",
            "Majestic backlinks",
        ),
        (f"source,target\nhttps://one.com/x,{S}/a/\n", "list of backlinks"),
        (f"Target page;Incoming links;Linking sites\n{S}/a/;1;1\n", "Search Console links report"),
        ("target,referring_domains\n/a/,1\n", "pages with referring domains"),
        (f"Page URL,URL rating,Referring domains,Backlinks\n{S}/a/,12,1,1\n", "Ahrefs linked pages"),
        (
            f"Page title,Page URL,HTTP code,UR,Referring domains,Links\nA,{S}/a/,200,9,1,7\n",
            "pages with referring domains",
        ),
        (
            f"Source url,Response code,Backlinks,Domains,Last seen\n{S}/a/,200,9,1,2026-01-01\n",
            "Semrush linked pages",
        ),
        # The heading of row numbers is no comment.
        (f'"#","UR","Page URL","Referring domains"\n"1","9","{S}/a/","1"\n', "pages with referring domains"),
    ],
)
def test_tools(tmp_path: Path, text: str, kind: str) -> None:
    imported = lk.read(_file(tmp_path, text), site=build(["/", "/a/"], ["/ -> /a/"]))
    assert imported.site is not None
    assert imported.report["recognised"].tolist() == [kind]
    assert metric(imported.site.pages, "referring_domains") == {"/": None, "/a/": 1}


def test_one_cell_that_is_no_number_costs_its_row_only(tmp_path: Path) -> None:
    file = _file(tmp_path, "target;referring_domains\n/a/;1.234\n/b;n/a\n/c;2\n/b;-5\n")
    imported = lk.read(file, site=build(["/", "/a/", "/b", "/c"], ["/ -> /a/"]))
    assert imported.site is not None
    assert metric(imported.site.pages, "referring_domains") == {"/": None, "/a/": 1234, "/b": None, "/c": 2}
    assert imported.rejects[["row", "value", "reason"]].to_numpy().tolist() == [
        [3, "n/a", "no number of referring domains"],
        [5, "-5", "no number of referring domains"],
    ]


def test_analytics_in_a_language_that_nobody_wrote_down(tmp_path: Path) -> None:
    text = '# Conta\n# 20260101-20260131\nCaminho da página e classe da tela,Visualizações,Usuários ativos\n/,10,5\n/a/,"1.200",1\n'
    (reading,) = read_signal("analytics", _file(tmp_path, text))
    assert reading.kind == "GA4 pages, by position ('Visualizações' stands for sessions)"
    assert reading.rows[["url", "sessions"]].to_numpy().tolist() == [["/", 10], ["/a/", 1200]]


@pytest.mark.parametrize(
    ("previous", "page", "count"),
    [
        ("Vorheriger Seitenpfad", "Seitenpfad", "Aufrufe"),
        ("Chemin de la page précédente", "Chemin de la page", "Vues"),
        ("Percorso pagina precedente", "Percorso pagina", "Sessioni"),
    ],
)
def test_steps_in_other_languages_are_no_page_views(
    tmp_path: Path, previous: str, page: str, count: str
) -> None:
    file = _file(tmp_path, f"# Konto\n{previous},{page},{count}\n/,/a/,40\n")
    assert _rows("transitions", file)[["previous", "url", "transitions"]].to_numpy().tolist() == [
        ["/", "/a/", 40]
    ]


def test_backlinks_of_several_tools_are_not_added_up(tmp_path: Path) -> None:
    one = _file(tmp_path, f"source,target\nhttps://one.com/x,{S}/a/\nhttps://two.com/x,{S}/a/\n", "one")
    two = _file(
        tmp_path,
        f"Source url,Target url,Nofollow\nhttps://two.com/x,{S}/a/,false\nhttps://three.com/y,{S}/a/,false\n",
        "two",
    )
    three = _file(tmp_path, "target,referring_domains,backlinks\n/a/,2,9\n/b,4,4\n", "three")
    imported = lk.read(one, two, three, site=build(["/", "/a/", "/b"], ["/ -> /a/", "/ -> /b"]))
    assert imported.site is not None
    assert metric(imported.site.pages, "referring_domains") == {"/": None, "/a/": 3, "/b": 4}
    assert metric(imported.site.pages, "backlinks") == {"/": None, "/a/": 9, "/b": 4}


# What is what

_EVERY = {
    "Search Console pages": f"Top pages,Clicks,Impressions,CTR,Position\n{_PAGES}",
    "Search Console links report": f"Target page,Incoming links,Linking sites\n{S}/a/,3,1\n",
    "GA4 pages": "Landing page,Sessions\n/a/,5\n",
    "GA4 page transitions": "Previous page path,Page path,Views\n/,/a/,40\n",
    "Search Console queries and pages": f"query,page,clicks,impressions,ctr,position\ntent,{S}/a/,1,9,0.1,3\n",
    "backlink export": f"Referring page URL,Target URL\nhttps://one.com/,{S}/a/\n",
    "list of URLs from a crawler": f"Address,Content Type,Status Code,Indexability\n{S}/,text/html,200,Indexable\n",
    "list of links from a crawler": f"Type,Source,Destination,Anchor,Follow\nHyperlink,{S}/,{S}/a/,x,true\n",
    "edge list": f"source,target,anchor\n{S}/,{S}/a/,x\n",
    "page inventory": f"id,permalink,post status\n1,{S}/a/,publish\n",
    "access log": '1.2.3.4 - - [10/Oct/2026:13:55:36 +0000] "GET /a/ HTTP/1.1" 200 9 "-" "Googlebot/2.1"\n',
    "XML sitemap": "<urlset><url><loc>/a/</loc></url></urlset>",
    "list of addresses": f"{S}/a/\n/b # home\n",
    "advertools crawl": f'{{"url": "{S}/", "status": 200}}\n',
}


@pytest.mark.parametrize("kind", _EVERY)
@pytest.mark.parametrize("name", ["backlinks.xlsx", "internal_all.csv", "no name"])
def test_each_kind_is_recognised_as_itself_whatever_its_name(tmp_path: Path, kind: str, name: str) -> None:
    (part,) = recognise(_file(tmp_path, _EVERY[kind], name))
    assert part.kind == kind
    assert (part.signal is None) != (part.crawl is None)


@pytest.mark.parametrize(
    ("content", "match"),
    [
        (
            b"Date,Weather\n1,rain\n",
            "not understood; seen: a table with the columns 'Date', 'Weather'; its first row: '1', 'rain'. Expected: a crawl",
        ),
        (b"Dear client,\nplease find attached the report of last month.\n", "not understood; seen: "),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "not understood; seen: a PDF document. Expected: a crawl"),
        (
            b"<!DOCTYPE html>\n<html><body>x</body></html>",
            r"not understood; seen: a web page \(HTML\). Expected: a crawl",
        ),
        (
            b'<?xml version="1.0"?><!-- made --><rss version="2.0"/>',
            "seen: an XML document of <rss>. Expected: a crawl",
        ),
        (
            b'{"status": 200, "request": "GET / HTTP/1.1"}\n',
            "not understood; seen: JSON with status, request. Expected",
        ),
        (b"Top pages,Clicks\n", r"no row below the header \('Top pages', 'Clicks'\)"),
        (
            b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x01\xff\xfe\x00" * 40,
            "binary file|no text|not understood",
        ),
        (b"PK\x03\x04 broken", "a damaged zip or workbook"),
        (b"\x1f\x8b broken", "the gzip file is damaged"),
        (b"PAR1 broken", "a damaged Parquet file"),
        (b"", "the file is empty"),
        (b"\xef\xbb\xbf\r\n", "the file is empty"),
    ],
)
def test_what_is_not_understood_says_what_was_seen_and_is_expected(
    tmp_path: Path, content: bytes, match: str
) -> None:
    file = tmp_path / "thing.dat"
    file.write_bytes(content)
    with pytest.raises(lk.SourceError, match=match) as caught:
        lk.read(file)
    assert "thing.dat" in str(caught.value)


def test_a_folder_of_everything(tmp_path: Path) -> None:
    skipped = {"edge list", "advertools crawl"}
    for place, (kind, text) in enumerate(_EVERY.items()):
        if kind not in skipped:
            _file(tmp_path, text, f"file{place:02d}")
    imported = lk.read(tmp_path, start_url=START)
    assert imported.site is not None
    assert set(imported.site.manifest.signals) == {
        "search_console", "backlinks", "analytics", "transitions", "urls", "logs", "sitemap",
    }  # fmt: skip
    assert metric(imported.site.pages, "found_in")["/a/"] == 1 + 2 + 4 + 8 + 16 + 32 + 64 - 1
    with pytest.raises(lk.SourceError, match="holds no file"):
        lk.read(Path(tmp_path / "empty").mkdir() or tmp_path / "empty")
    with pytest.raises(lk.SourceError, match="no file named"):
        lk.read()
    with pytest.raises(lk.SourceError, match="lists='pages': a list of addresses is one of"):
        lk.read(tmp_path, lists="pages")


def test_lists_stand_for_what_the_analyst_says(tmp_path: Path) -> None:
    file = _file(tmp_path, "/a/\n")
    site = build(["/", "/a/"], ["/ -> /a/"])
    for lists, found in (("urls", 65), ("sitemap", 3), ("money_pages", 65)):
        imported = lk.read(file, site=site, lists=lists)
        assert imported.site is not None
        assert metric(imported.site.pages, "found_in")["/a/"] == found
        assert imported.site.pages["is_money_page"].notna().all() == (lists == "money_pages")
    patterns = lk.read(_file(tmp_path, "/a*\n/nothing/*\n"), site=site)
    assert patterns.report["feeds"].tolist() == ["money_pages"]
    assert patterns.rejects["reason"].tolist() == ["no indexable page matches"]


def test_without_a_crawl_files_are_told_and_wait(tmp_path: Path) -> None:
    imported = lk.read(_file(tmp_path, _EVERY["GA4 pages"]))
    assert imported.site is None
    assert imported.report[["feeds", "rows"]].to_numpy().tolist() == [["analytics", 1]]
    with pytest.raises(lk.SourceError, match="does not tell where the site starts; give start_url"):
        lk.read(_file(tmp_path, _EVERY["edge list"]))


def test_spam_is_no_backlink(tmp_path: Path) -> None:
    toxic = tmp_path / "toxic.csv"
    toxic.write_text(
        "Source URL,Target URL,Toxicity score,Lost\n"
        "https://a.example/,https://shop.example/,60,\n"
        "https://b.example/,https://shop.example/,59,\n"
        "https://c.example/,https://shop.example/,61%,\n"
        "https://d.example/,https://shop.example/,,true\n"
        "https://e.example/,https://shop.example/,,\n"
    )
    flagged = tmp_path / "flagged.csv"
    flagged.write_text(
        "Source URL,Target URL,Is spam\nhttps://a.example/,https://shop.example/,true\nhttps://b.example/,https://shop.example/,false\n"
    )
    one, other = (read_file(path)[0] for path in (toxic, flagged))
    assert one.rows["domain"].tolist() == ["b.example", "e.example"]
    assert one.notes == {"lost links left out": 1, "spam links left out": 2}
    assert (other.rows["domain"].tolist(), other.notes) == (["b.example"], {"spam links left out": 1})


def test_a_row_without_linking_page_or_from_the_pages_own_host_is_no_backlink(tmp_path: Path) -> None:
    links = tmp_path / "links.csv"
    links.write_text(
        "Source URL,Target URL\nhttps://a.example/,https://shop.example/\nhttps://www.a.example/2,https://shop.example/\n"
        ",https://shop.example/\nhttp://www.shop.example/blog/,https://shop.example/\nhttps://b.example/,https://shop.example/\n"
    )
    reading = read_file(links)[0]
    assert reading.rows["domain"].tolist() == ["a.example", "a.example", "b.example"]
    assert reading.rejects[["row", "reason"]].to_numpy().tolist() == [
        [4, "no address of a linking page"],
        [5, "a link from the page's own host"],
    ]
