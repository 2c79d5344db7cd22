"""URL identity: examples after the WHATWG standard, and what linkkit adds to it."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkkit.urls import (
    UrlError,
    host,
    normalise,
    origin,
    rebase,
    section,
    sibling_origins,
    template_group,
    try_normalise,
    twin_key,
)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("HTTP://EXAMPLE.com", "http://example.com/"),
        ("http://example.com:80/", "http://example.com/"),
        ("https://example.com:443/a", "https://example.com/a"),
        ("https://example.com:8443/a", "https://example.com:8443/a"),
        ("https://example.com/a/./b/../c", "https://example.com/a/c"),
        ("https://example.com/../..", "https://example.com/"),
        ("https://example.com/%2e%2e/a", "https://example.com/a"),
        ("https://example.com/a/%2E%2E/b", "https://example.com/b"),
        ("https://example.com/a#top", "https://example.com/a"),
        ("https://example.com/a?#top", "https://example.com/a"),
        ("https://example.com\\a\\b", "https://example.com/a/b"),
        ("  https://example.com/a\t", "https://example.com/a"),
        ("https://exa\nmple.com/a", "https://example.com/a"),
        ("https:example.com/a", "https://example.com/a"),
        ("https://example.com/a b", "https://example.com/a%20b"),
        ("https://example.com/%7Euser/%41%2d", "https://example.com/~user/A-"),
        ("https://example.com/%e4%f6", "https://example.com/%E4%F6"),
        ("https://example.com/ä", "https://example.com/%C3%A4"),
        ("https://example.com/a%2Fb", "https://example.com/a%2Fb"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("https://xn--bcher-kva.example/", "https://xn--bcher-kva.example/"),
        ("http://[2001:DB8:0:0::1]:8080/x", "http://[2001:db8::1]:8080/x"),
        ("http://0x7f.1/", "http://127.0.0.1/"),
        ("https://user:secret@example.com/a", "https://example.com/a"),
        ("https://a@b@example.com/", "https://example.com/"),
        ("https://example.com/@user", "https://example.com/@user"),
        ("https://example.com/a?b=1&a=2", "https://example.com/a?b=1&a=2"),
        ("https://example.com/a?&b=1&&", "https://example.com/a?b=1"),
        ("https://example.com/a?q=a+b%20c", "https://example.com/a?q=a+b%20c"),
        ("https://example.com/a?UTM_Source=x&gclid=1", "https://example.com/a"),
        ("https://example.com/a?ut%6d_source=x&id=3", "https://example.com/a?id=3"),
        ("https://example.com/a?utm=1&fbclids=2", "https://example.com/a?utm=1&fbclids=2"),
        ("https://example.com/a/", "https://example.com/a/"),
    ],
)
def test_normalise(raw: str, expected: str) -> None:
    assert normalise(raw) == expected
    assert normalise(expected) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("b?c", "https://example.com/x/b?c"),
        ("/b", "https://example.com/b"),
        ("//other.example/b", "https://other.example/b"),
        ("?c", "https://example.com/x/a?c"),
        ("", "https://example.com/x/a"),
        ("#top", "https://example.com/x/a"),
        ("../..", "https://example.com/"),
    ],
)
def test_normalise_relative(raw: str, expected: str) -> None:
    assert normalise(raw, "https://example.com/x/a") == expected


@pytest.mark.parametrize(
    "raw", ["", "a/b", "mailto:a@example.com", "javascript:void(0)", "https://", "http://a b/", "http://[::1"]
)
def test_what_is_no_page_is_refused(raw: str) -> None:
    assert try_normalise(raw) is None
    with pytest.raises(UrlError, match="URL"):
        normalise(raw)


_TEXT = st.text(alphabet=st.sampled_from("aZ0-._~!$&'()*+,;=:@/?#[]%2ef\\ äß\u3002\ud83d"), max_size=25)


@given(_TEXT, _TEXT)
def test_normalise_is_idempotent(path: str, query: str) -> None:
    once = try_normalise(f"https://example.com/{path}?{query}")
    if once is not None:
        assert normalise(once) == once
        assert "#" not in once


@given(st.text(max_size=40))
def test_any_text_is_a_url_or_refused(text: str) -> None:
    once = try_normalise(text)
    assert once is None or (normalise(once) == once and once.startswith(("http://", "https://")))


def test_origin_and_host() -> None:
    assert origin("https://example.com:8443/a?b") == "https://example.com:8443"
    assert (
        host("https://EXAMPLE.com:8443/"),
        host("http://[::1]:80/"),
        host("nothing"),
        host("http://[x/"),
    ) == (
        "example.com",
        "::1",
        "",
        "",
    )


def test_rebase_moves_whole_origins_only() -> None:
    known = ["http://127.0.0.1:80", "http://127.0.0.1:8000"]
    new = "https://www.client.example"
    assert rebase("http://127.0.0.1:8000/a?b#c", known, new) == "https://www.client.example/a?b#c"
    assert rebase("http://127.0.0.1:8000?b", known, new) == "https://www.client.example?b"
    assert rebase("http://127.0.0.1:8000", known, new) == new
    assert rebase("http://127.0.0.1:80001/a", known, new) == "http://127.0.0.1:80001/a"
    assert rebase("https://other.example/a", known, new) == "https://other.example/a"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (
            "https://www.client.example/x",
            {f"{s}://{h}" for s in ("http", "https") for h in ("www.client.example", "client.example")},
        ),
        (
            "http://client.example:8080/",
            {f"{s}://{h}:8080" for s in ("http", "https") for h in ("www.client.example", "client.example")},
        ),
        ("http://127.0.0.1:9/", {"http://127.0.0.1:9", "https://127.0.0.1:9"}),
        ("http://[::1]:9/", {"http://[::1]:9", "https://[::1]:9"}),
        ("http://localhost/", {"http://localhost", "https://localhost"}),
    ],
)
def test_sibling_origins(url: str, expected: set[str]) -> None:
    found = sibling_origins(url)
    assert set(found) == expected
    assert found[0] == origin(url)


@pytest.mark.parametrize(
    ("url", "folder", "group"),
    [
        ("https://x.example/", "/", "/"),
        ("https://x.example/about", "/", "/*"),
        ("https://x.example/about/", "/about/", "/about/"),
        ("https://x.example/shop/tents/corrie-1/", "/shop/", "/shop/*/*/"),
        ("https://x.example/shop/tents/corrie-1.html?x=/y", "/shop/", "/shop/*/*.html"),
        ("https://x.example/guide.PDF", "/", "/*.pdf"),
    ],
)
def test_section_and_template(url: str, folder: str, group: str) -> None:
    assert (section(url), template_group(url)) == (folder, group)


def test_twin_key() -> None:
    twins = ["/Gifts/", "/gifts", "/gifts?colour=red", "/gifts/index.html", "/gifts/INDEX.php", "/gifts/#top"]
    assert len({twin_key(f"https://www.x.example{path}") for path in twins}) == 1
    assert twin_key("http://x.example/a") == twin_key("https://www.x.example/a/")
    apart = [
        "/",
        "/gifts",
        "/gifts?page=2",
        "/gifts?page=3",
        "/gifts?start=20",
        "/gifts/all",
        "/gifts/index2.html",
    ]
    assert len({twin_key(f"https://x.example{path}") for path in apart}) == len(apart)


_WHATWG = json.loads((Path(__file__).parent / "data" / "whatwg_urls.json").read_text("utf-8"))


@pytest.mark.parametrize("case", _WHATWG, ids=[repr(case["input"]) for case in _WHATWG])
def test_cases_of_the_url_standard(case: dict[str, str | None]) -> None:
    """Parsing, host and percent-encoding rules of the WHATWG URL standard, with linkkit's rules on top."""
    given_, base, expected = case["input"], case["base"], case["expected"]
    assert given_ is not None
    assert try_normalise(given_, base) == expected
    if expected is not None:
        assert normalise(expected) == expected


_PIECES = ("http://", "HTTPS://", "www.", "Example.COM", ":443", "/", "//", ".", "..", "%2e", "%2F", "%41", "%c3%a9", "é", "?", "&", "=",
           "utm_source=x", "gclid=1", "a", "B", " ", "\\", "@", ":", "#", "bücher.example", "[::1]", "%", "\t", ";", "'")  # fmt: skip


@given(st.lists(st.sampled_from(_PIECES), max_size=12).map("".join))
def test_normalising_any_url_twice_changes_nothing(text: str) -> None:
    once = try_normalise(text, "https://example.com/base/page")
    if once is not None:
        assert normalise(once) == once
        assert "#" not in once
        names = [part.partition("=")[0] for part in once.partition("?")[2].split("&")]
        assert "utm_source" not in names
