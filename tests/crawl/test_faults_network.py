"""Sites that move, and sites that reach into networks

Names lead to loopback through a DNS of the tests' own; one port speaks http and https.
"""

import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from linkkit.crawler import reach
from linkkit.crawler.reach import ForbiddenAddressError, Reach, kind_of
from linkkit.crawler.run import run_crawl
from linkkit.errors import CrawlError
from tests.crawl.conftest import Page, Rows, WebServer, assert_whole, links, scrapy_set
from tests.crawl.names import lead
from tests.crawl.tls import TwoFacedServer

Note = Callable[[str, int, str], None]
LOCAL = "127.0.0.1"
ROBOTS = "User-agent: *\nDisallow:\n"


@pytest.fixture
def other() -> Iterator[WebServer]:
    """A server that nothing may ask for anything."""
    web = WebServer({"/robots.txt": Page("User-agent: *\nDisallow: /\n", content_type="text/plain")})
    yield web
    web.close()


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("93.184.216.34", "public"), ("2606:2800:220:1::1", "public"), ("127.0.0.1", "loopback"), ("127.9.9.9", "loopback"),
        ("0.0.0.0", "loopback"), ("::1", "loopback"), ("::", "loopback"), ("::ffff:127.0.0.1", "loopback"),
        ("10.1.2.3", "private"), ("172.16.0.1", "private"), ("172.31.255.255", "private"), ("192.168.1.1", "private"),
        ("fc00::1", "private"), ("fd00:ec2::254", "private"), ("64:ff9b::a00:1", "private"), ("2002:0a00:0001::", "private"),
        ("169.254.169.254", "link-local"), ("fe80::1%eth0", "link-local"), ("::ffff:169.254.169.254", "link-local"),
        ("100.100.100.200", "reserved"), ("224.0.0.1", "reserved"), ("240.0.0.1", "reserved"), ("ff02::1", "reserved"),
    ],
)  # fmt: skip
def test_kinds_of_addresses(address: str, kind: str) -> None:
    assert kind_of(address) == kind
    public = Reach(frozenset({"client.example"}))
    if kind == "public":
        public.check("client.example", address)
    else:
        with pytest.raises(ForbiddenAddressError, match=f"client.example leads to the {kind} address"):
            public.check("client.example", address)
        inside = Reach(frozenset({"staging"}), frozenset({kind}))
        inside.check("staging", address)
        with pytest.raises(ForbiddenAddressError):
            inside.check("elsewhere", address)


def test_the_address_that_was_checked_is_the_one_connected_to(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, server: WebServer, fault: Note
) -> None:
    # Public when the crawl begins, this machine a moment later.
    lead(monkeypatch, tmp_path / "dns", rebind_test=["93.184.216.34", LOCAL])
    with pytest.raises(CrawlError, match="leads into a network where the crawl did not start"):
        run_crawl(f"http://rebind.test:{server.port}/", tmp_path / "crawl", delay=0)
    assert server.requests == []
    fault("DNS rebinding of the start page to 127.0.0.1", 1, "refused after resolution; nothing connected to")


