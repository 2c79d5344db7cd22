"""Roles of pages of little value for links, hubs of sections, and examples of the links that lose authority."""

import pytest

import linkkit as lk
from linkkit.linkmodel import LinkModel
from linkkit.metrics.roles import ROLE_WORDS, Role, _lists, page_role
from tests.site_factory import build, metric, paths

ORIGIN = "https://client.example"


@pytest.mark.parametrize(
    ("path", "role"),
    [
        ("/privacy/", "legal"),
        ("/en-gb/privacy-policy.html", "legal"),
        ("/legal/Terms_of_Service", "legal"),
        ("/policies/cookies", "legal"),
        ("/Datenschutzerkl%C3%A4rung", "legal"),
        ("/datenschutzerklaerung", "legal"),
        ("/agb", "legal"),
        ("/fr/mentions-legales", "legal"),
        ("/aviso-legal/", "legal"),
        ("/note-legali", "legal"),
        ("/algemene-voorwaarden", "legal"),
        ("/politica-de-privacidade", "legal"),
        ("/polityka-prywatnosci", "legal"),
        ("/anvandarvillkor", "legal"),
        (
            "/%E3%83%97%E3%83%A9%E3%82%A4%E3%83%90%E3%82%B7%E3%83%BC%E3%83%9D%E3%83%AA%E3%82%B7%E3%83%BC",
            "legal",
        ),
        ("/login", "account"),
        ("/checkout/basket/", "account"),
        ("/mein-konto/bestellungen/7", "account"),
        ("/warenkorb", "account"),
        ("/panier", "account"),
        ("/it/carrello/", "account"),
        ("/blog/tag/winter/", "archive"),
        ("/author/jo/", "archive"),
        ("/2019/", "archive"),
        ("/blog/2019/05/", "archive"),
        ("/blog/page/2/", "pagination"),
        ("/shop?page=3", "pagination"),
        ("/search?q=tent", "search"),
        ("/?s=tent", "search"),
        ("/de/suche", "search"),
        ("/a?print=1", "copy"),
    ],
)
def test_role_of_an_address(path: str, role: str) -> None:
    assert page_role(ORIGIN + path) == role


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/en/",
        "/blog/why-a-privacy-policy-matters/",
        "/recipes/cookies/",
        "/shop/baskets/",
        "/shop/basket/",
        "/courses/register/",
        "/shop/labels/round/",
        "/archive/2019-catalogue-notes/",
        "/2019/05/a-post/",
        "/tents/models/2019/",
        "/blog/in-search-of-tents/",
        "/law/legal/divorce/",
        "/legal/divorce/",
        "/print/posters/",
        "/tags/",
        "/p/123",
    ],
)
def test_where_the_address_leaves_a_doubt_there_is_no_role(path: str) -> None:
    assert page_role(ORIGIN + path) == ""


@pytest.mark.parametrize(
    ("path", "title", "role"),
    [
        ("/p/123", "Privacy Policy | Shop", "legal"),
        ("/index.php?id=4", "Allgemeine Geschäftsbedingungen - Laden", "legal"),
        ("/?page_id=9", "Mein Konto – Laden", ""),
        ("/page/?id=9", "Shopping cart", "account"),
        ("/tents/", "Privacy Policy | Shop", ""),
        ("/p/123", "Privacy policy templates compared", ""),
        ("/p/123", "", ""),
    ],
)
def test_the_title_speaks_where_the_address_says_nothing(path: str, title: str, role: str) -> None:
    assert page_role(ORIGIN + path, title) == role


def test_words_in_many_languages() -> None:
    lists = _lists()
    assert set(lists) == set(Role) - {"pagination"}
    assert set(ROLE_WORDS) == set(Role)
    assert len(lists["legal"].pages) > 120
    for words in lists.values():
        for each in (words.pages, words.top, words.folders, words.parameters):
            assert "" not in each


