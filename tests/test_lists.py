"""Plain lists, patterns, page inventories and sitemap files."""

import gzip
from pathlib import Path

import pytest

import linkkit as lk
from linkkit.sources.lists import (
    is_address,
    is_inventory,
    is_list,
    is_pattern,
    pattern,
    read_inventory,
    read_list,
)
from linkkit.sources.recognise import recognise
from linkkit.sources.signals import merge, read_signal
from linkkit.sources.sitemaps import is_sitemap, read_sitemap, unpacked
from linkkit.sources.tabular import Table, open_tables
from tests.site_factory import build


def _table(tmp_path: Path, text: str) -> Table:
    (tmp_path / "given").write_text(text, "utf-8")
    return open_tables(tmp_path / "given")[0]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("https://shop.example/a", True), ("/a/b", True), ("shop.example/a", True), ("www.shop.example", True),
        ("//checkout/", True), ("https://bücher.example/ä", True), ("a page", False), ("12", False), ("12.5", False),
        ("", False), ("Home", False), ("2026-01-01", False), ("mailto:a@b.example", False),
    ],
)  # fmt: skip
def test_what_looks_like_an_address(text: str, address: bool) -> None:
    assert is_address(text) is address


def test_lists_and_what_is_none() -> None:
    assert is_list(["# money", "/a  # tents", "", "https://shop.example/b#buy", "/shop/*", "re:/p/\\d+"])
    assert not is_list(["/a", "a sentence of words"])
    assert not is_list(["# only a comment", ""])
    assert not is_list(["https://shop.example/,https://shop.example/a", "/a;/b"])
    assert is_list(["https://shop.example/tents,size;2"])