def test_requests_are_not_forged(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, server: WebServer, other: WebServer, fault: Note
) -> None:
    """A site on loopback names other hosts in every way it can; the other server stands for all of them."""
    lead(
        monkeypatch,
        tmp_path / "dns",
        site_test=LOCAL,
        www_site_test="10.0.0.7",
        inner_test=LOCAL,
        meta_test="169.254.169.254",
    )
    home = f"http://site.test:{server.port}"
    inner = f"http://inner.test:{other.port}"
    ways = {
        "/redirect": Page("", 302, {"Location": f"{inner}/redirect"}),
        "/refresh": f"<meta http-equiv=refresh content='0;url={inner}/refresh'>",
        "/canonical": f"<link rel=canonical href='{inner}/canonical'>",
        "/frame": f"<iframe src='{inner}/frame'></iframe><img src='{inner}/img'>",
        "/link": links(
            f"{inner}/link", "http://169.254.169.254/latest/meta-data/", f"http://[::1]:{other.port}/v6"
        ),
        "/twin": links(f"http://www.site.test:{server.port}/private"),
    }
    server.pages = {
        "/": links(*ways),
        **ways,
        "/robots.txt": Page("", 302, {"Location": f"{inner}/robots.txt"}),
        "/sitemap.xml": Page(
            f"<urlset><url><loc>{inner}/listed</loc></url><url><loc>{home}/listed</loc></url></urlset>"
        ),
        "/listed": "<title>Listed</title>",
    }
    with pytest.raises(
        CrawlError, match=r"robots.txt could not be read \(redirected to http://inner.test.*forbidden\)"
    ):
        run_crawl(f"{home}/", tmp_path / "crawl", delay=0)
    assert other.requests == []
    fault("robots.txt redirected into the network", 1, "not followed; robots.txt counts as unreadable")

    server.pages |= {
        "/robots.txt": Page(f"{ROBOTS}Sitemap: {inner}/sitemap.xml\nSitemap: http://169.254.169.254/sitemap.xml\nSitemap: http://meta.test/s.xml\nSitemap: {home}/jump.xml\nSitemap: {home}/sitemap.xml\n", content_type="text/plain"),
        "/jump.xml": Page("", 302, {"Location": f"{inner}/sitemap.xml"}),
    }  # fmt: skip
    token, before = "token-4711", len(server.requests)
    with scrapy_set(DOWNLOAD_TIMEOUT=5):
        result = run_crawl(f"{home}/", tmp_path / "crawl", delay=0, headers={"X-Preview": token})
    assert other.requests == []
    twin = f"http://www.site.test:{server.port}/private"
    found = Rows(tmp_path / "crawl")
    assert {row["url"] for row in found.all} == {f"{home}{path}" for path in ("/", *ways, "/listed")} | {twin}
    assert [row["error"] for row in found.all if row["url"] == twin] == ["forbidden"]
    notes = "\n".join(result.status.notes)
    for place in (
        f"{inner}/sitemap.xml",
        "http://169.254.169.254/sitemap.xml",
        "http://meta.test/s.xml",
        f"{home}/jump.xml",
    ):
        assert f"sitemap {place} could not be read" in notes
    assert all(
        headers["x-preview"] == token
        for _, headers in server.requests[before:]
        if headers.get("host", "").startswith("site.test")
    )
    written = [path for path in (tmp_path / "crawl").rglob("*") if path.is_file()]
    assert not [path for path in written if token in path.read_text(errors="replace")]
    fault("page redirected to another host", 1, "a row with its target, not requested")
    fault("meta refresh, canonical, frame, link to another host", 5, "not requested")
    fault("own name with www. that leads to 10.0.0.7", 1, "error `forbidden`, not connected to")
    fault("sitemaps inside the network: by name, address, redirect", 4, "not read, told in the crawl's notes")
    fault(
        "secret headers", len(server.requests) - before, "sent to the start host only; in no file and no log"
    )


def test_from_http_to_https_and_www(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, fault: Note) -> None:
    lead(monkeypatch, tmp_path / "dns", moved_test=LOCAL, www_moved_test=LOCAL)
    server = TwoFacedServer(tmp_path)
    old, new = f"http://moved.test:{server.port}", f"https://www.moved.test:{server.port}"
    pages = {"/": links("/a", f"{old}/b"), "/a": links(f"{old}/", "/"), "/b": "<title>B</title>"}
    server.on_request = lambda path: None
    server.answers = lambda scheme, host, path: Page(pages[path]) if f"{scheme}://{host}" == new and path in pages else Page("", 301, {"Location": f"{new}{path}"}) if path in pages else None  # fmt: skip
    result = run_crawl(f"{old}/", tmp_path / "crawl", delay=0, sitemap=False, cookies={"secret": "jam"})
    server.close()
    assert result.status.complete, result.status.stopped_by
    assert result.start_url == f"{new}/"
    rows = {
        row["url"]: (row["status"], row["depth"], row["redirect_to"]) for row in Rows(tmp_path / "crawl").all
    }
    assert rows == {
        f"{old}/": (301, 0, f"{new}/"), f"{new}/": (200, 0, None), f"{new}/a": (200, 1, None),
        f"{old}/b": (301, 1, f"{new}/b"), f"{new}/b": (200, 1, None),
    }  # fmt: skip
    fault(
        "move from http to https and www. in one step",
        2,
        "one site: followed, depth unchanged, old addresses are rows",
    )


