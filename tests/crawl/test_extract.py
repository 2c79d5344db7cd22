"""Reading one page: names, positions, robots, base, canonical, refresh."""

import pytest

from linkkit.crawler import walk as walk_module
from linkkit.crawler.directives import header_directives
from linkkit.crawler.extract import PageFacts, extract_page

URL = "https://www.client.example/shop/index.html"


def facts(body: str, headers: dict[str, list[str]] | None = None, url: str = URL) -> PageFacts:
    return extract_page(url, body, headers)


def only_link(body: str):  # type: ignore[no-untyped-def]
    (link,) = facts(f"<html><body>{body}</body></html>").links
    return link


@pytest.mark.parametrize(
    ("html", "name"),
    [
        ("<a href=/x>  Two \n words </a>", "Two words"),
        ("<a href=/x aria-label='Label'>Text</a>", "Label"),
        (
            "<b id=i>By <i>id</i></b><b id=j>two</b><a href=/x aria-labelledby='i j' aria-label=L>Text</a>",
            "By id two",
        ),
        ("<a href=/x aria-labelledby='missing'>Text</a>", "Text"),
        ("<a href=/x><img src=a alt='Red tent'></a>", "Red tent"),
        ("<a href=/x>Buy <img src=a alt='tent'> now</a>", "Buy tent now"),
        ("<a href=/x><img src=a></a>", ""),
        ("<a href=/x><img src=a title='From title'></a>", "From title"),
        ("<a href=/x><img src=a alt='' title='Decoration'></a>", ""),
        ("<a href=/x title='Title'><img src=a alt=''></a>", "Title"),
        ("<a href=/x title='Title'>Text</a>", "Text"),
        ("<a href=/x><h3>Head</h3><p>Para</p></a>", "Head Para"),
        ("<a href=/x>one<br>two</a>", "one two"),
        ("<a href=/x>re<b>ad</b></a>", "read"),
        ("<a href=/x><span aria-hidden=true>*</span> Star</a>", "Star"),
        ("<a href=/x><span style='display: none'>no</span>yes</a>", "yes"),
        ("<a href=/x><span aria-label='Part'>x</span> rest</a>", "Part rest"),
        ("<a href=/x><svg><title>Icon</title><path/></svg></a>", "Icon"),
        ("<a href=/x><svg aria-label='Cart'></svg></a>", "Cart"),
        ("<a href=/x>a<script>var b</script><style>c{}</style>d</a>", "ad"),
        ("<a href=/x>a<!-- comment -->b</a>", "ab"),
        ("<map><area href=/x alt='North'></map>", "North"),
        ("<map><area href=/x title='South'></map>", "South"),
        ("<a href=/x>prices @@ home</a>", "prices @@ home"),
        ("<a href=/x>=cmd()|x &lt;script&gt;</a>", "=cmd()|x <script>"),
    ],
)
def test_accessible_name(html: str, name: str) -> None:
    assert only_link(html).name == name


@pytest.mark.parametrize(
    ("html", "is_image"),
    [
        ("<a href=/x><img src=a alt='Red'></a>", True),
        ("<a href=/x><picture><img src=a></picture></a>", True),
        ("<a href=/x><svg></svg></a>", True),
        ("<a href=/x>Text <img src=a alt=''></a>", False),
        ("<a href=/x>Text</a>", False),
        ("<a href=/x></a>", False),
        ("<map><area href=/x></map>", True),
    ],
)
def test_image_link(html: str, is_image: bool) -> None:
    assert only_link(html).is_image is is_image


