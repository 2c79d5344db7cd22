"""The notebooks without anybody at the screen: executed for a client, with the numbers of the plain functions in them."""

import html
import json
from pathlib import Path

import pytest

import linkkit as lk
from linkkit.charts import answer
from linkkit.client import Client
from linkkit.headless import NOTEBOOKS, chapter_notebooks, run_notebooks
from linkkit.widgets import ThresholdPanel
from tests.notebook_cells import run_cells
from tests.small_site import START, build_small_site

CHAPTERS = {
    "01": "links",
    "02": "discovery",
    "03": "depth",
    "04": "anchors",
    "05": "authority",
    "06": "architecture",
    "07": "clusters",
    "08": "navigation",
}


INTRODUCTION = (
    "**What this step asks:**",
    "**Why it matters before backlinks:**",
    "**What good looks like:**",
)
ORDER = ("The answer", "Move the line", "Every finding", "What to do", "Add to deck")
"""Sections that every notebook has in this order, with its own between them; where it has no sliders or findings, without those."""
WITHOUT = {
    "09": {"Move the line", "Every finding"},
    "10": {"Every finding"},
    "11": set(ORDER),
    "12": {"Move the line", "Every finding"},
}
GRAPHS = (
    "graph_explorer(",
    "page_explorer(",
    "authority_explorer(",
    "visit_explorer(",
    "cluster_explorer(",
    "network.",
)


def cells(notebook: Path) -> list[tuple[str, str]]:
    """Kind and source of each cell."""
    content = json.loads(notebook.read_text("utf-8"))["cells"]
    return [(cell["cell_type"], "".join(cell["source"])) for cell in content]


@pytest.mark.parametrize("notebook", chapter_notebooks(), ids=lambda path: path.stem)
def test_every_notebook_has_one_layout(notebook: Path) -> None:
    number, made = notebook.name[:2], cells(notebook)
    if number == "11":
        pytest.skip("the deck is shown whole there, and has no chapter of its own")
    kind, first = made[0]
    assert kind == "markdown"
    places = [first.find(words) for words in INTRODUCTION]
    assert min(places) > 0, "the first cell says what is asked, why it matters, and what good looks like"
    assert places == sorted(places)
    heads = [
        text.splitlines()[0].removeprefix("## ")
        for kind, text in made
        if kind == "markdown" and text.startswith("## ")
    ]
    wanted = [head for head in ORDER if head not in WITHOUT.get(number, set())]
    assert [head for head in heads if head in ORDER] == wanted
    assert heads[-1] == "Add to deck"
    assert len(set(heads)) == len(heads)
    # Every section explains itself before it shows something, but for the answer.
    assert all(
        len(text.splitlines()) > 2
        for kind, text in made
        if text.startswith("## ") and "answer" not in text.splitlines()[0]
    )
    said = [text for _, text in made]
    sliders = next((place for place, text in enumerate(said) if text.startswith("## Move the line")), 0)
    graphs = [
        place
        for place, (kind, text) in enumerate(made)
        if kind == "code" and any(name in text for name in GRAPHS)
    ]
    assert all(place > sliders for place in graphs), "graphs come after the sliders that change them"


def test_cells_are_short() -> None:
    long = {
        f"{path.stem}: {text.splitlines()[0]}": len(text.splitlines())
        for path in chapter_notebooks()
        for kind, text in cells(path)
        if kind == "code" and len(text.splitlines()) > 8
    }
    assert long == {}


def outputs(notebook: Path) -> list[dict[str, object]]:
    cells = json.loads(notebook.read_text("utf-8"))["cells"]
    return [output for cell in cells for output in cell.get("outputs", [])]


def text(notebook: Path) -> str:
    """Everything that the outputs say, HTML included."""
    data = [output.get("data", {}) for output in outputs(notebook)]
    return "\n".join("".join(each.get("text/html", each.get("text/plain", ""))) for each in data)  # type: ignore[union-attr]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Client:
    made = Client.new("shop", START, clients=tmp_path_factory.mktemp("clients"))
    build_small_site(made.folder / "crawls" / "2026-03-12" / "site")
    return made


@pytest.fixture(scope="module")
def executed(client: Client) -> dict[str, Path]:
    return {path.name[:2]: path for path in run_notebooks(chapter_notebooks(), client)}


def test_all_notebooks_ran_without_an_error(executed: dict[str, Path]) -> None:
    assert sorted(executed) == ["00", "01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12"]
    for path in executed.values():
        kinds = [(each["output_type"], each.get("name")) for each in outputs(path)]
        assert ("stream", "stderr") not in kinds
        assert "error" not in {kind for kind, _ in kinds}
        cells = [cell for cell in json.loads(path.read_text("utf-8"))["cells"] if cell["cell_type"] == "code"]
        assert all(cell["execution_count"] for cell in cells)
        assert "%reset" not in path.read_text("utf-8")


