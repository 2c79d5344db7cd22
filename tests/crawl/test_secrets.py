"""Passwords, tokens and cookies: sent to the site, and found nowhere on disk, on a command line or at another host."""

import base64
from pathlib import Path

from linkkit.crawler.run import run_crawl
from linkkit.crawler.secrets import make_secrets, split_userinfo
from tests.crawl.conftest import Page, Rows, WebServer, links, status_of

USER, PASSWORD, TOKEN, COOKIE = "staging-user", "pass-w0rd-4711", "token-0815-abc", "cookie-2342-xyz"
BASIC = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()


def test_secrets_reach_the_site_and_nothing_else(server: WebServer, tmp_path: Path) -> None:
    other = WebServer(
        {"/robots-elsewhere": Page("User-agent: *\nDisallow: /no\n", content_type="text/plain")}
    )
    other.pages["/sitemap.xml"] = Page("<urlset><url><loc>https://elsewhere.example/x</loc></url></urlset>")
    commands: list[bytes] = []

    def guarded(path: str) -> Page | None:
        for process in Path("/proc").glob("[0-9]*"):
            try:
                commands.append((process / "cmdline").read_bytes())
            except OSError:
                continue
        headers = server.requests[-1][1] if server.requests else {}
        if headers.get("authorization") != f"Basic {BASIC}":
            return Page("who are you", 401, {"WWW-Authenticate": "Basic"})
        return None

    server.on_request = guarded
    server.pages = {
        "/": Page(
            links("/a", "/no", other.url("/external"), "/leave"),
            headers={"Set-Cookie": f"session={COOKIE}-session"},
        ),
        "/a": "<title>A</title>",
        "/leave": Page("", 302, {"Location": other.url("/landing")}),
        "/robots.txt": Page("", 302, {"Location": other.url("/robots-elsewhere")}),
        "/sitemap.xml": Page("", 302, {"Location": other.url("/sitemap.xml")}),
    }
    address = server.url().replace("http://", f"http://{USER}:{PASSWORD}@")
    result = run_crawl(
        address, tmp_path, delay=0, concurrency=1, headers={"X-Preview": TOKEN}, cookies={"preview": COOKIE}
    )
    other.close()
    assert result.status.complete
    assert result.start_url == server.url()
    assert {path: row["status"] for path, row in Rows(tmp_path).by_path.items()} == {
        "/": 200,
        "/a": 200,
        "/leave": 302,
        "/no": None,
    }
    assert Rows(tmp_path)["/no"]["blocked_by_robots"]
    for path, headers in server.requests:
        assert headers["x-preview"] == TOKEN, path
        assert headers["cookie"] == f"preview={COOKIE}"
    assert {path for path, _ in other.requests} == {"/robots-elsewhere", "/sitemap.xml"}
    secret = [USER, PASSWORD, TOKEN, COOKIE, BASIC]
    seen_elsewhere = [value for _, headers in other.requests for value in headers.values()]
    assert not [each for each in secret for value in seen_elsewhere if each in value]
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(written) >= 6
    for path in written:
        text = path.read_text(errors="replace")
        assert not [each for each in secret if each in text], path
    assert commands
    assert not [each for each in secret for command in commands if each.encode() in command]
    assert status_of(tmp_path)["complete"]


def test_userinfo_is_taken_out_of_an_address() -> None:
    assert split_userinfo("https://a%40b:c%3Ad@h.example:8/x?y") == (
        "https://h.example:8/x?y",
        ("a@b", "c:d"),
    )
    assert split_userinfo("https://h.example/@x") == ("https://h.example/@x", None)


def test_secrets_do_not_show_in_a_repr() -> None:
    assert TOKEN not in repr(make_secrets({"X-Preview": TOKEN}, (USER, PASSWORD), {"c": COOKIE}))