def test_a_line_of_words_does_not_make_a_list_a_table_whose_header_is_its_first_page(tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    path.write_text("\n".join([*(f"https://shop.example/{page}" for page in range(12)), "some words"]))
    part = recognise(path)[0]
    assert part.read
    reading = part.read()
    assert (reading.kind, reading.rows["url"].iloc[0], len(reading.rows)) == (
        "list of URLs",
        "https://shop.example/0",
        13,
    )


@pytest.mark.parametrize("name", ["sitemap", "urls", "money_pages"])
def test_one_bad_line_does_not_cost_a_list_that_was_named_as_one(tmp_path: Path, name: str) -> None:
    path = tmp_path / "given"
    path.write_text("https://shop.example/a/\n/b\n\nsee the attached, please\n")
    (reading,) = read_signal(name, path)
    site = build(["/", "/a/", "/b"], ["/ -> /a/", "/ -> /b"])
    told = merge(site, [reading])
    assert (told.accounts[0]["matched"], told.accounts[0]["not used"]) == (2, 1)
    assert told.rejects[["signal", "row", "value", "reason"]].to_numpy().tolist() == [
        [name, 4, "see the attached, please", "names no page"]
    ]
    # A letter in which an address stands is no list, and nor is a file that nobody called one.
    with pytest.raises(lk.SourceError, match="not understood"):
        lk.read(path)
    path.write_text("/a\nDear client,\nplease find attached\n")
    with pytest.raises(lk.SourceError, match=f"for {name} .* is expected"):
        read_signal(name, path)


@pytest.mark.parametrize(
    ("written", "path", "matches"),
    [
        ("/shop/*", "/shop/tents/", True), ("/shop/*", "/shopping", False), ("*/buy", "/a/b/buy", True),
        ("/a.b/*", "/axb/c", False), ("re:/p/\\d+", "/p/12", True), ("re:/p/\\d+", "/p/12/reviews", False),
    ],
)  # fmt: skip
def test_patterns(written: str, path: str, matches: bool) -> None:
    assert is_pattern(written)
    assert (pattern(written).fullmatch(path) is not None) is matches


def test_a_list_with_comments_and_a_faulty_pattern(tmp_path: Path) -> None:
    file = tmp_path / "list"
    file.write_bytes(
        "\ufeff# what earns\r\n/a/  # tents\r\n\r\nhttps://shop.example/b#buy\r\nre:(\r\n/über/\r\n".encode()
    )
    found = read_list(file, "money_pages")
    assert found.rows["url"].tolist() == ["/a/", "https://shop.example/b#buy", "/über/"]
    assert found.rows["row"].tolist() == [2, 4, 6]
    assert found.rows["is_money_page"].all()
    assert found.rejects.to_dict("records")[0]["row"] == 5
    assert "no regular expression" in found.rejects["reason"][0]


def test_an_inventory_leaves_drafts_out(tmp_path: Path) -> None:
    table = _table(
        tmp_path,
        "ID;Title;Post Status;Permalink\n1;Tents;publish;https://shop.example/tents/\n2;Later;draft;https://shop.example/later/\n"
        "3;Boots;publish;/boots/\n4;None;publish;\n",
    )
    assert is_inventory(table)
    found = read_inventory(table)
    assert found.rows[["row", "url"]].to_numpy().tolist() == [
        [2, "https://shop.example/tents/"],
        [4, "/boots/"],
    ]
    assert found.notes == {"drafts and private pages left out": 1}
    assert found.rejects[["row", "reason"]].to_numpy().tolist() == [[5, "no address in the row"]]


def test_a_table_without_addresses_is_no_inventory(tmp_path: Path) -> None:
    table = _table(tmp_path, "name,price\ntent,12\nboot,13\n")
    assert not is_inventory(table)
    with pytest.raises(
        lk.SourceError, match=r"no column of addresses among name, price; expected one called url"
    ):
        read_inventory(table)


_NS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml"'
_ENTRY = (
    '<url><loc> https://shop.example/en/ </loc><xhtml:link rel="alternate" hreflang="de" href="https://shop.example/de/"/>'
    '<xhtml:link rel="alternate" hreflang="en" href="https://shop.example/en/"/></url>'
)


def test_hreflang_alternates_are_noted_not_listed(tmp_path: Path) -> None:
    file = tmp_path / "given"
    file.write_bytes(f"\ufeff<?xml version='1.0'?>\r\n<urlset {_NS}>\r\n{_ENTRY}\r\n</urlset>".encode())
    assert is_sitemap(file.read_bytes())
    found = read_sitemap(file)
    assert found.rows["url"].tolist() == ["https://shop.example/en/"]
    assert found.notes == {"hreflang alternates that no entry lists": 1}


def test_an_index_is_followed_to_the_files_beside_it(tmp_path: Path) -> None:
    (tmp_path / "pages.xml.gz").write_bytes(gzip.compress(f"<urlset {_NS}>{_ENTRY}</urlset>".encode()))
    (tmp_path.parent / "outside.xml").write_text(f"<urlset {_NS}>{_ENTRY}</urlset>")
    entries = "".join(
        f"<sitemap><loc>https://shop.example/{name}</loc></sitemap>"
        for name in ("pages.xml.gz", "missing.xml", "../outside.xml")
    )
    index = tmp_path / "index"
    index.write_text(f"<sitemapindex {_NS}>{entries}</sitemapindex>")
    found = read_sitemap(index)
    assert found.rows["url"].tolist() == ["https://shop.example/en/"]
    assert found.rejects["value"].tolist() == [
        "https://shop.example/missing.xml",
        "https://shop.example/../outside.xml",
    ]
    (tmp_path / "pages.xml.gz").unlink()
    with pytest.raises(
        lk.SourceError, match="an index of 3 sitemaps, which lists no page itself; put the sitemaps"
    ):
        read_sitemap(index)


def test_entities_are_not_expanded_and_bombs_not_unpacked(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("https://shop.example/secret")
    file = tmp_path / "given"
    file.write_text(
        f'<!DOCTYPE urlset [<!ENTITY x SYSTEM "file://{secret}">]><urlset {_NS}>{_ENTRY}<url><loc>&x;</loc></url></urlset>'
    )
    with pytest.raises(lk.SourceError, match="declares entities, which no sitemap needs"):
        read_sitemap(file)
    file.write_bytes(gzip.compress(b" " * 5000))
    with pytest.raises(lk.SourceError, match="a sitemap holds 50 MB at most"):
        unpacked(file, limit=4000)
    file.write_bytes(gzip.compress(b"<urlset>" * 100)[:20])
    with pytest.raises(lk.SourceError, match="the gzip file is damaged"):
        read_sitemap(file)