def test_chains_and_loops_of_redirects(server: WebServer, tmp_path: Path, fault: Note) -> None:
    chain = {f"/hop{n}": Page("", 301, {"Location": f"/hop{n + 1}"}) for n in range(15)}
    server.pages = {
        "/": links("/hop0", "/loop0", "/self"),
        **chain,
        "/hop15": "<title>At last</title>",
        **{f"/loop{n}": Page("", 302, {"Location": f"/loop{(n + 1) % 5}"}) for n in range(5)},
        "/self": Page("", 302, {"Location": "/self"}),
    }
    result = run_crawl(server.url(), tmp_path, delay=0, sitemap=False)
    assert result.status.complete
    rows = assert_whole(tmp_path, server.pages)
    assert {row["depth"] for path, row in rows.by_path.items() if path != "/"} == {1}
    assert rows["/hop15"]["title"] == "At last"
    assert all(server.counts[path] == 1 for path in server.pages)
    fault("chain of 15 redirects", 15, "followed to its end, each hop a row, no click counted")
    fault("redirect loops of one and of five pages", 6, "each address requested once")


def test_cookie_wall(server: WebServer, tmp_path: Path, fault: Note) -> None:
    wall = Page("", 302, {"Location": "/", "Set-Cookie": "seen=1"})
    server.on_request = lambda path: (
        wall if path == "/" and server.requests[-1][1].get("cookie") != "seen=1" else None
    )
    server.pages = {"/": links("/a"), "/a": links("/")}
    with pytest.raises(CrawlError, match=r"sets a cookie and redirects to where it was.*cookies="):
        run_crawl(server.url(), tmp_path, delay=0, sitemap=False)
    assert run_crawl(server.url(), tmp_path, delay=0, sitemap=False, cookies={"seen": "1"}).status.complete
    fault("cookie wall before the start page", 2, "an error that says so; with `cookies=` it is crawled")


@pytest.mark.parametrize("way", ["a page", "a redirect"])
def test_soft_404(server: WebServer, tmp_path: Path, way: str, fault: Note) -> None:
    gone = "<title>Oops</title><p>Nothing under {path}, sorry.</p>" + links("/")
    server.pages = {"/": links("/a", "/old-1", "/old-2"), "/a": "<title>A</title>"}

    def answer(path: str) -> Page | None:
        if path in server.pages or path in {"/robots.txt", "/sitemap.xml"}:
            return None
        return Page(gone.replace("{path}", path)) if way == "a page" else Page("", 302, {"Location": "/"})

    server.on_request = answer
    limits = run_crawl(server.url(), tmp_path, delay=0).status.limits
    if way == "a page":
        assert "answers status 200 for addresses that do not exist" in limits[0]
        assert limits[1].startswith(
            "crawled addresses that show what the site shows for one that does not exist (soft 404): 2, such as"
        )
        assert all(server.url(path) in limits[1] for path in ("/old-1", "/old-2"))
        fault(
            "soft 404: status 200 for pages that do not exist",
            3,
            "recognised by asking for one; pages that show the same are counted",
        )
    else:
        assert limits == (
            f"the site redirects addresses that do not exist to {server.url()}: broken links cannot be told from moved pages",
        )
        fault("soft 404: redirect to the start page", 3, "recognised by asking for one; told in the limits")


def test_connecting_checks_every_address(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[tuple[str, int]] = []
    monkeypatch.setattr(
        reach,
        "_resolve",
        lambda host, port=0: [
            (socket.AF_INET, 1, 6, "", (each, port)) for each in ("10.0.0.1", "93.184.216.34")
        ],
    )
    monkeypatch.setattr(socket, "create_connection", lambda address, *_: tried.append(address))
    reach._connector(Reach(frozenset()))(("h.example", 80))
    assert tried == [("93.184.216.34", 80)]
