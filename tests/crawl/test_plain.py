"""What is joined by hand is what the standards' way gives, or is left to it."""

from urllib.parse import urljoin

import ada_url
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from w3lib.url import safe_url_string

from linkkit.crawler.plain import PlainAddresses

PIECES = [
    "a",
    "B-c",
    "x.html",
    "..",
    ".",
    "/",
    "//",
    "?q=1",
    "?",
    "#",
    "#f(a.b,c)",
    "%20",
    "#%3Cinit%3E(a%5B%5d)",
    "http://b-c.example/",
    "https://1.2/",
    "https://xn--a.example/",
    "https://a--b.example/",
    "https://client.example:443/",
    "ä",
    " ",
    ";",
    ":",
    "http:",
    "~",
    "[",
    "\\",
    "@",
]
BASES = st.sampled_from(
    [
        "https://client.example/", "https://client.example/a/b/c.html", "http://client.example:8080/a/", "https://client.example/a?b=c",
        "https://client.example/a/b/c.html#part", "https://Client.example/a", "http://client.example:80/", "https://client.example/a/../b",
        "https://0x7f.1/a", "https://client.example", "ftp://client.example/a", "https://client.example/a//b/", "https://u@client.example/",
    ]
)  # fmt: skip


@given(BASES, st.lists(st.sampled_from(PIECES), max_size=7).map("".join))
@example("https://client.example/a/b/c.html", "../../../x.html")
@example("https://client.example/a/b/c.html", "../x/a?q=1#f")
@example("https://client.example/a?b=c", "#f")
@example("https://client.example/a/b/c.html", "x.html#f(%5b%5D)")
@example("https://client.example/a/b/c.html", "http://b-c.example/x.html?q=1#%20")
def test_by_hand_as_by_the_book(base: str, reference: str) -> None:
    found = PlainAddresses(base).joined(reference)
    if found is not None:
        assert found == ada_url.join_url(base, reference)
        assert found == urljoin(base, safe_url_string(urljoin(base, reference)))


@pytest.mark.parametrize(
    "reference",
    [
        "x.html",
        "../x.html#a(b,c)",
        "/x/y/",
        "#top",
        "../../x?a=b",
        "#%3Cinit%3E()",
        "https://www.client-b.example/a.html",
        "x.html#a(b%5B%5D)",
    ],
)
def test_what_sites_are_made_of_is_plain(reference: str) -> None:
    assert PlainAddresses("https://client.example/docs/api/page.html").joined(reference) is not None