def test_what_earns_or_matters_has_no_role() -> None:
    pages = [
        "/",
        {"path": "/terms", "clicks": 1},
        {"path": "/login", "is_money_page": True},
        {"path": "/cookies", "clicks": 59},
        {"path": "/privacy", "clicks": 40},
        "/a",
    ]
    metrics = lk.run_audit(build(pages, ["/ -> /terms", "/ -> /login", "/ -> /cookies"])).metrics
    # A sixth is the average of six pages; a fifth (two fifths of the clicks, none of the money pages) is more.
    assert [path for path, role in metric(metrics, "role").items() if role] == ["/terms"]
    unknown = lk.run_audit(build(["/", "/terms"], ["/ -> /terms"])).metrics
    assert metric(unknown, "role") == {"/": "", "/terms": "legal"}


def test_hubs() -> None:
    pages = [
        "/",
        "/shop/",
        "/shop/tents.html",
        "/shop/tents/a",
        "/shop/tents/b",
        "/shop/tents/c",
        "/flat/",
        "/flat/a",
        "/flat/b",
        {"path": "/pillar", "cluster": "x", "is_pillar": True},
        {"path": "/copy/", "canonical": "/shop/"},
    ]
    links = [
        *[f"/shop/ -> /shop/tents/{name}" for name in "abc"],
        *[f"/shop/tents.html -> /shop/tents/{name}" for name in "abc"],
        "/flat/ -> /flat/a",
        "/flat/ -> /flat/b",
        "/flat/ -> /shop/",
    ]
    metrics = lk.run_audit(build(pages, links)).metrics
    assert [path for path, hub in metric(metrics, "is_hub").items() if hub] == [
        "/shop/",
        "/shop/tents.html",
        "/pillar",
    ]


def test_links_in_menus_make_no_hub() -> None:
    links = [{"source": "/a/", "target": f"/a/{name}", "position": "navigation"} for name in "xyz"]
    metrics = lk.run_audit(build(["/", "/a/", "/a/x", "/a/y", "/a/z"], links)).metrics
    assert not metrics["is_hub"].any()


def test_example_of_the_largest_leak() -> None:
    gone = [{"path": "/gone", "status": 404}, {"path": "/lost", "status": 404}]
    pages = ["/", "/a", "/b", *gone, {"path": "/m", "referring_domains": 1}, {"path": "/n", "robots": ["nofollow"], "referring_domains": 1}]  # fmt: skip
    links = [
        "/ -> /lost",
        "/ -> /gone",
        {"source": "/", "target": "/a", "nofollow": True},
        {"source": "/a", "target": "/b", "nofollow": True},
        "/a -> https://other.example/",
        "/a -> https://other.example/2",
        {"source": "/m", "target": "/a", "nofollow": True},
        "/n -> /a",
        "/m -> /",
    ]
    site = build(pages, links)
    metrics = lk.run_audit(site).metrics
    examples = metrics["leak_example"].map(site.pages["url"])
    # Two of three are broken, the lower id stands for them; of /a two of three leave the site, which keeps no address.
    assert metric(metrics, "leak_cause")["/"] == "broken"
    assert paths(examples.dropna()) == ["/gone", "/a", "/a"]
    assert metric(metrics, "leak_cause")["/m"] == metric(metrics, "leak_cause")["/n"] == "nofollow"
    kept = lk.run_audit(site, model=LinkModel(nofollow="keep")).metrics
    assert metric(kept, "leak_cause")["/a"] == "external"
    assert kept["leak_example"].notna().sum() == 1


def test_example_of_a_leak_through_a_redirect_to_a_page_that_belongs_to_another_site() -> None:
    pages = [
        {"path": "/", "canonical": "https://other.example/"},
        {"path": "/a", "referring_domains": 1},
        {"path": "/old", "status": 301, "redirect_to": "/"},
    ]
    metrics = lk.run_audit(build(pages, ["/a -> /old"])).metrics
    assert metric(metrics, "leak_cause")["/a"] == "off_site_canonical"
    assert metric(metrics, "leak_example")["/a"] == 2
