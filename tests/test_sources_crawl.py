"""Crawl files: plain advertools rows with all their quirks, and rows that carry linkkit's own object."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest

import linkkit as lk
from linkkit.site import Site
from tests.site_factory import ORIGIN, metric, paths


def _write(folder: Path, *rows: dict[str, Any] | str, name: str = "crawl.jl") -> Path:
    file = folder / name
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    file.write_text("\n".join(lines) + "\n", "utf-8")
    return file


def _plain(path: str, links: list[tuple[str, str]] = (), **columns: Any) -> dict[str, Any]:  # type: ignore[assignment]
    row: dict[str, Any] = {
        "url": ORIGIN + path,
        "status": 200,
        "resp_headers_Content-Type": "text/html; charset=utf-8",
    }
    if links:
        row |= _columns("links", links) | {"links_nofollow": "@@".join(["False"] * len(links))}
    return row | columns


def _columns(prefix: str, links: list[tuple[str, str]]) -> dict[str, str]:
    return {
        f"{prefix}_url": "@@".join(ORIGIN + target for target, _ in links),
        f"{prefix}_text": "@@".join(text for _, text in links),
    }


def _links(site: Site, path: str = "/") -> list[tuple[str, str | None, str]]:
    frame = site.sample_links(ORIGIN + path)
    anchors = frame["anchor"].astype(object).where(frame["anchor"].notna(), None)
    return list(zip(paths(frame["target"]), anchors, frame["position"], strict=True))


def test_plain_rows(tmp_path: Path) -> None:
    first = _plain(
        "/", [("/a", "Tents"), ("/b#top", ""), ("/a?utm_source=x", "tents")], title="Home@@Second", h1="Hello", depth=0,
        body_text="three short words", links_nofollow="False@@True@@False",
    )  # fmt: skip
    late = _plain("/a", canonical="/b?", meta_desc="About tents", meta_robots="NOINDEX, follow", h1="@@x")
    header = _plain(
        "/b", **{"resp_headers_X-Robots-Tag": "none", "resp_headers_Content-Type": "application/pdf"}
    )
    site = lk.read_crawl(_write(tmp_path, first, late, header))
    pages = site.pages
    assert paths(pages["url"]) == ["/", "/a", "/b"]
    assert site.manifest.complete
    assert site.manifest.rejected == {}
    assert site.start_url == f"{ORIGIN}/"
    assert metric(pages, "title") == {"/": "Home", "/a": None, "/b": None}
    assert metric(pages, "h1") == {"/": "Hello", "/a": "", "/b": None}
    assert metric(pages, "word_count") == {"/": 3, "/a": None, "/b": None}
    assert metric(pages, "canonical") == {"/": None, "/a": f"{ORIGIN}/b", "/b": None}
    assert metric(pages, "robots_noindex") == {"/": False, "/a": True, "/b": True}
    assert metric(pages, "robots_nofollow") == {"/": False, "/a": False, "/b": True}
    assert metric(pages, "discovered_depth") == {"/": 0, "/a": None, "/b": None}
    assert metric(pages, "indexability_reason") == {"/": "indexable", "/a": "noindex", "/b": "not_html"}
    assert _links(site) == [("/a", "Tents", "content"), ("/b", "", "content"), ("/a", "tents", "content")]
    assert site.sample_links(f"{ORIGIN}/")["nofollow"].tolist() == [False, True, False]
    assert site.engine.arrow("SELECT text FROM text").to_pydict() == {"text": ["three short words"]}


def test_an_at_sign_pair_in_an_anchor_costs_the_anchors_of_that_page_only(tmp_path: Path) -> None:
    odd = _plain("/", [("/a", "mail @@ me"), ("/b", "B")])
    site = lk.read_crawl(_write(tmp_path, odd, _plain("/a", [("/b", "Stoves")]), _plain("/b", [("/", "")])))
    assert site.manifest.rejected == {"page whose anchor texts hold @@ (links kept, anchors unknown)": 1}
    assert _links(site) == [("/a", None, "content"), ("/b", None, "content")]
    assert _links(site, "/a") == [("/b", "Stoves", "content")]
    findings = lk.run_audit(site).findings
    assert paths(findings.loc[findings["check_id"] == "empty-anchor", "url"]) == ["/"]


def test_urls_that_do_not_line_up_are_counted(tmp_path: Path) -> None:
    odd = _plain("/", [("/a@@b", "x")])
    site = lk.read_crawl(_write(tmp_path, odd))
    assert site.manifest.rejected == {"page whose link columns do not line up (URLs holding @@)": 1}
    assert _links(site) == []


def test_positions_follow_the_order_of_the_page(tmp_path: Path) -> None:
    menu, body, foot = [("/a", "A"), ("/b", "B")], [("/a", "A"), ("/c", "C")], [("/b", "B"), ("/a", "A")]
    row = _plain("/", [("/", "Logo"), *menu, *body, *foot])
    row |= (
        _columns("header_links", [("/", "Logo"), *menu])
        | _columns("nav_links", menu)
        | _columns("footer_links", foot)
    )
    site = lk.read_crawl(_write(tmp_path, row))
    assert [position for _, _, position in _links(site)] == [
        "header", "navigation", "navigation", "content", "content", "footer", "footer",
    ]  # fmt: skip
    # The same with a menu outside the header, and with anchors that cannot be told apart.
    row = _plain("/", [*menu, *body, *foot])
    row |= _columns("nav_links", menu) | _columns("footer_links", foot)
    row["links_text"] += "@@"
    site = lk.read_crawl(_write(tmp_path, row))
    assert [position for _, _, position in _links(site)] == ["navigation"] * 2 + ["content"] * 2 + [
        "footer"
    ] * 2


def test_redirects_become_pages(tmp_path: Path) -> None:
    end = _plain("/c", redirect_urls=f"{ORIGIN}/a@@{ORIGIN}/b", redirect_reasons="301@@302", redirect_times=2)
    moved = {
        "url": "https://other.example/x",
        "status": 200,
        "redirect_urls": f"{ORIGIN}/out",
        "redirect_reasons": "308",
    }
    site = lk.read_crawl(_write(tmp_path, _plain("/", [("/a", "x"), ("/out", "y")]), end, moved))
    pages = site.pages
    assert metric(pages, "status") == {"/": 200, "/a": 301, "/out": 308, "/b": 302, "/c": 200}
    targets = {
        path: target and target.removeprefix(ORIGIN) for path, target in metric(pages, "redirect_to").items()
    }
    assert targets == {"/": None, "/a": "/b", "/out": "https://other.example/x", "/b": "/c", "/c": None}
    assert site.manifest.rejected == {"page outside the site": 1}
    assert metric(lk.run_audit(site).metrics, "crawl_depth")["/c"] == 1


def test_a_redirect_that_only_adds_tracking_keeps_the_page(tmp_path: Path) -> None:
    row = _plain("/?utm_source=x", redirect_urls=f"{ORIGIN}/", redirect_reasons="302", title="Home")
    site = lk.read_crawl(_write(tmp_path, row))
    assert (metric(site.pages, "status"), metric(site.pages, "title")) == ({"/": 200}, {"/": "Home"})
    assert site.manifest.rejected == {}


def test_bad_lines_and_duplicates_are_counted(tmp_path: Path) -> None:
    whole = json.dumps(_plain("/a"))
    file = _write(
        tmp_path,
        _plain("/", [("/a", "A")]),
        "",
        "[1]",
        '{"no": "url"}',
        _plain("/a"),
        _plain("/a#x"),
        whole[:40],
    )
    site = lk.read_crawl(file)
    assert site.manifest.rejected == {
        "line that is no row of a crawl": 2,
        "second row of the same URL": 1,
        "line that is no JSON (cut short)": 1,
    }
    assert site.manifest.rejected_at == {
        "line that is no row of a crawl": ["crawl.jl:3", "crawl.jl:4"],
        "second row of the same URL": ["crawl.jl:6"],
        "line that is no JSON (cut short)": ["crawl.jl:7"],
    }
    assert lk.load(site.save(tmp_path / "kept").folder).manifest.rejected_at == site.manifest.rejected_at
    assert len(site.pages) == 2


def test_a_place_is_kept_of_the_first_hundred_bad_lines_and_all_are_counted(tmp_path: Path) -> None:
    site = lk.read_crawl(_write(tmp_path, _plain("/"), *["{"] * 150))
    reason = "line that is no JSON (cut short)"
    assert site.manifest.rejected == {reason: 150}
    assert site.manifest.rejected_at[reason] == [f"crawl.jl:{number}" for number in range(2, 102)]


def test_rows_as_pandas_writes_them(tmp_path: Path) -> None:
    row = _plain(
        "/", meta_desc=404, status=200.0, depth=float("nan"), h1="lone \ud83d surrogate", errors=None
    )
    pages = lk.read_crawl(_write(tmp_path, row)).pages
    assert (pages["status"][0], pages["meta_description"][0], pages["h1"][0]) == (
        200,
        "404",
        "lone   surrogate",
    )
    assert pages["discovered_depth"].isna().all()


def test_what_was_not_crawled_makes_it_incomplete(tmp_path: Path) -> None:
    file = _write(
        tmp_path, _plain("/", [("/a", "A"), ("/b", "B")]), {"url": f"{ORIGIN}/a", "errors": "TimeoutError"}
    )
    site = lk.read_crawl(file)
    assert (site.manifest.complete, site.manifest.stopped_by) == (
        False,
        "1 linked URLs have no row in the file",
    )
    assert metric(site.pages, "indexability_reason") == {
        "/": "indexable",
        "/a": "no_response",
        "/b": "not_crawled",
    }
    assert lk.read_crawl(file, complete=True).manifest.complete
    told = lk.read_crawl(_write(tmp_path, _plain("/")), complete=False).manifest
    assert (told.complete, told.stopped_by) == (False, "said to be partial when it was read")


def _own(path: str, links: list[list[Any]] = (), **facts: Any) -> dict[str, Any]:  # type: ignore[assignment]
    url = path if "://" in path else ORIGIN + path
    own = {
        "v": 1,
        "url": url,
        "status": 200,
        "error": None,
        "content_type": "text/html",
        "redirect_to": None,
        "title": None,
    }
    own |= {
        "h1": None,
        "meta_description": None,
        "canonical": None,
        "robots": [],
        "blocked_by_robots": False,
        "lang": None,
    }
    own |= {"depth": None, "seed": False, "word_count": None, "links": list(links)} | facts
    return {"url": url, "status": own["status"], "links_url": "ignored", "linkkit": own}


def test_own_rows(tmp_path: Path) -> None:
    links = [
        [f"{ORIGIN}/a#x", "Tents", "breadcrumb", "", 0, "main>ul"],
        [f"{ORIGIN}/b", "", "content", "ugc noopener", 1, "main"],
        ["https://other.example/", "Out", "footer", "sponsored", 0, "footer"],
        ["https://other.example/", "Out", "footer", "sponsored", 0, "footer"],
        ["mailto:x", "Mail", "footer", "", 0, "footer"],
    ]
    site = lk.read_crawl(
        _write(
            tmp_path,
            _own("/", links, title="Home", lang="en-GB", depth=0, word_count=7, robots=["max-snippet:-1"]),
            _own("/a", robots=["none"], canonical=f"{ORIGIN}/a?utm_source=1"),
            _own("/b", status=None, error="refused"),
            _own("/c", status=None, blocked_by_robots=True),
            _own("/d", status=302, redirect_to=f"{ORIGIN}/a"),
        )
    )
    pages = site.pages
    assert metric(pages, "indexability_reason") == {
        "/": "indexable", "/a": "noindex", "/b": "no_response", "/c": "blocked_by_robots", "/d": "redirect",
    }  # fmt: skip
    assert metric(pages, "error")["/b"] == "refused"
    assert metric(pages, "robots_nofollow") == {"/": False, "/a": True, "/b": False, "/c": False, "/d": False}
    assert metric(pages, "canonical")["/a"] == f"{ORIGIN}/a"
    assert (pages["language"][0], pages["word_count"][0], pages["discovered_depth"][0]) == ("en-GB", 7, 0)
    assert _links(site) == [("/a", "Tents", "breadcrumb"), ("/b", "", "content")]
    assert site.sample_links(f"{ORIGIN}/")[["nofollow", "is_image"]].to_numpy().tolist() == [
        [False, False],
        [True, True],
    ]
    external = site.engine.arrow("SELECT * FROM external_links").to_pylist()
    assert external == [{"source_id": 0, "position": 3, "nofollow": True, "links": 2, "targets": 1}]
    assert site.manifest.rejected == {"link that is no http(s) URL": 1}


@pytest.mark.parametrize(
    "links", [[[]], [[f"{ORIGIN}/a", "A", "content", "", 0, "main"], [f"{ORIGIN}/b"]], [[1] * 6]]
)
def test_links_that_are_none_cost_their_row_and_no_other(tmp_path: Path, links: list[Any]) -> None:
    good = [[f"{ORIGIN}/a", "A", "content", "", 0, "main"]]
    site = lk.read_crawl(_write(tmp_path, _own("/", good), _own("/x", links), _own("/a", good)))
    assert site.manifest.rejected == {"row of a crawl with a value that cannot stand there": 1}
    assert site.manifest.rows["links"] == 2


def test_links_to_other_sites_are_counted_by_page_and_are_no_anchors(tmp_path: Path) -> None:
    file = tmp_path / "edges.csv"
    rows = ["/,https://other.example/,Out,footer", "/a,/,Home,content", "/,https://other.example/#x,Out,footer", "/,/a,A,content"]  # fmt: skip
    file.write_text("source,target,anchor,position\n" + "\n".join(rows))
    site = lk.read_edges(file, start_url=ORIGIN)
    external = site.engine.arrow("SELECT * FROM external_links").to_pylist()
    assert external == [{"source_id": 0, "position": 3, "nofollow": False, "links": 2, "targets": 1}]
    assert sorted(pq.read_table(site.places["anchors"])["text"].to_pylist()) == ["", "A", "Home"]


def test_a_copy_is_stored_under_the_public_address(tmp_path: Path) -> None:
    copy = "http://127.0.0.1:8765"
    rows = [
        _own(
            f"{copy}/", [[f"{copy}/a", "A", "content", "", 0, ""], [f"{ORIGIN}/b", "B", "content", "", 0, ""]]
        ),
        _own(f"{copy}/a", canonical="https://www.shop.example/a", status=200),
        _own(f"{copy}/b", status=301, redirect_to=f"{copy}/a"),
    ]
    site = lk.read_crawl(_write(tmp_path, *rows), public_url=f"{ORIGIN}:443/shop-front")
    assert site.start_url == f"{ORIGIN}/"
    assert paths(site.pages["url"]) == ["/", "/a", "/b"]
    assert metric(site.pages, "redirect_to")["/b"] == f"{ORIGIN}/a"
    assert metric(site.pages, "canonical")["/a"] == "https://www.shop.example/a"
    assert "127.0.0.1" not in site.pages.to_csv()


def test_parts_of_a_crawl_and_a_folder(tmp_path: Path) -> None:
    parts = [
        _write(tmp_path, _plain("/", [("/a", "A")]), name="part-000.jl"),
        _write(tmp_path, _plain("/a"), name="part-001.jl"),
    ]
    site = lk.read_crawl(parts, folder=tmp_path / "site")
    assert lk.load(tmp_path / "site").manifest == site.manifest
    with pytest.raises(lk.SiteError, match="exists already"):
        lk.read_crawl(parts, folder=tmp_path / "site")


def test_start_urls_are_written_in_many_ways(tmp_path: Path) -> None:
    file = _write(tmp_path, _plain("/", [("/a", "A")]), _plain("/a"))
    for start in (
        "HTTPS://Shop.Example:443",
        "https://user:pw@shop.example/#top",
        "https://www.shop.example/",
    ):
        assert len(lk.read_crawl(file, start_url=start).pages) == (3 if "www" in start else 2)
    international = _write(tmp_path, {"url": "https://xn--bcher-kva.example/", "status": 200})
    assert (
        lk.read_crawl(international, start_url="https://bücher.example/").start_url
        == "https://xn--bcher-kva.example/"
    )


def test_errors_say_what_was_expected(tmp_path: Path) -> None:
    with pytest.raises(lk.SourceError, match=r"none\.jl: no such file; give the \.jl file"):
        lk.read_crawl(tmp_path / "none.jl")
    with pytest.raises(
        lk.SourceError, match="no line is a row of a crawl; expected JSON lines with a 'url' key"
    ):
        lk.read_crawl(_write(tmp_path, "url,status", "x,200"))
    file = _write(tmp_path, _plain("/"))
    with pytest.raises(
        lk.SourceError, match=r"no row belongs to https://other\.example; is this the right start URL"
    ):
        lk.read_crawl(file, start_url="https://other.example/", folder=tmp_path / "site")
    with pytest.raises(
        lk.SourceError, match=r"start URL: 'shop\.example' is not a URL; expected one such as"
    ):
        lk.read_crawl(file, start_url="shop.example", folder=tmp_path / "site")
    assert [each.name for each in tmp_path.iterdir()] == ["crawl.jl"]


def test_parquet_of_a_crawl_is_the_crawl(tmp_path: Path) -> None:
    from advertools import crawlytics

    lines = _write(
        tmp_path, _plain("/", [("/a", "Tents"), ("/b", "Boots")]), _plain("/a", [("/", "Home")]), _plain("/b")
    )
    crawlytics.jl_to_parquet(str(lines), str(tmp_path / "crawl.parquet"))
    one, two = lk.read_crawl(lines), lk.read_crawl(tmp_path / "crawl.parquet")
    pd.testing.assert_frame_equal(one.pages, two.pages)
    query = "SELECT l.*, a.text FROM links l JOIN anchors a USING (anchor_id) ORDER BY ALL"
    assert one.engine.arrow(query).equals(two.engine.arrow(query))
    assert one.manifest.rows == two.manifest.rows
    (tmp_path / "cut.parquet").write_bytes((tmp_path / "crawl.parquet").read_bytes()[:-40])
    with pytest.raises(lk.SourceError, match=r"cut\.parquet: a damaged Parquet file"):
        lk.read_crawl(tmp_path / "cut.parquet")


def test_a_start_page_without_links_is_no_complete_crawl(tmp_path: Path) -> None:
    """A home page built by JavaScript leaves one row and no link: nothing can be said of orphans then."""
    site = lk.read_crawl(_write(tmp_path, _plain("/")))
    assert (site.manifest.complete, str(site.manifest.stopped_by)[:27]) == (
        False,
        "the start page has no links",
    )
    checks = lk.run_audit(site).checks.set_index("check_id")
    assert checks.at["orphan-page", "state"] == "not_applicable"
    own = lk.read_crawl(_write(tmp_path, _plain("/", [("/", "Home")]), name="own.jl"))
    assert own.manifest.complete
