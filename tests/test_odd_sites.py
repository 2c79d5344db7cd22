"""Every notebook on sites unlike the sample: all cells run, each says something, nothing crawled leaves its place."""

import base64
import html
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import altair as alt
import pytest
from altair.utils.schemapi import debug_mode

from linkkit.audit import Audit
from linkkit.client import Client
from linkkit.deck import images
from linkkit.headless import chapter_notebooks
from linkkit.network import picture
from linkkit.widgets.display import table_html
from tests import odd_sites
from tests.notebook_cells import NotebookRun, run_cells

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


SITES: dict[str, Callable[[Path], Client]] = {
    "one page": odd_sites.one_page,
    "German and Japanese": odd_sites.german_japanese,
    "right to left, half a crawl": odd_sites.right_to_left,
}


@pytest.fixture(scope="module")
def drawn_by_spec() -> Any:
    """Charts are checked and compiled to their specs, not drawn: tests/test_notebooks.py draws them all."""

    def save(chart: alt.TopLevelMixin, target: Any, format: str = "", **options: Any) -> None:
        assert chart.to_dict()["description"]  # type: ignore[attr-defined]
        if hasattr(target, "write"):
            target.write(PIXEL)
        else:
            Path(target).write_bytes(PIXEL)

    # Each spec is checked once, when it is saved, and not while its parts are put together.
    with pytest.MonkeyPatch.context() as patch, debug_mode(False):
        patch.setattr(picture, "render", lambda nodes, edges, **options: "<html></html>")
        patch.setattr(alt.TopLevelMixin, "save", save)
        patch.setattr(images, "_draw", lambda spec, name, scale, formats: dict.fromkeys(formats, PIXEL))
        yield


@pytest.fixture(scope="module")
def audited_once() -> Iterator[None]:
    """All notebooks of a site share its audit, and so its plan and its verdict: what they make of it is looked at here."""
    audit, made = Client.audit, dict[Path, Audit]()

    def shared(client: Client, *given: Any, **options: Any) -> Audit:
        if given or options:
            return audit(client, *given, **options)
        if client.folder not in made:
            made[client.folder] = audit(client)
        return made[client.folder]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Client, "audit", shared)
        yield


@pytest.fixture(scope="module")
def runs(
    tmp_path_factory: pytest.TempPathFactory, drawn_by_spec: Any, audited_once: None
) -> Callable[[str], dict[str, NotebookRun]]:
    """All notebooks of a site, run when first asked for."""
    done: dict[str, dict[str, NotebookRun]] = {}

    def of(site: str) -> dict[str, NotebookRun]:
        if site not in done:
            client = SITES[site](tmp_path_factory.mktemp("clients"))
            done[site] = {path.stem[:2]: run_cells(path, client) for path in chapter_notebooks()}
        return done[site]

    return of


def _seen(run: NotebookRun) -> str:
    """What a reader sees: without graphs' own pages, pictures and their alternative texts."""
    return re.sub(r" (?:srcdoc|src|alt|title)=\"[^\"]*\"", "", run.html)


@pytest.mark.parametrize("site", list(SITES))
def test_every_notebook_runs_to_its_end(runs: Callable[[str], dict[str, NotebookRun]], site: str) -> None:
    for name, run in runs(site).items():
        assert len(run.cells) >= 3, name
        # The parameters show nothing; of what follows, most cells do.
        silent = [cell.source for cell in run.cells[1:] if not cell.outputs and "=" not in cell.source]
        assert silent == [], (name, silent)
        assert not re.search(r">(?:NaN|None|NaT|inf|&lt;NA&gt;)<|\bnan\b", _seen(run)), name
        assert "Traceback" not in "".join(cell.printed for cell in run.cells), name


def test_an_incomplete_crawl_is_never_an_all_clear(runs: Callable[[str], dict[str, NotebookRun]]) -> None:
    made = runs("right to left, half a crawl")
    for number in ("02", "03"):
        assert "the crawl is incomplete" in made[number].html
        assert "In order" not in _seen(made[number])
    assert "page limit 8" in made["10"].html
    assert ">Ready<" not in made["10"].html


def test_a_site_of_one_page_says_so(runs: Callable[[str], dict[str, NotebookRun]]) -> None:
    made = runs("one page")
    assert "1 of 1 known URL can stand in a search index" in made["00"].html
    assert "No page links to another one" in made["04"].html


def test_addresses_are_read_as_people_write_them(runs: Callable[[str], dict[str, NotebookRun]]) -> None:
    said = "".join(_seen(runs("German and Japanese")[number]) for number in ("02", "06"))
    assert "/werkzeug/größe-wählen/" in said
    assert "/ja/昔の案内/" in said
    assert "%E6%98%94" not in said


def test_words_from_right_to_left_keep_to_themselves(runs: Callable[[str], dict[str, NotebookRun]]) -> None:
    made = runs("right to left, half a crawl")
    assert '<bdi dir="ltr">/أقلام/</bdi>' in made["06"].html
    assert "\u202e" not in "".join(html.unescape(run.html) for run in made.values())
    rows = [
        cell for run in made.values() for cell in re.findall(r"<td[^>]*>(.*?)</td>", run.html)
        if re.search(r"[\u0590-\u08ff]", cell)
    ]  # fmt: skip
    assert rows
    assert all("<bdi" in cell for cell in rows)


def test_a_cell_is_escaped_once_and_isolated() -> None:
    import pandas as pd

    page = table_html(
        pd.DataFrame({"<h>": ["<b>&amp;", "/%D7%93/", "עט <i> 3", "a\n\u202eb"], "n": [1, 2, 3, 4]})
    )
    cells = re.findall(r"<td[^>]*>(.*?)</td>", page)
    assert cells[::2] == [
        "&lt;b&gt;&amp;amp;",
        '<bdi dir="ltr">/ד/</bdi>',
        '<bdi dir="auto">עט</bdi> &lt;i&gt; 3',
        "a \ufffdb",
    ]
    assert "&lt;h&gt;</th>" in page