@pytest.mark.parametrize(
    ("html", "position"),
    [
        ("<a href=/x>t</a>", "content"),
        ("<main><p><a href=/x>t</a></p></main>", "content"),
        ("<nav><ul><li><a href=/x>t</a></ul></nav>", "navigation"),
        ("<header><a href=/x>t</a></header>", "header"),
        ("<header><nav><a href=/x>t</a></nav></header>", "navigation"),
        ("<footer><a href=/x>t</a></footer>", "footer"),
        ("<footer><nav><a href=/x>t</a></nav></footer>", "navigation"),
        ("<aside><a href=/x>t</a></aside>", "sidebar"),
        ("<main><aside><a href=/x>t</a></aside></main>", "sidebar"),
        ("<main><article><header><a href=/x>t</a></header></article></main>", "content"),
        ("<article><footer><a href=/x>t</a></footer></article>", "content"),
        ("<aside><article><a href=/x>t</a></article></aside>", "sidebar"),
        ("<nav aria-label='Breadcrumb'><a href=/x>t</a></nav>", "breadcrumb"),
        ("<header><ol class='breadcrumbs'><li><a href=/x>t</a></ol></header>", "breadcrumb"),
        (
            "<ol itemscope itemtype='https://schema.org/BreadcrumbList'><li><a href=/x>t</a></ol>",
            "breadcrumb",
        ),
        ("<div role=navigation><a href=/x>t</a></div>", "navigation"),
        ("<div role=banner><a href=/x>t</a></div>", "header"),
        ("<div role=contentinfo><a href=/x>t</a></div>", "footer"),
        ("<div role=complementary><a href=/x>t</a></div>", "sidebar"),
        ("<div class='site-header'><a href=/x>t</a></div>", "header"),
        ("<div id=footer><p><a href=/x>t</a></p></div>", "footer"),
        ("<div class='main-nav'><a href=/x>t</a></div>", "navigation"),
        ("<ul class='nav navbar-nav'><li><a href=/x>t</a></ul>", "navigation"),
        ("<div class='footer__links'><a href=/x>t</a></div>", "footer"),
        ("<div class='sphinxsidebar'><a href=/x>t</a></div>", "sidebar"),
        ("<div class='pagination'><a href=/x>t</a></div>", "navigation"),
        ("<div class='toc'><dl class='toc'><dt><a href=/x>t</a></dl></div>", "navigation"),
        ("<div id='ez-toc-container'><ul><li><a href=/x>t</a></ul></div>", "navigation"),
        ("<ul class='wp-block-table-of-contents'><li><a href=/x>t</a></ul>", "navigation"),
        ("<div class='list-of-tables'><a href=/x>t</a></div>", "navigation"),
        ("<main class='with-toc'><p><a href=/x>t</a></main>", "content"),
        ("<div class='toc-main'><p><a href=/x>t</a></div>", "content"),
        ("<div class='contents'><p><a href=/x>t</a></div>", "content"),
        ("<div class='tocopherol'><p><a href=/x>t</a></div>", "content"),
        ("<div class='card-header'><a href=/x>t</a></div>", "content"),
        ("<div class='has-sidebar'><a href=/x>t</a></div>", "content"),
        ("<div class='page-header'><a href=/x>t</a></div>", "content"),
        ("<div class='navigate-the-hills'><a href=/x>t</a></div>", "content"),
        ("<main><div class='menu-of-the-day'><a href=/x>t</a></div></main>", "content"),
    ],
)
def test_position(html: str, position: str) -> None:
    assert only_link(html).position == position


def test_container_is_the_path_below_body() -> None:
    assert (
        only_link("<main><div class='related x'><ul><li><a href=/x>t</a></ul></div></main>").container
        == "main>div.related>ul"
    )
    assert only_link("<div class='post-123'><p><b><a href=/x>t</a></b></p></div>").container == "div>p"


def test_links_are_absolute_with_fragment_and_only_http() -> None:
    body = """<a href='a,b.html#top'>1</a> <a href='?q=1'>2</a> <a href='//other.example/x'>3</a> <a href='mailto:a@b'>4</a>
    <a href='javascript:go()'>5</a> <a name=anchor>6</a> <a href='http://[bad'>7</a> <a href=' /sp ace '>8</a>
    <a href='#self'>9</a><a href=''>10</a> <template><a href='/inert'>11</a></template>"""
    assert [link.url for link in facts(body).links] == [
        "https://www.client.example/shop/a,b.html#top",
        "https://www.client.example/shop/index.html?q=1",
        "https://other.example/x",
        "https://www.client.example/sp%20ace",
        "https://www.client.example/shop/index.html#self",
        "https://www.client.example/shop/index.html",
    ]


def test_rel_is_lower_case_tokens() -> None:
    assert only_link("<a href=/x rel=' NoFollow  sponsored'>t</a>").rel == "nofollow sponsored"


def test_base_href_moves_links_and_canonical() -> None:
    page = facts(
        "<head><base href='/de/'><base href='/fr/'><link rel=canonical href=c></head><a href=x>t</a>"
    )
    assert page.links[0].url == "https://www.client.example/de/x"
    assert page.canonical == "https://www.client.example/de/c"


