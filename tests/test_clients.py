"""Setting up clients, and what is kept for them: the command line, the form of notebook 00, panels and exports."""

import json
import shutil
from pathlib import Path
from typing import Any

import ipywidgets
import openpyxl
import pytest
from typer.testing import CliRunner

import linkkit as lk
from linkkit import deck, widgets
from linkkit.cli import app
from linkkit.presets import presets
from linkkit.widgets.workspace import provenance_html
from tests.small_site import START, make_client

runner = CliRunner()
NOTEBOOKS = sorted((Path(__file__).parent.parent / "notebooks").glob("*.ipynb"))


@pytest.fixture
def client(tmp_path: Path) -> lk.Client:
    return make_client(tmp_path)


def _keep(client: lk.Client, text: str) -> lk.Client:
    """The client with more in its settings."""
    path = client.folder / "client.toml"
    path.write_text(path.read_text("utf-8") + text, "utf-8")
    return lk.Client.open(client.folder.name, clients=client.folder.parent)


# The command line


def test_new_client(tmp_path: Path) -> None:
    arguments = "new-client acme --url www.acme.example --preset shop --host shop.acme.example --folder /en/ --folder /de"
    result = runner.invoke(app, [*arguments.split(), "--clients", str(tmp_path)])
    assert result.exit_code == 0, result.output
    assert "only /en/, /de/" in " ".join(result.output.split())
    settings = lk.Client.open("acme", clients=tmp_path).settings
    assert (settings.start_url, settings.preset) == ("https://www.acme.example/", "shop")
    assert settings.thresholds.max_crawl_depth == 4
    assert settings.scope.words() == "hosts www.acme.example, shop.acme.example; only /en/, /de/"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("acme", "--url"),
        ("acme --url ftp://x", "is no web address"),
        ("acme --url a.example --preset bakery", "unknown preset 'bakery'; known are small_business, publisher, shop"),
        ("acme --url a.example --host x/y", "'x/y' is no host"),
        ("acme --url a.example --folder en", "'en' is no folder"),
        ("../acme --url a.example", "no client name"),
    ],
)  # fmt: skip
def test_a_new_client_with_a_fault_is_not_made(tmp_path: Path, arguments: str, message: str) -> None:
    result = runner.invoke(app, ["new-client", *arguments.split(), "--clients", str(tmp_path)])
    assert result.exit_code != 0
    assert message in " ".join(result.output.split())
    assert list(tmp_path.iterdir()) == []


def test_a_client_is_not_made_twice(tmp_path: Path) -> None:
    arguments = ["new-client", "acme", "--url", "a.example", "--clients", str(tmp_path)]
    assert runner.invoke(app, arguments).exit_code == 0
    result = runner.invoke(app, arguments)
    assert result.exit_code == 1
    assert "exists already" in result.output


# Notebook 00


def test_the_form_offers_presets_hosts_and_folders(tmp_path: Path) -> None:
    panel = widgets.ClientPanel(tmp_path)
    assert [value for _, value in panel.preset.options] == ["", *presets()]
    panel.preset.value = "publisher"
    assert "max crawl depth 5 instead of 3" in panel.about.value
    panel.preset.value = ""
    assert "defaults" in panel.about.value
    panel.name.value, panel.url.value, panel.preset.value = "acme", "acme.example", "documentation"
    panel.hosts.value, panel.folders.value = "docs.acme.example, blog.acme.example", "/en/ /de/"
    panel.crawl_url.value = "staging.acme.example"
    panel.make.click()
    settings = lk.Client.open("acme", clients=tmp_path).settings
    assert settings.preset == "documentation"
    assert settings.hosts == ("docs.acme.example", "blog.acme.example")
    assert settings.folders == ("/en/", "/de/")
    assert settings.crawl_url == "https://staging.acme.example/"
    assert "only /en/, /de/" in panel.told.value
    panel.name.value, panel.hosts.value = "other", "<script>"
    with pytest.raises(lk.SettingsError, match="is no host"):
        widgets.new_client("other", "acme.example", tmp_path, hosts=["<script>"])
    assert not (tmp_path / "other").exists()


# What sliders show and keep


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_notebook_with_sliders_can_keep_their_values(path: Path) -> None:
    source = "".join(
        "".join(cell["source"]) for cell in json.loads(path.read_text("utf-8"))["cells"] if cell["cell_type"] == "code"
    )  # fmt: skip
    for call in ("threshold_panel(", "model_panel("):
        for rest in source.split(call)[1:]:
            assert "client=client" in rest.split("\n")[0]
    if path.name[:2] in {"02", "03", "04", "05", "06", "07"}:
        assert "threshold_panel(" in source


def test_what_is_kept_in_one_notebook_holds_in_the_next(client: lk.Client) -> None:
    depth = widgets.ThresholdPanel(client.audit(), "depth", client=client)
    links = widgets.ThresholdPanel(client.audit(), "discovery", client=client)
    depth.knobs["max_crawl_depth"].box.value = 2
    links.knobs["weak_linking_pages"].box.value = 3
    depth.keep.click()
    links.keep.click()
    again = lk.Client.open(client.folder.name, clients=client.folder.parent)
    assert again.settings.thresholds == lk.Thresholds(max_crawl_depth=2, weak_linking_pages=3)
    assert widgets.load_audit(again).thresholds == again.settings.thresholds
    assert list(client.folder.glob("*.partial")) == []


