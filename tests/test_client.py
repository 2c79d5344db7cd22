"""A client's folder, and the command line that works on it."""

import csv
import json
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

import linkkit as lk
from linkkit.cli import app
from linkkit.schema import FoundIn
from linkkit.thresholds import knobs

SITE = "https://shop.example/"
runner = CliRunner()


@pytest.fixture
def edges(tmp_path: Path) -> Path:
    """Start page -> a -> b -> c -> d -> e, one link each; and a page only the list of URLs knows."""
    path = tmp_path / "edges.csv"
    chain = ["", "a", "b", "c", "d", "e"]
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["source", "target", "anchor"])
        writer.writerows([SITE + one, SITE + two, f"Page called {two}"] for one, two in pairwise(chain))
    return path


@pytest.fixture
def client(tmp_path: Path, edges: Path) -> lk.Client:
    made = lk.Client.new("shop", SITE, clients=tmp_path / "clients")
    made.import_files(edges)
    return made


def test_a_new_client_is_ready_to_be_filled(tmp_path: Path) -> None:
    client = lk.Client.new("acme", SITE, clients=tmp_path)
    assert client.settings.start_url == SITE
    assert sorted(path.name for path in client.folder.iterdir()) == [
        "client.toml",
        "crawls",
        "exports",
        "signals",
    ]
    with pytest.raises(lk.SettingsError, match="exists already"):
        lk.Client.new("acme", SITE, clients=tmp_path)


@pytest.mark.parametrize("name", ["../up", "a/b", "", ".hidden", "x" * 65, "a\\b", "nul\0"])
def test_names_that_leave_the_folder_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(lk.SettingsError, match="no client name"):
        lk.Client.new(name, SITE, clients=tmp_path)


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "clients").write_text("a file")
    with pytest.raises(lk.SettingsError, match="folder cannot be made"):
        lk.Client.new("acme", "https://a.example/", clients=tmp_path / "clients")


def test_an_unknown_client_lists_the_known(tmp_path: Path) -> None:
    lk.Client.new("acme", SITE, clients=tmp_path)
    with pytest.raises(lk.SettingsError, match="known: acme"):
        lk.Client.open("acne", clients=tmp_path)


def test_all_faults_of_the_settings_are_named_at_once(tmp_path: Path) -> None:
    client = lk.Client.new("acme", SITE, clients=tmp_path)
    (client.folder / "client.toml").write_text(
        """start_url = 1
        colour = "red"
        [crawl]
        max_pages = "many"
        speed = 3
        [signals]
        weather = "x.csv"
        [thresholds]
        max_depth = 3
        [[clusters]]
        name = "tents"
        """,
        "utf-8",
    )
    with pytest.raises(lk.SettingsError) as caught:
        lk.Client.open("acme", clients=tmp_path)
    for fault in (
        "'colour'",
        "'name' is missing",
        "'start_url' is missing",
        "'max_pages' = 'many'",
        "'speed'",
    ):
        assert fault in str(caught.value)
    for fault in ("'weather'", "max_depth", "pillar"):
        assert fault in str(caught.value)


def test_without_a_crawl_the_error_says_what_to_do(tmp_path: Path) -> None:
    client = lk.Client.new("acme", SITE, clients=tmp_path)
    with pytest.raises(lk.SiteError, match=r"no crawl yet.*linkkit crawl"):
        client.audit()


def test_signals_lie_where_they_are_called_after(client: lk.Client) -> None:
    (client.folder / "signals" / "money_pages.txt").write_text("/e\n", "utf-8")
    (client.folder / "signals" / "urls.txt").write_text(f"{SITE}alone\n", "utf-8")
    assert [(file.name, name) for file, name in client.signal_files().items()] == [
        ("money_pages.txt", "money_pages"),
        ("urls.txt", "urls"),
    ]
    audit = client.audit()
    deep = audit.findings[audit.findings["check_id"] == "deep-page"].set_index("url")
    assert dict(deep["severity"]) == {SITE + "d": "info", SITE + "e": "high"}
    assert dict(deep["value"]) == {SITE + "d": 4, SITE + "e": 5}
    assert audit.metrics.set_index("url").loc[SITE + "alone", "orphan_state"] == "inconclusive"


