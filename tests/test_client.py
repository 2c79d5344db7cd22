"""A client's folder, and the command line that works on it."""

import csv
import json
from itertools import pairwise
from pathlib import Path

import pytest
from typer.testing import CliRunner

import linkkit as lk
from linkkit.cli import app
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


@pytest.mark.parametrize("command", [[], ["crawl"], ["import"], ["audit"], ["demo"], ["start"]])
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
    assert "6 URLs, 5 links" in result.output
    result = runner.invoke(app, ["audit", "--client", "shop.example", "--no-notebooks", *clients])
    assert result.exit_code == 0, result.output
    assert "6 URLs known" in result.output
    exports = tmp_path / "clients" / "shop.example" / "exports"
    assert {"findings.csv", "findings.xlsx", "charts"} <= {path.name for path in exports.iterdir()}
    assert {path.suffix for path in (exports / "charts").iterdir()} == {".png", ".svg"}
    flags = ["--max-crawl-depth", "5"]
    result = runner.invoke(app, ["audit", "--client", "shop.example", "--no-notebooks", *flags, *clients])
    assert result.exit_code == 0
    assert "clicks from the start page" not in result.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["audit"], "give --url, --client or both"),
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