def test_while_an_audit_is_waited_for_its_steps_are_told(
    client: lk.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line: what is read, what is being done and for how long, then what the audit rests on; nothing stays of it after an error."""
    lines: list[str] = []

    class Shown:
        def update(self, html: Any) -> None:
            lines.append(html.data)

    def display(html: Any, *, display_id: bool) -> Shown:
        assert display_id
        lines.append(html.data)
        return Shown()

    monkeypatch.setattr("linkkit.widgets.workspace.display", display)
    monkeypatch.setattr("linkkit.widgets.workspace._PAUSE", 0)
    widgets.load_audit(client)
    assert f"Reading the latest crawl of {client.settings.name} ..." in lines[0]
    assert "Auditing: pages (0 s)" in lines[1]
    assert any("Auditing: authority and landing yield (" in line for line in lines)
    assert "known URLs" in lines[-1]
    assert "Auditing" not in lines[-1]

    lines.clear()
    shutil.rmtree(client.folder / "crawls")
    with pytest.raises(widgets.NotebookStopError):
        widgets.load_audit(client)
    assert lines[-1] == ""


def test_sliders_go_back_to_the_presets_value(client: lk.Client) -> None:
    path = client.folder / "client.toml"
    path.write_text('preset = "shop"\n' + path.read_text("utf-8"), "utf-8")
    client = lk.Client.open(client.folder.name, clients=client.folder.parent)
    panel = widgets.ThresholdPanel(client.audit(), "depth", client=client)
    row = panel.knobs["max_crawl_depth"]
    assert (row.value, row.reset.description, row.reset.disabled) == (4, "Reset to 4", True)
    assert "Preset shop: 4 clicks. Default: 3 clicks." in row.about.value
    row.box.value = 3
    panel.keep.click()
    assert "max_crawl_depth = 3" in path.read_text("utf-8")
    row.reset.click()
    assert row.value == 4
    panel.keep.click()
    kept = lk.Client.open(client.folder.name, clients=client.folder.parent).settings
    assert kept.thresholds.max_crawl_depth == 4
    assert "\nmax_crawl_depth" not in path.read_text("utf-8")


SECTIONS = '\n[sections."/blog/".thresholds]\nmax_crawl_depth = 1\nweak_linking_pages = 9\n\n[sections."/blgo/".thresholds]\nmax_crawl_depth = 5\n'


def test_panels_tell_which_sections_have_values_of_their_own(client: lk.Client) -> None:
    client = _keep(client, SECTIONS)
    panel = widgets.ThresholdPanel(client.audit(), "depth", client=client)
    told = " ".join(child.value for child in panel.children if isinstance(child, ipywidgets.HTML))
    assert "/blog/ has its own values, whatever the sliders say: max crawl depth 1 click." in told
    assert "weak linking pages" not in told
    assert "Thresholds are set for /blgo/, but no page lies there" in told
    deep = panel.audit.findings.query("check_id == 'deep-page'")
    blog = deep[deep["url"].str.startswith(f"{START}blog/")]
    assert len(blog) > 3
    assert set(blog["threshold"]) == {1}
    # The site's slider moves; the section stays as it is, also in what is kept.
    panel.knobs["max_crawl_depth"].box.value = 10
    moved = panel.audit.findings.query("check_id == 'deep-page'")
    assert set(moved["url"]) == set(blog["url"])
    panel.keep.click()
    kept = lk.Client.open(client.folder.name, clients=client.folder.parent).settings.thresholds
    assert (kept.max_crawl_depth, kept.of_section("/blog/").max_crawl_depth) == (10, 1)
    assert "10 clicks (5 in /blgo/, 1 in /blog/)" in panel.answer.value


# Exports


def _summary(audit: lk.Audit, folder: Path) -> str:
    deck.export_findings(audit, folder)
    sheet = openpyxl.load_workbook(folder / "findings.xlsx")["Summary"]
    return "\n".join(
        str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None
    )


def test_exports_name_preset_own_values_and_sections(client: lk.Client, tmp_path: Path) -> None:
    path = client.folder / "client.toml"
    path.write_text('preset = "shop"\n' + path.read_text("utf-8"), "utf-8")
    client = _keep(client, SECTIONS)
    client = client.save_thresholds(client.settings.thresholds.replace(min_section_pages=5, max_hub_clicks=3))
    audit = client.audit()
    told = _summary(audit, tmp_path / "exports")
    for words in (
        "shop. Categories, lists and products",
        "4 clicks instead of 3, by the preset shop: start page, department, category, list, product.",
        "5 pages, the default (preset shop: 10).",
        "3 clicks instead of 2. ",
        "max_crawl_depth in /blog/",
        "1 click instead of 4. ",
        "Thresholds are set for /blgo/, but no page lies there",
    ):
        assert words in told, words
    about = json.loads((audit.save(tmp_path / "audit") / "manifest.json").read_text("utf-8"))
    assert about["thresholds"]["preset"] == "shop"
    assert about["thresholds"]["max_crawl_depth in /blog/"] == 1
    page = provenance_html(client, audit)
    assert "max crawl depth 4 instead of 3 by preset shop" in page
    assert "min section pages 5 (preset shop: 10)" in page
    assert "max crawl depth 1 in /blog/ instead of 4" in page


def test_another_scope_than_the_crawls_is_said(client: lk.Client) -> None:
    assert client.scope_note(client.site()) == ""
    with pytest.raises(lk.SettingsError, match=r"twice \(at line .*write its settings below the one"):
        _keep(client, "\n[scope]\n")
    path = client.folder / "client.toml"
    path.write_text(
        path.read_text("utf-8")[: -len("\n[scope]\n")].replace("#folders = []", 'folders = ["/blog/"]'),
        "utf-8",
    )
    client = lk.Client.open(client.folder.name, clients=client.folder.parent)
    note = client.scope_note(client.site())
    assert (
        note
        == "client.toml says that the site is only /blog/; this crawl was made of the start page's host: crawl or import anew"
    )
    assert note[:40] in provenance_html(client, client.audit())
