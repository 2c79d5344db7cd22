"""What counts as the site: hosts, folders, and what becomes of rows of files that lie outside."""

from pathlib import Path

import pytest

import linkkit as lk
from linkkit.scope import SiteScope
from linkkit.sources.importing import read

SITE = "https://www.client.example/"


@pytest.mark.parametrize(
    ("hosts", "folders", "inside", "outside"),
    [
        ([], [], ["http://client.example/x", SITE], ["https://shop.client.example/", "https://client.example:8443/"]),
        (["shop.client.example"], [], ["https://shop.client.example/x", "http://www.shop.client.example/"], ["https://blog.client.example/"]),
        (["https://shop.client.example:8443/"], [], ["http://shop.client.example:8443/"], ["https://shop.client.example/"]),
        ([], ["/en/", "/shop"], [SITE, "https://client.example/en", "https://www.client.example/shop/a?b"], ["https://www.client.example/de/", "https://www.client.example/shopping", "https://www.client.example/?a=1"]),
        (["shop.client.example"], ["shop.client.example/en/"], ["https://www.client.example/de/", "https://shop.client.example/en/x"], ["https://shop.client.example/", "https://shop.client.example/de/"]),
        (["shop.client.example"], ["/en/", "shop.client.example/fr/"], ["https://www.client.example/en/", "https://shop.client.example/fr/"], ["https://shop.client.example/en/", "https://www.client.example/fr/"]),
        (["M\u00dcLLER.example"], [], ["https://xn--mller-kva.example/"], []),
        (["www.client.example"], [], [SITE], []),
    ],
)  # fmt: skip
def test_what_belongs(hosts: list[str], folders: list[str], inside: list[str], outside: list[str]) -> None:
    scope = SiteScope.of(SITE, hosts, folders)
    assert [url for url in inside if not scope.contains(url)] == []
    assert [url for url in outside if scope.contains(url)] == []
    assert SiteScope.from_json(scope.start_url, scope.to_json()) == scope


@pytest.mark.parametrize(
    "host", ["", "a b", "x/y", "*.client.example", "user@shop.example", "ftp://x.example", "?"]
)
def test_what_is_no_host(host: str) -> None:
    with pytest.raises(lk.SettingsError, match="is no host"):
        SiteScope.of(SITE, [host])


def test_all_faults_at_once() -> None:
    with pytest.raises(lk.SettingsError) as caught:
        SiteScope.of(SITE, ["a/b", 3], ["en", "https://else.example/en/", "/x?y"])  # type: ignore[list-item]
    for fault in (
        "'a/b' is no host",
        "3 is no text",
        "'en' is no folder",
        "lies on else.example",
        "holds ? or #",
    ):
        assert fault in str(caught.value)
    with pytest.raises(lk.SettingsError, match="a list of texts is expected"):
        SiteScope.of(SITE, "shop.client.example")


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """Links between a site, its shop, another folder and another site; and analytics of all of them."""
    edges, visits = tmp_path / "edges.csv", tmp_path / "ga4.csv"
    rows = [
        (SITE, f"{SITE}en/"), (f"{SITE}en/", f"{SITE}en/a"), (f"{SITE}en/a", f"{SITE}de/"),
        (f"{SITE}en/a", "https://shop.client.example/en/"), (f"{SITE}de/", f"{SITE}en/a"),
        ("https://shop.client.example/en/", SITE), (f"{SITE}en/a", "https://else.example/"),
    ]  # fmt: skip
    edges.write_text("source,target\n" + "".join(f"{one},{two}\n" for one, two in rows), "utf-8")
    visits.write_text(
        "# Account: Client\nPage path and screen class,Sessions\n/en/a,7\n/de/,5\n/de/b,2\n"
        "https://shop.client.example/en/,3\nhttps://else.example/,1\n",
        "utf-8",
    )
    return edges, visits


def test_rows_outside_are_counted_and_not_audited(files: tuple[Path, Path]) -> None:
    imported = read(*files, start_url=SITE, hosts=["shop.client.example"], folders=["/en"])
    site = imported.site
    assert site is not None
    assert sorted(site.pages["url"]) == [
        "https://shop.client.example/en/", SITE, f"{SITE}en/", f"{SITE}en/a"
    ]  # fmt: skip
    sections = site.pages.set_index("url")["section"]
    assert sections[f"{SITE}en/"] == "/en/"
    assert sections["https://shop.client.example/en/"] == "shop.client.example/en/"
    assert site.manifest.rejected == {"link whose source is outside the site": 1}
    assert site.engine.arrow("SELECT sum(links) AS n FROM external_links")["n"][0].as_py() == 2
    told = site.manifest.signals["analytics"]
    assert (told["rows"], told["matched"], told["not crawled"], told["outside the site"]) == (5, 2, 0, 3)
    assert dict(zip(imported.rejects["value"], imported.rejects["reason"], strict=True)) == {
        "/de/": "outside the site (not in /en/)",
        "/de/b": "outside the site (not in /en/)",
        "https://else.example/": "outside the site (else.example)",
    }
    report = imported.report.set_index("feeds")
    assert report.loc["analytics", "outside"] == 3
    # The scope stays with the site: what is added later is judged by it too.
    again = lk.add_signals(lk.load(site.save(files[0].parent / "kept").folder), urls=["/en/new", "/de/new"])
    assert f"{SITE}en/new" in set(again.pages["url"])
    assert f"{SITE}de/new" not in set(again.pages["url"])


def test_pages_outside_leak_as_external_links_do(files: tuple[Path, Path]) -> None:
    def leak(**scope: list[str]) -> float:
        site = read(files[0], start_url=SITE, **scope).site  # type: ignore[arg-type]
        assert site is not None
        return float(lk.run_audit(site).ledger["external"])

    whole = leak(hosts=["shop.client.example"])
    assert whole < leak() < leak(folders=["/en/"])


def test_slashes_and_www_are_told_apart_by_host_only(files: tuple[Path, Path]) -> None:
    site = read(files[0], start_url=SITE, hosts=["shop.client.example"]).site
    assert site is not None
    signals = lk.add_signals(site, urls=["http://www.shop.client.example/en", "http://client.example/en"])
    assert len(signals.pages) == len(site.pages)
    assert signals.manifest.signals["urls"]["matched"] == 2


def test_a_client_imports_within_its_scope(files: tuple[Path, Path], tmp_path: Path) -> None:
    client = lk.Client.new("acme", SITE, clients=tmp_path / "clients", folders=["/en/"])
    client.import_files(*files)
    assert sorted(client.site().pages["url"]) == [SITE, f"{SITE}en/", f"{SITE}en/a"]
    assert set(client.rejects()["reason"].str.partition(" (")[0]) == {"outside the site"}
