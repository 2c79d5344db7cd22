"""Flags of the command line that steer a crawl and an engine, and how far what they limit is told."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer
from rich.text import Text
from typer.testing import CliRunner

import linkkit as lk
from linkkit import deck
from linkkit.cli import app
from linkkit.crawler.traps import MAX_URL_LENGTH
from linkkit.deck.story import build_story
from tests.small_site import make_client

runner = CliRunner()


def run(*arguments: object) -> str:
    result = runner.invoke(app, [str(each) for each in arguments])
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory, serve: Callable[[Path], str]) -> lk.Client:
    """A client whose crawl was cut after three pages of a site with a link that no crawl follows."""
    folder = tmp_path_factory.mktemp("limited")
    site = folder / "site"
    for name in ("", "a/", "b/", "c/"):
        (site / name).mkdir(parents=True)
        (site / name / "index.html").write_text(
            f'<title>Page {name}</title><h1>Page</h1><a href="/a/">A</a> <a href="/b/">B</a> <a href="/c/">C</a>'
            f'<a href="/{"x" * MAX_URL_LENGTH}">long</a><script src="/x.js"></script>'
        )
    limits = ("--max-pages", 3, "--max-depth", 7, "--render", "never")
    told = run("crawl", "--url", serve(site), "--client", "tiny", "--clients", folder, "--delay", 0, *limits)
    assert "The crawl is incomplete: page limit 3" in told
    return lk.Client.open("tiny", clients=folder)


def test_flags_reach_the_crawl(crawled: lk.Client) -> None:
    asked = json.loads((crawled.crawls[-1] / "crawl" / "settings.json").read_text("utf-8"))
    assert {name: asked[name] for name in ("max_pages", "max_depth", "delay", "render")} == {
        "max_pages": 3, "max_depth": 7, "delay": 0.0, "render": "never",
    }  # fmt: skip
    assert crawled.site().manifest.settings["crawl"]["rendering"]["asked"] == "never"


def test_a_crawls_limits_reach_exports(crawled: lk.Client, tmp_path: Path) -> None:
    audit = crawled.audit()
    story = build_story(audit)
    assert not story.is_complete
    told = "\n".join(story.limits)
    assert "The crawl is incomplete: page limit 3" in told
    left_out = f"Links not followed: 3, with addresses longer than {MAX_URL_LENGTH:,} characters"
    assert left_out in told
    written = deck.export(audit, tmp_path, formats=("csv",))
    assert [path.suffix for path in written if left_out in path.read_text("utf-8")] == [".txt"]


@pytest.mark.parametrize(
    ("flags", "expected"),
    [([], {"X-Stage": "my secret", "X-Two": "b:c"}), (["--header", "A: b"], {"A": "b"})],
)
def test_headers_of_the_environment_hold_where_no_flag_names_any(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, flags: list[str], expected: dict[str, str]
) -> None:
    given: dict[str, Any] = {}

    def stop(self: lk.Client, **options: Any) -> None:
        given.update(options)
        raise lk.CrawlError("seen enough")

    monkeypatch.setattr(lk.Client, "crawl", stop)
    result = runner.invoke(
        app,
        ["crawl", "--url", "http://127.0.0.1:9/", "--clients", str(tmp_path), *flags],
        env={"LINKKIT_HEADERS": "X-Stage: my secret\nX-Two: b:c\n"},
    )
    assert "seen enough" in result.output
    assert given["headers"] == expected


@pytest.mark.parametrize("command", ["crawl", "audit"])
def test_a_mistyped_address_leaves_no_client_behind(
    tmp_path: Path, serve: Callable[[Path], str], command: str
) -> None:
    site, clients = tmp_path / "site", tmp_path / "clients"
    site.mkdir()
    (site / "index.html").write_text("<title>Shop</title><a href='/'>Start</a>")
    address = serve(site)
    (clients / "put").mkdir(parents=True)

    def first(client: str, url: str, *more: str) -> str:
        flags = ["--client", client, "--clients", str(clients), "--delay", "0", "--render", "never", *more]
        result = runner.invoke(app, [command, "--url", url, *flags])
        assert result.exit_code == 1
        return result.output

    assert "the start page does not exist: status 404" in first("new", f"{address}shpo/")
    assert not (clients / "new").exists()
    # A folder that was there before stays, and a client that was made by a command of its own.
    first("put", f"{address}shpo/")
    assert (clients / "put" / "client.toml").is_file()
    lk.Client.new("made", f"{address}shpo/", clients=clients)
    first("made", f"{address}shpo/")
    assert (clients / "made" / "client.toml").is_file()
    # So does a new one whose crawl did not end at its start page.
    assert "render: expected one of" in first("other", address, "--render", "sometimes")
    assert (clients / "other" / "client.toml").is_file()


@pytest.mark.parametrize("command", ["crawl", "audit"])
def test_render_takes_one_of_its_words(tmp_path: Path, command: str) -> None:
    result = runner.invoke(
        app, [command, "--url", "http://127.0.0.1:9/", "--render", "sometimes", "--clients", str(tmp_path)]
    )
    assert result.exit_code == 1
    assert "render: expected one of auto, always, never, found 'sometimes'" in " ".join(result.output.split())


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> lk.Client:
    return make_client(tmp_path_factory.mktemp("clients"), "small")


@pytest.mark.parametrize(
    ("command", "job"),
    [(["audit", "--client"], "audit_client"), (["compare", "--client"], "compare_client"), (["deck"], "export_deck")],
)  # fmt: skip
def test_engine_is_that_of_the_flag(
    small: lk.Client, monkeypatch: pytest.MonkeyPatch, command: list[str], job: str
) -> None:
    chosen: list[Any] = []

    def only_load(client: lk.Client, *_: Any, **__: Any) -> None:
        client.site()

    def load(folder: Path, *, engine: Any) -> None:
        chosen.append(engine)
        raise lk.SiteError("seen enough")

    monkeypatch.setattr(f"linkkit.headless.{job}", only_load)
    monkeypatch.setattr("linkkit.client.load", load)
    clients = ["--clients", str(small.folder.parent)]
    for flags in (["--engine", "spark:local[2]"], []):
        assert "seen enough" in runner.invoke(app, [*command, "small", *flags, *clients]).output
    assert chosen == ["spark:local[2]", "embedded"]


@pytest.mark.parametrize("command", [["audit", "--url", "https://new.example/"], ["compare"], ["deck"]])
def test_an_engine_that_there_is_not_is_named_and_nothing_made(tmp_path: Path, command: list[str]) -> None:
    result = runner.invoke(
        app, [*command, "--client", "x", "--engine", "flink", "--clients", str(tmp_path / "clients")]
    )
    assert result.exit_code == 1
    assert "engine = 'flink': embedded, spark or spark:<master> is expected" in " ".join(
        result.output.split()
    )
    assert not (tmp_path / "clients").exists()


def test_help_shows_every_word_of_its_texts() -> None:
    """A word in brackets is taken for markup, and is gone from the screen."""
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    helps = [
        param.help or ""
        for command in commands.values()
        for param in command.params
        if hasattr(param, "help")
    ]
    assert len(helps) > 100
    assert [text for text in helps if Text.from_markup(text).plain != text.replace("\\[", "[")] == []