@pytest.mark.parametrize("number", list(CHAPTERS))
def test_the_answer_is_the_one_of_the_plain_function(
    executed: dict[str, Path], client: Client, number: str
) -> None:
    sentence = answer(client.audit(), CHAPTERS[number]).sentence
    assert sentence.split(";")[0].split("<")[0] in text(executed[number])


def test_charts_are_pictures_and_graphs_are_sandboxed(executed: dict[str, Path]) -> None:
    for number, path in executed.items():
        said = text(path)
        assert "data:image/png;base64," in said or number in ("09", "10", "11", "12"), number
        assert "<script>window.pwned" not in said
        assert said.count("<iframe") == said.count('sandbox="allow-scripts"')
    assert "<iframe" in text(executed["03"])


def test_the_plan_of_a_site_without_money_pages_says_what_to_add(
    executed: dict[str, Path], client: Client
) -> None:
    assert "No money pages are known" in text(executed["09"])
    pictures = [each for each in outputs(executed["09"]) if "image/png" in each.get("data", {})]  # type: ignore[operator]
    assert len(pictures) == 5
    assert (client.exports / "link-plan.csv").is_file()


def test_the_verdict_is_the_one_of_the_plain_function(executed: dict[str, Path], client: Client) -> None:
    said, readiness = text(executed["10"]), client.audit().readiness
    for words in (str(readiness.verdict).capitalize(), readiness.sentence, readiness.caveat):
        assert html.escape(words) in said
    for gate in readiness.gates:
        assert html.escape(gate.evidence) in said
    for file in ("readiness.csv", "readiness-variants.csv", "first-targets.csv"):
        assert (client.exports / file).is_file()


def test_thresholds_kept_in_one_notebook_hold_in_the_others(client: Client) -> None:
    """The slider of notebook 03 is moved and kept; notebook 10 reads it from the client's folder."""
    audit = client.audit()
    assert audit.thresholds.max_crawl_depth == 3
    panel = ThresholdPanel(audit, "depth", client=client)
    panel.knobs["max_crawl_depth"].box.value = 5
    panel.keep.click()
    try:
        run = run_cells(NOTEBOOKS / "10_readiness.ipynb", client)
        assert "Thresholds of this client: max crawl depth 5 instead of 3." in run.html
        assert "within 5 clicks" in run.html or "5 clicks" in run.html
    finally:
        client.save_thresholds(lk.Thresholds())


def test_the_exports_of_each_chapter_are_written(executed: dict[str, Path], client: Client) -> None:
    written = {path.name for path in client.exports.iterdir()}
    assert {f"findings-{chapter}.csv" for chapter in CHAPTERS.values()} <= written


def test_a_cell_that_fails_names_the_notebook_and_keeps_it(client: Client, tmp_path: Path) -> None:
    broken = tmp_path / "99_broken.ipynb"
    source = json.loads((NOTEBOOKS / "03_link_depth.ipynb").read_text("utf-8"))
    source["cells"] = [
        {"cell_type": "code", "execution_count": None, "id": "a", "metadata": {"tags": ["parameters"]},
         "outputs": [], "source": "CLIENT = CLIENTS = ''"},
        {"cell_type": "code", "execution_count": None, "id": "b", "metadata": {}, "outputs": [],
         "source": "raise ValueError('no tents left')"},
    ]  # fmt: skip
    broken.write_text(json.dumps(source), "utf-8")
    with pytest.raises(lk.LinkkitError, match=r"99_broken\.ipynb: ValueError: no tents left"):
        run_notebooks([broken], client)
    assert (client.folder / "notebooks" / "99_broken.ipynb").is_file()


def test_notebooks_run_one_after_the_other_share_nothing(client: Client, tmp_path: Path) -> None:
    made = []
    for place, code in enumerate(("left_over = 1", "assert 'left_over' not in globals()")):
        path = tmp_path / f"9{place}_part.ipynb"
        source = json.loads((NOTEBOOKS / "03_link_depth.ipynb").read_text("utf-8"))
        source["cells"] = [
            {"cell_type": "code", "execution_count": None, "id": "a", "metadata": {"tags": ["parameters"]},
             "outputs": [], "source": "CLIENT = CLIENTS = ''"},
            {"cell_type": "code", "execution_count": None, "id": "b", "metadata": {}, "outputs": [], "source": code},
        ]  # fmt: skip
        path.write_text(json.dumps(source), "utf-8")
        made.append(path)
    assert len(run_notebooks(made, client)) == 2