@pytest.mark.parametrize("name", ["sitemap.xml", "urls.xml"])
def test_an_xml_sitemap_may_have_the_name_of_a_list(client: lk.Client, name: str) -> None:
    entries = f"<urlset><url><loc>{SITE}a</loc></url></urlset>"
    (client.folder / "signals" / name).write_text(entries, "utf-8")
    flag = FoundIn.SITEMAP if name == "sitemap.xml" else FoundIn.LIST
    pages = client.site().pages
    assert pages.loc[(pages["found_in"] & int(flag)) > 0, "url"].tolist() == [SITE + "a"]


def test_thresholds_are_kept_with_the_client(client: lk.Client) -> None:
    path = client.folder / "client.toml"
    path.write_text("# my note\n" + path.read_text("utf-8"), "utf-8")
    client.save_thresholds(lk.Thresholds(max_crawl_depth=5))
    again = lk.Client.open("shop", clients=client.folder.parent)
    assert again.settings.thresholds == lk.Thresholds(max_crawl_depth=5)
    assert "# my note" in path.read_text("utf-8")
    assert "deep-page" not in set(again.audit().findings["check_id"])
    again.save_thresholds(lk.Thresholds())
    assert lk.Client.open("shop", clients=client.folder.parent).settings.thresholds == lk.Thresholds()


def test_every_import_has_a_folder_of_its_own(client: lk.Client, edges: Path) -> None:
    first = client.crawls
    client.import_files(edges)
    assert len(client.crawls) == len(first) + 1 == 2
    assert client.crawls[0] == first[0]


@pytest.mark.parametrize("command", [[], ["crawl"], ["import"], ["audit"], ["deck"], ["demo"], ["start"]])
def test_every_command_explains_itself(command: list[str]) -> None:
    result = runner.invoke(app, [*command, "--help"])
    assert result.exit_code == 0
    assert "Usage" in result.output


def test_every_threshold_is_a_flag() -> None:
    command = next(each for each in app.registered_commands if each.name == "audit")
    assert command.callback is not None
    parameters = command.callback.__signature__.parameters  # type: ignore[attr-defined]
    assert set(knobs()) <= set(parameters)


def test_import_and_audit(tmp_path: Path, edges: Path) -> None:
    clients = ["--clients", str(tmp_path / "clients")]
    result = runner.invoke(app, ["import", str(edges), "--url", SITE, *clients])
    assert result.exit_code == 0, result.output
    written = tmp_path / "clients" / "shop.example" / "crawls"
    assert f"6 URLs, 5 links -> {next(written.iterdir()) / 'site'}" in result.output
    # Signals that come later make no other dataset.
    clicks = tmp_path / "clicks.csv"
    clicks.write_text(f"Top pages,Clicks,Impressions,CTR,Position\n{SITE},1,2,50%,1\n")
    result = runner.invoke(app, ["import", str(clicks), "--client", "shop.example", *clients])
    assert f"6 URLs, 5 links -> {next(written.iterdir()) / 'site'}" in result.output
    result = runner.invoke(app, ["audit", "--client", "shop.example", "--no-notebooks", *clients])
    assert result.exit_code == 0, result.output
    assert "6 URLs known" in result.output
    exports = tmp_path / "clients" / "shop.example" / "exports"
    assert {"quick-wins.xlsx", "tickets-jira.csv", "charts"} <= {path.name for path in exports.iterdir()}
    made = exports.parent / "deck"
    assert {"shop-example-audit.xlsx", "shop-example-audit.pptx", "shop-example-audit.html", "csv"} <= {
        path.name for path in made.iterdir()
    }
    assert {path.suffix for path in (exports / "charts").iterdir()} == {".png", ".svg"}
    flags = ["--max-crawl-depth", "5", "--no-deck"]
    result = runner.invoke(app, ["audit", "--client", "shop.example", "--no-notebooks", *flags, *clients])
    assert result.exit_code == 0
    assert "clicks from the start page" not in result.output
    flags = ["--weights", "uniform", "--damping", "0.7", "--no-deck", "--profile"]
    result = runner.invoke(app, ["audit", "--client", "shop.example", "--no-notebooks", *flags, *clients])
    assert result.exit_code == 0, result.output
    audits = sorted((tmp_path / "clients" / "shop.example" / "audits").glob("*/manifest.json"))
    model = json.loads(audits[-1].read_text())["link_model"]
    assert (model["weights"], model["damping"], model["nofollow"]) == ("uniform", 0.7, "evaporate")
    took = pd.read_csv(audits[-1].parent / "profile.csv").set_index("step")
    assert took.loc[["audit", "link graph", "checks", "orphan-page"], "level"].tolist() == [0, 1, 1, 2]
    # Which steps take less than a hundredth of the run, and are left out, depends on the machine.
    whole = took.loc[took["level"] == 0, ["wall_seconds", "cpu_seconds"]].sum()
    long = (took[list(whole.index)] / whole).max(axis=1) > 0.02
    listed = [f"{'  ' * level}{step} " for step, level in took.loc[long, "level"].items()]
    assert "audit " in listed
    assert [line for line in listed if f"\n{line}" not in result.output] == []


