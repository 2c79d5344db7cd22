"""What an editor could link: kept by the crawl, or told from a page's own links and headings."""

import pytest

from linkkit.crawler.extract import extract_page
from linkkit.schema import SCHEMA_VERSION
from linkkit.sources.prose import linkable_by_subtraction

S, E = "\ufff9", "\ufffb"


def linkable(body: str) -> str | None:
    return extract_page("https://shop.example/", f"<html><body>{body}</body></html>").linkable


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<p>One  two\n three</p><p>four</p>", "One two three\nfour"),
        ("<p>See <a href=/x>red <b>tents</b></a> here", f"See {S}red tents{E} here"),
        ("<a name=x>Not a link</a> text", "Not a link text"),
        ("<h1>Head</h1><p>Body</p><h2>More <a href=/x>head</a></h2>tail", "Body\ntail"),
        ("<nav>Menu</nav><p>Body</p><footer>Foot</footer><div class=sidebar>Side</div>", "Body"),
        ("<header>Top</header><main><p>Body</p></main><aside>Side</aside>", "Body"),
        ("<ul><li>one</li><li><a href=/x>only a link</a></li></ul>", "one"),
        ("<p>a<br>b</p>", "a\nb"),
        ("<pre>code</pre><p>Use <code>x</code> now</p><button>Press</button><th>Head</th>", "Use x now"),
        ("<p hidden>no</p><p style='display:none'>no</p><p aria-hidden=true>no</p>yes", "yes"),
        ("<script>var x</script><style>p{}</style><template>t</template><p>yes</p>", "yes"),
        (f"<p>forged {S}mark{E} here", "forged mark here"),
        ("<nav>Menu only</nav>", ""),
        ("", ""),
        ("<p>x<!-- no --> y<?php no ?>z", "x yz"),
    ],
)
def test_running_text(body: str, expected: str) -> None:
    assert linkable(body) == expected


def test_headings_and_pages_without_html() -> None:
    page = extract_page(
        "https://shop.example/", "<body><h1>One <i>big</i></h1><h3></h3><h2>Two</h2><h2 hidden>No</h2>"
    )
    assert page.headings == "One big\nTwo"
    assert extract_page("https://shop.example/", None).linkable is None


def test_deep_nesting_is_walked_without_recursion() -> None:
    assert linkable("<div>" * 1_500 + "deep words" + "</div>" * 1_500) == "deep words"


def test_subtraction_marks_every_occurrence_of_an_anchor() -> None:
    text = "Tents. Red tents are red tents, unlike tentative ones. C++ (x)"
    marked = linkable_by_subtraction(
        text.split(), anchors=["red tents", None, "", "(x)"], headings=["Tents."]
    )
    assert marked == f"Red tents are {S}red tents{E}, unlike tentative ones. C++ {S}(x){E}"
    assert linkable_by_subtraction("a\nb  c".split(), anchors=[], headings=[]) == "a b c"
    assert (
        linkable_by_subtraction(["long", "tents"], anchors=["tents", "long tents"], headings=[])
        == f"{S}long tents{E}"
    )


def test_the_schema_says_that_crawls_must_be_read_again() -> None:
    assert SCHEMA_VERSION >= 4
