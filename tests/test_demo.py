"""The loopback server: hosting rules, statuses, and nothing outside its folder."""

import http.client
import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from linkkit.demo import Hosting, hosting, sample_folder, serve
from linkkit.errors import LinkkitError, SourceError

PUBLIC = "https://www.client.example"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    files = {
        "site/index.html": f'<h1>Start</h1><a href="{PUBLIC}/about/">About</a>',
        "site/about/index.html": "About",
        "site/über uns/index.html": "Über uns",
        "site/gone.html": "Gone",
        "site/404.html": "Nothing here",
        "site/style.css": "a{}",
        "site/feed.xml": "<x/>",
        "site/_redirects": (
            "# rules\n"
            "/old/ /about/ 301\n"
            "/temporary/ /about/ 302\n"
            f"/absolute/ {PUBLIC}/about/ 301\n"
            "/elsewhere/ https://other.example/ 301\n"
            "/gone/ /gone.html 410\n"
            "/broken/ /gone.html 500\n"
            "/about /about/index.html 200\n"
            "/index.html /gone.html 200\n"
            "/%22%3E%3Cb%2F7*7/ /about/index.html 200\n"
        ),
        "site/_headers": "/about/\n  X-Robots-Tag: noindex\n  Link: </>; rel=canonical\n",
        "secret.txt": "secret",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    return tmp_path


@pytest.fixture
def site(folder: Path) -> Hosting:
    return hosting(folder)


def fetch(base: str, target: str, method: str = "GET") -> tuple[int, dict[str, str], str]:
    connection = http.client.HTTPConnection(urlsplit(base).netloc, timeout=10)
    try:
        connection.request(method, target)
        response = connection.getresponse()
        return response.status, dict(response.getheaders()), response.read().decode()
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("target", "status", "location"),
    [
        ("/", 200, None),
        ("/about/", 200, None),
        ("/about", 200, None),
        ("/about/?utm_source=x", 200, None),
        ("/old/", 301, "/about/"),
        ("/old/?a=1", 301, "/about/?a=1"),
        ("/temporary/", 302, "/about/"),
        ("/absolute/", 301, f"{PUBLIC}/about/"),
        ("/elsewhere/", 301, "https://other.example/"),
        ("/gone/", 410, None),
        ("/broken/", 500, None),
        ("/%22%3E%3Cb%2F7*7/", 200, None),
        ("/%c3%bcber%20uns", 301, "/%C3%BCber%20uns/"),
        ("/%c3%bcber%20uns?a=b", 301, "/%C3%BCber%20uns/?a=b"),
        ("/missing/", 404, None),
        ("/missing", 404, None),
        ("/_redirects", 404, None),
        ("/_headers", 404, None),
    ],
)
def test_hosting_rules(site: Hosting, target: str, status: int, location: str | None) -> None:
    answer = site.answer(target)
    assert (answer.status, answer.location) == (status, location)


def test_an_existing_file_goes_before_a_rule(site: Hosting) -> None:
    file = site.answer("/index.html").file
    assert file is not None
    assert "Start" in file.read_text()


def test_an_absolute_redirect_to_the_public_host_stays_here_when_the_host_is_known(folder: Path) -> None:
    known = hosting(folder, public_url=f"{PUBLIC}/")
    assert known.answer("/absolute/").location == "/about/"
    assert known.answer("/elsewhere/").location == "https://other.example/"


@pytest.mark.parametrize(
    "target",
    [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/about/../../secret.txt",
        "/..%2fsecret.txt",
        "/%2e%2e%5csecret.txt",
        "//../secret.txt",
        "/about/%00",
        "/" + "a" * 5000,
    ],
)
def test_nothing_outside_the_folder_is_served(site: Hosting, target: str) -> None:
    answer = site.answer(target)
    assert answer.status == 404
    assert answer.file is not None
    assert answer.file.name == "404.html"


def test_a_symbolic_link_does_not_lead_out(folder: Path, site: Hosting) -> None:
    link = folder / "site" / "link.txt"
    try:
        link.symlink_to(folder / "secret.txt")
    except OSError:
        pytest.skip("no symbolic links here")
    assert site.answer("/link.txt").status == 404