def test_canonical_from_element_and_from_header() -> None:
    header = {"Link": ['</pdf>; rel="canonical", </next>; rel=next']}
    assert facts("<p>", header).canonical == "https://www.client.example/pdf"
    assert facts("<link rel='Canonical foo' href='/c'>", header).canonical == "https://www.client.example/c"
    assert facts("<link rel=canonical href=''>").canonical is None
    assert extract_page(URL, None, header).canonical == "https://www.client.example/pdf"


def test_robots_from_meta_and_header() -> None:
    body = "<meta name=ROBOTS content='NoIndex, max-snippet:5'><meta name=googlebot content=nofollow><meta name=otherbot content=noarchive>"
    assert facts(body).robots == ("noindex", "max-snippet:5", "nofollow")
    assert facts("<meta name=robots content=none>").robots == ("noindex", "nofollow")
    assert extract_page(URL, None, {"X-Robots-Tag": ["noindex", "googlebot: nofollow"]}).robots == (
        "noindex",
        "nofollow",
    )


def test_robots_header_for_other_robots_does_not_count() -> None:
    assert header_directives(["otherbot: noindex, nofollow"]) == []
    assert header_directives(["otherbot: noindex, googlebot: nofollow, noarchive"]) == [
        "nofollow",
        "noarchive",
    ]
    assert header_directives(["unavailable_after: 25 Jun 2030 15:00:00 GMT"]) == [
        "unavailable_after: 25 jun 2030 15:00:00 gmt"
    ]


@pytest.mark.parametrize(
    ("content", "target"),
    [
        ("0;url=/next", "https://www.client.example/next"),
        ("1; URL='next'", "https://www.client.example/shop/next"),
        ("0;/bare", "https://www.client.example/bare"),
        ("5;url=/slow", None),
        ("300", None),
        ("", None),
        ("0;url=javascript:x()", None),
    ],
)
def test_meta_refresh(content: str, target: str | None) -> None:
    assert facts(f'<meta http-equiv=Refresh content="{content}">').refresh_to == target


def test_meta_refresh_in_noscript_is_not_a_redirect() -> None:
    assert facts("<noscript><meta http-equiv=refresh content='0;url=/x'></noscript>").refresh_to is None


def test_title_h1_description_language_words() -> None:
    page = facts(
        "<html lang='en-GB'><head><title>A\n title</title><meta name=Description content=' Some  words '></head>"
        "<body><svg><title>icon</title></svg><nav>menu menu</nav><h1><img alt='Pictured'></h1><h1>Second</h1>"
        "<p>Four words, not five.</p><script>no()</script><footer>foot</footer></body></html>"
    )
    assert (page.title, page.h1, page.meta_description, page.lang) == (
        "A title",
        "Pictured",
        "Some words",
        "en-gb",
    )
    assert page.word_count == 5
    assert facts("<p>x", {"Content-Language": ["fr"]}).lang == "fr"


def test_empty_and_broken_pages_give_facts() -> None:
    assert facts("").links == ()
    assert facts("\x00<a href=/x>t").links[0].url == "https://www.client.example/x"
    assert facts("<a href=/x>" * 3000).links[0].name == ""
    assert facts("<frameset><frame src=a><frame src=b></frameset>").frames == 2
    scripts = (
        "<script>x</script><script type=module src=a></script><script type=application/ld+json>{}</script>"
    )
    assert facts(scripts).scripts == 2
    assert extract_page(URL, b"<a href=/x>caf\xc3\xa9</a>").links[0].url == "https://www.client.example/x"


def test_names_that_tables_cannot_hold_are_cut_or_replaced() -> None:
    assert len(only_link(f"<a href=/x>{'word ' * 5000}</a>").name) == 1000
    assert "\ud800" not in only_link("<a href=/x>a&#xD800;b</a>").name


def test_a_page_reads_the_same_whatever_was_read_before(monkeypatch: pytest.MonkeyPatch) -> None:
    page = """<nav><a href=/a>A</a></nav><main><p class=x>Text <a href=/b>B</a></p><div hidden><p class=x>no <a href=/c>C</a></p></div>
        <article><header class="site-header"><a href=/d>D</a></header></article></main><header class="site-header"><a href=/e>E</a></header>"""
    first = extract_page(URL, page)
    for number in range(30):
        extract_page(URL, f"<div class=c{number}><p class=x><a href=/b>B</a></p></div>")
    assert extract_page(URL, page) == first
    # Every document is the first.
    monkeypatch.setattr(walk_module, "MAX_SPOTS", 0)
    assert [extract_page(URL, page) for _ in range(2)] == [first, first]
    assert [link.position for link in first.links] == ["navigation", "content", "content", "header", "header"]