def test_help_tells_every_default() -> None:
    result = runner.invoke(app, ["audit", "--help"], env={"COLUMNS": "200", "TERM": "dumb"})
    words = " ".join(result.output.replace("│", " ").split())
    assert "(clicks; default: 3)" in words
    assert "(evaporate, drop, keep; default: evaporate)" in words


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["audit"], "no client is named: give --client, or --url"),
        (["deck"], "no client is named: give --client"),
        (["audit", "--client", "nobody"], "no client 'nobody'"),
        (["audit", "--url", "ftp://x.example"], "not an http or https URL"),
        (["import", "missing.jl", "--url", SITE], "no such file"),
        (["audit", "--client", "x", "--max-crawl-depth", "0"], "max-crawl-depth"),
        (["crawl", "--url", SITE, "--basic-auth", "nocolon"], "user:password"),
        (["crawl", "--url", SITE, "--header", "nocolon"], "Name: value"),
    ],
)
def test_what_cannot_be_done_is_said_and_fails(tmp_path: Path, arguments: list[str], message: str) -> None:
    result = runner.invoke(app, [*arguments, "--clients", str(tmp_path)])
    assert result.exit_code != 0
    assert message in " ".join(result.output.split())
    assert "Traceback" not in result.output


def test_a_place_that_cannot_be_written_is_named(
    client: lk.Client, edges: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", "/signals/x.csv")

    monkeypatch.setattr(lk.Client, "import_files", refused)
    arguments = ["import", str(edges), "--client", "shop", "--clients", str(client.folder.parent)]
    result = runner.invoke(app, arguments)
    assert result.exit_code == 1
    assert result.output == "linkkit: [Errno 13] Permission denied: '/signals/x.csv'\n"


def test_a_folder_that_cannot_be_made_is_told_before_the_audit(tmp_path: Path, edges: Path) -> None:
    lk.Client.new("acme", SITE, clients=tmp_path / "clients")
    clients = ["--clients", str(tmp_path / "clients")]
    result = runner.invoke(app, ["deck", "acme", "--output", str(edges), *clients])
    assert (result.exit_code, "is a file, not a folder" in result.output) == (1, True)


def test_an_interrupted_crawl_is_taken_up_unless_a_new_one_is_wanted(
    client: lk.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders: list[Path] = []
    monkeypatch.setattr("linkkit.client.crawl", lambda url, folder, **options: folders.append(folder))
    monkeypatch.setattr(lk.Client, "site", lambda self: None)
    status = client.crawls[-1] / "crawl" / "status.json"
    status.parent.mkdir()
    for stopped_by, is_taken_up in (
        ("interrupted", True),
        ("killed", True),
        ("page limit 5", False),
        (None, False),
    ):
        status.write_text(json.dumps({"complete": stopped_by is None, "stopped_by": stopped_by}), "utf-8")
        client.crawl()
        client.crawl(anew=True)
        assert (folders[-2] == client.crawls[-1]) == is_taken_up
        assert folders[-1] not in client.crawls


GA4 = "# Account: Shop\nPage path and screen class,Sessions\n/a,7\n/alone,2\n(not set),1\n"


def test_files_are_told_by_their_content_and_stay_with_the_client(client: lk.Client, tmp_path: Path) -> None:
    (tmp_path / "report (3).csv").write_text(GA4, "utf-8")
    (tmp_path / "buy.txt").write_text("/e\n", "utf-8")
    imported = client.import_files(tmp_path / "report (3).csv")
    assert imported.report[
        ["recognised", "rows", "matched", "not_crawled", "rejected"]
    ].to_numpy().tolist() == [["GA4 pages and screens", 3, 1, 1, 1]]
    client.import_files(tmp_path / "buy.txt", lists="money_pages")
    assert sorted(file.name for file in client.signal_files()) == ["money_pages-buy.txt", "report (3).csv"]
    site = client.site()
    pages = site.pages.set_index("url")
    assert pages.loc[SITE + "a", "sessions"] == 7
    assert pages["is_money_page"].sum() == 1
    assert client.rejects()[["signal", "row", "value", "reason"]].to_numpy().tolist() == [
        ["analytics", 5, "(not set)", "names no page"]
    ]
    assert len(client.crawls) == 1


def test_a_newer_export_of_the_same_name_takes_the_place_of_the_older(
    client: lk.Client, tmp_path: Path
) -> None:
    file = tmp_path / "pages.csv"
    for sessions in (7, 7, 9):
        file.write_text(GA4.replace("/a,7", f"/a,{sessions}"), "utf-8")
        client.import_files(file)
    assert client.site().pages.set_index("url").loc[SITE + "a", "sessions"] == 9
    assert len(list((client.folder / "signals" / "replaced").iterdir())) == 1
    other = tmp_path / "july.csv"
    other.write_text(GA4, "utf-8")
    client.import_files(other)
    assert client.site().manifest.signals["analytics"]["files added up"] == 2


def test_what_is_not_understood_changes_nothing(client: lk.Client, tmp_path: Path, edges: Path) -> None:
    (tmp_path / "weather.csv").write_text("Day,Weather\n1,rain\n", "utf-8")
    (tmp_path / "ga4.csv").write_text(GA4, "utf-8")
    with pytest.raises(lk.SourceError, match=r"weather\.csv: not understood; seen: .*'Day', 'Weather'"):
        client.import_files(tmp_path / "ga4.csv", edges, tmp_path / "weather.csv")
    assert len(client.crawls) == 1
    assert client.signal_files() == {}
    (tmp_path / "empty.csv").touch()
    with pytest.raises(
        lk.SourceError, match=r"(?s)empty\.csv: the file is empty\n.*weather\.csv: not understood"
    ):
        client.import_files(tmp_path / "empty.csv", tmp_path / "weather.csv")
    (client.folder / "signals" / "crawl.csv").write_text(edges.read_text())
    with pytest.raises(
        lk.SourceError, match="says nothing about pages beside their links; import it as a crawl"
    ):
        client.site()


def test_a_crawl_and_its_signals_come_in_together(client: lk.Client, tmp_path: Path, edges: Path) -> None:
    folder = tmp_path / "from the client"
    folder.mkdir()
    (folder / "links.csv").write_text(edges.read_text())
    (folder / "ga4.csv").write_text(GA4, "utf-8")
    result = runner.invoke(
        app, ["import", str(folder), "--client", "shop", "--clients", str(client.folder.parent)]
    )
    assert result.exit_code == 0, result.output
    assert (
        "GA4 pages and screens; 3 rows, 1 match a crawled page, 1 pages not crawled, 1 not used"
        in result.output
    )
    assert "links.csv: edge list; 6 rows; 5 links" in result.output
    assert "not used: ga4.csv row 5: (not set): names no page" in result.output
    assert "7 URLs, 5 links" in result.output
    assert len(client.crawls) == 2


def test_bots_are_verified_only_where_the_client_says_so(client: lk.Client) -> None:
    path = client.folder / "client.toml"
    path.write_text("verify_bots = true\n" + path.read_text("utf-8"), "utf-8")
    assert lk.Client.open("shop", clients=client.folder.parent).settings.verify_bots
    path.write_text(path.read_text("utf-8").replace("= true", '= "yes"', 1), "utf-8")
    with pytest.raises(lk.SettingsError, match="'verify_bots' = 'yes': expected true or false"):
        lk.Client.open("shop", clients=client.folder.parent)