def test_the_slash_redirect_never_names_another_host(folder: Path) -> None:
    (folder / "site" / "evil.example").mkdir()
    (folder / "site" / "evil.example" / "index.html").write_text("x")
    assert hosting(folder).answer("//evil.example").location == "/evil.example/"


def test_serving_over_http(folder: Path) -> None:
    with serve(folder) as base:
        assert base.startswith("http://127.0.0.1:")
        status, headers, text = fetch(base, "/")
        assert (status, headers["Content-Type"]) == (200, "text/html; charset=utf-8")
        assert f'href="{PUBLIC}/about/"' in text
        status, headers, text = fetch(base, "/about/")
        assert (headers["X-Robots-Tag"], headers["Link"], text) == ("noindex", "</>; rel=canonical", "About")
        status, headers, text = fetch(base, "/old/")
        assert (status, headers["Location"], text) == (301, "/about/", "")
        status, headers, text = fetch(base, "/style.css", method="HEAD")
        assert (status, headers["Content-Length"], headers["Content-Type"], text) == (
            200,
            "3",
            "text/css; charset=utf-8",
            "",
        )
        assert fetch(base, "/feed.xml")[1]["Content-Type"] == "application/xml; charset=utf-8"
        assert fetch(base, "/missing/")[::2] == (404, "Nothing here")
        assert fetch(base, "/gone/")[::2] == (410, "Gone")
        with ThreadPoolExecutor(16) as pool:
            assert {each[0] for each in pool.map(lambda _: fetch(base, "/about/"), range(80))} == {200}
    with pytest.raises(OSError, match=r"."):
        fetch(base, "/")


def test_a_port_in_use_is_named(folder: Path) -> None:
    with serve(folder) as base:
        port = urlsplit(base).port
        with (
            pytest.raises(LinkkitError, match=f"cannot listen on 127.0.0.1:{port}"),
            serve(folder, port=port or 0),
        ):
            pass


def test_faults_of_the_rules_are_all_named(folder: Path) -> None:
    (folder / "site" / "_redirects").write_text(
        "/a /b 301 x\n/c /about/ 700\n/d /none.html 404\nx /y\n/e /f ok\n"
    )
    (folder / "site" / "_headers").write_text("X-Robots-Tag: noindex\n/a\nName: value\n  no colon\n")
    with pytest.raises(SourceError) as caught:
        hosting(folder)
    message = str(caught.value)
    for part in ("_redirects line 1", "status 700", "/none.html", "_redirects line 4", "_redirects line 5"):
        assert part in message
    for line in (1, 3, 4):
        assert f"_headers line {line}" in message


def test_a_folder_without_a_start_page(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"index\.html is missing"), serve(tmp_path):
        pass


def test_the_sample_folder_is_found() -> None:
    assert (sample_folder() / "site" / "index.html").is_file()


def test_a_missing_sample_folder_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("linkkit.demo.__file__", str(tmp_path / "linkkit" / "demo.py"))
    with pytest.raises(LinkkitError, match=r"run it from a checkout of its repository"):
        sample_folder()


def test_the_sample_site_answers_over_http() -> None:
    with serve(sample_folder()) as base:
        statuses = {
            path: fetch(base, path)[0]
            for path in (
                "/",
                "/shop/tents",
                "/gift-cards",
                "/gift-cards/",
                "/boots/",
                "/sale/",
                "/stock-checker/",
            )
        }
        hostile = "/blog/%22%3E%3Cscript%3Ewindow.pwned=1%3C%2Fscript%3E%7B%7B7*7%7D%7D/"
        assert fetch(base, hostile)[0] == 200
        assert fetch(base, "/archive/workshop-prices-2024/")[1]["X-Robots-Tag"] == "noindex"
        assert fetch(base, "/team/")[1]["Location"] == "https://www.fellandford.example/about/team/"
    assert statuses == {
        "/": 200,
        "/shop/tents": 301,
        "/gift-cards": 200,
        "/gift-cards/": 200,
        "/boots/": 301,
        "/sale/": 302,
        "/stock-checker/": 500,
    }


def test_the_server_loads_without_the_crawler() -> None:
    code = "import json, sys, linkkit.demo; print(json.dumps(sorted(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"scrapy", "advertools", "twisted"} & set(json.loads(run.stdout))
