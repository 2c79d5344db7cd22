"""A site of some forty pages with one of each defect that charts, networks, widgets and notebooks show."""

from functools import cache
from pathlib import Path

from linkkit.client import Client
from linkkit.schema import Position
from linkkit.site import Manifest, Site
from linkkit.sources.builder import SiteBuilder
from linkkit.sources.signals import add_signals

START = "https://shop.example/"
HOSTILE = "<img src=x onerror=\"window.top.pwned=1;window.pwned=1\"><script>window.pwned=1</script> href='javascript:pwned=1'"
HOSTILE_URL = f"{START}guides/%3Cscript%3Epwned%3C/script%3E/"
MONEY = ("shop/tents/corrie/", "shop/tents/deep-tent/")
ORPHANS = ("orphans/lost-guide/", "orphans/old-offer/")
ISLAND = ("island/north/", "island/south/")
GUIDES = tuple(f"guides/guide-{number}/" for number in range(12))
POSTS = tuple(f"blog/post-{number}/" for number in range(8))
PRODUCTS = (
    *(f"shop/tents/{name}/" for name in ("corrie", "tarn", "scree")),
    *(f"shop/boots/{name}/" for name in ("peat", "marl")),
)
HUBS = ("shop/", "shop/tents/", "shop/boots/", "guides/", "blog/", "about/")
LIVE = (*HUBS, *PRODUCTS, *GUIDES, *POSTS, *ORPHANS, *ISLAND, "secret/", "shop/tents/deep-tent/")

Link = tuple[str, str, Position, bool, bool, str]


def _links(path: str) -> list[Link]:
    """Links of one page: the menu of every page, then its content."""
    menu = [(START, "Home", Position.NAVIGATION), (f"{START}shop/", "Shop", Position.NAVIGATION)]
    menu += [(f"{START}{hub}", hub.strip("/").title(), Position.NAVIGATION) for hub in ("guides/", "blog/")]
    menu += [(f"{START}about/", "About us", Position.FOOTER)]
    content: list[tuple[str, str]] = []
    if path == "":
        content = [(f"{START}shop/tents/", "Tents for hills"), (f"{START}shop/boots/", "Boots that fit")]
    elif path == "guides/":
        content = [(f"{START}{guide}", f"Guide number {place}") for place, guide in enumerate(GUIDES[:6])]
        content += [(HOSTILE_URL, HOSTILE), (f"{START}secret/", "Secret sale")]
    elif path == "blog/":
        content = [(f"{START}{post}", "Read more") for post in POSTS[:4]]
    elif path == "shop/":
        content = [(f"{START}shop/tents/", "All tents"), (f"{START}shop/boots/", "")]
    elif path in ("shop/tents/", "shop/boots/"):
        content = [
            (f"{START}{each}", each.split("/")[2].title()) for each in PRODUCTS if each.startswith(path)
        ]
    elif path.startswith("guides/guide-"):
        number = int(path.split("-")[1].strip("/"))
        content = [
            (f"{START}{GUIDES[(number + 6) % 12]}", "our guide"),
            (f"{START}shop/tents/corrie/", "Corrie tent"),
        ]
        content += [(f"{START}old/", "www.shop.example/old/")] if number == 3 else []
        content += [(f"{START}gone/", "a page that is gone")] if number == 2 else []
    elif path.startswith("blog/post-"):
        number = int(path.split("-")[1].strip("/"))
        content = [(f"{START}{POSTS[(number + 1) % 8]}", f"Post {(number + 1) % 8}")] if number != 7 else []
        content += [(f"{START}shop/tents/deep-tent/", "Deep tent")] if number == 6 else []
    elif path in ISLAND:
        content = [(f"{START}{ISLAND[1 - ISLAND.index(path)]}", "the other shore")]
        menu = []
    rows: list[Link] = [(url, text, position, False, False, "nav") for url, text, position in menu]
    rows += [
        (url, text, Position.CONTENT, url.endswith("secret/"), text == "", "main") for url, text in content
    ]
    rows += (
        [("https://www.other.example/", "elsewhere", Position.CONTENT, False, False, "main")]
        if path == "about/"
        else []
    )
    return rows


def build_small_site(folder: Path | None = None, *, complete: bool = True) -> Site:
    """The site, with a sitemap, Search Console, backlinks and money pages; in `folder` or a temporary place."""
    builder = SiteBuilder(START, folder=folder)
    shared = {"status": 200, "content_type": "text/html; charset=utf-8", "language": "en", "word_count": 300}
    for path in ("", *LIVE):
        title = path.strip("/").split("/")[-1].replace("-", " ").title() or "Home"
        builder.add_page(START + path, {**shared, "title": title, "h1": title})
    builder.add_page(HOSTILE_URL, {**shared, "title": f"hreflang guide {HOSTILE}", "h1": HOSTILE})
    builder.add_page(f"{START}old/", {"status": 301, "redirect_to": f"{START}guides/guide-1/"})
    builder.add_page(f"{START}gone/", {"status": 404, "content_type": "text/html"})
    for path in ("", *LIVE):
        source = builder.target_id(START + path)
        assert source is not None
        builder.add_links(source, _links(path))
    manifest = Manifest(
        start_url=START,
        tool="advertools",
        complete=complete,
        stopped_by=None if complete else "page limit 40",
        collected="2026-03-12T10:00:00+00:00",
        rejected={"link that is no http(s) URL": 2},
    )
    return builder.finish(manifest)


def with_signals(site: Site, folder: Path) -> Site:
    """The site with signal files, which are written to `folder`."""
    for name, text in SIGNALS.items():
        (folder / name).write_text(text, "utf-8")
    return add_signals(
        site,
        sitemap=[START + path for path in ("", *LIVE)],
        search_console=folder / "search_console.csv",
        backlinks=folder / "backlinks.csv",
        money_pages=folder / "money_pages.txt",
    )


SIGNALS = {
    "search_console.csv": "Top pages,Clicks,Impressions,CTR,Position\n"
    + "".join(
        f"{START}{path},{clicks},1000,1%,5\n"
        for path, clicks in (("", 400), (ORPHANS[1], 30), (PRODUCTS[0], 120), (GUIDES[0], 50))
    ),
    "backlinks.csv": "Referring page URL,Target URL\n"
    + "".join(
        f"https://{domain}.example/a,{START}{path}\n"
        for domain, path in (("press", ""), ("forum", ORPHANS[0]), ("club", GUIDES[8]), ("club2", GUIDES[8]))
    ),
    "money_pages.txt": "\n".join(f"/{path}" for path in MONEY) + "\n",
}


def make_client(clients: Path, name: str = "small") -> Client:
    """A client whose latest crawl is the site, with signal files."""
    client = Client.new(name, START, clients=clients)
    for file, text in SIGNALS.items():
        (client.folder / "signals" / file).write_text(text, "utf-8")
    crawl = client.folder / "crawls" / "2026-03-12"
    crawl.mkdir()
    add_signals(build_small_site(), sitemap=[START + path for path in ("", *LIVE)]).save(crawl / "site")
    return client


@cache
def small_site() -> Site:
    """The site without signals, built once a run."""
    return build_small_site()
