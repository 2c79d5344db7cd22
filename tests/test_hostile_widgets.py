"""Panels of a site whose pages say nothing but hostile things: what they say is text in every one, live and headless."""

import re
from collections.abc import Callable, Iterator

import ipywidgets
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.display import display
from IPython.utils.capture import capture_output
from lxml import html

import linkkit as lk
from linkkit import charts, network, widgets
from linkkit.client import Client
from linkkit.widgets.display import HEADLESS
from linkkit.widgets.errors import STRICT
from tests import hostile
from tests.hostile_site import hostile_audit
from tests.site_factory import START

# As the notebooks show them.
PANELS: dict[str, Callable[[lk.Audit, Client], object]] = {
    "answer": lambda audit, client: widgets.show_answer(audit),
    "advice": lambda audit, client: widgets.show_advice(audit, top=50),
    "knowledge": lambda audit, client: widgets.show(widgets.knowledge(audit.site)),
    "clients": lambda audit, client: widgets.client_panel(client.folder.parent),
    "crawl": lambda audit, client: widgets.crawl_panel(client),
    "import": lambda audit, client: widgets.import_panel(client),
    "rejects": lambda audit, client: widgets.show(widgets.signal_rejects(client)),
    "thresholds": lambda audit, client: widgets.threshold_panel(audit, client=client),
    "graph": lambda audit, client: widgets.graph_explorer(audit),
    "picture": lambda audit, client: widgets.show(network.cluster_map(audit)),
    "findings": lambda audit, client: widgets.findings_browser(widgets.threshold_panel(audit, "anchors", client=client), client=client),
    "pages": lambda audit, client: widgets.page_explorer(audit, "anchors"),
    "page": lambda audit, client: widgets.page_explorer(audit, url=f"{START}5/5"),
    "anchors": lambda audit, client: widgets.show(charts.anchor_mix_view(audit), top=50),
    "better anchors": lambda audit, client: widgets.show(charts.better_anchors_view(audit), top=50),
    "suggestions": widgets.suggestions_panel,
    "repairs": lambda audit, client: widgets.show(widgets.repair_list(audit), top=50),
    "model": lambda audit, client: widgets.model_panel(audit, client=client),
    "authority": lambda audit, client: widgets.authority_explorer(audit),
    "hubs": lambda audit, client: widgets.show(widgets.hubs_view(audit)),
    "proposals": widgets.proposal_panel,
    "cluster editor": widgets.cluster_editor,
    "clusters": lambda audit, client: widgets.cluster_explorer(audit),
    "visits": lambda audit, client: widgets.visit_explorer(audit),
    "plan": lambda audit, client: widgets.plan_panel(audit, links=5),
    "whatif": lambda audit, client: widgets.whatif_panel(widgets.plan_panel(audit, links=5)),
    "verdict": lambda audit, client: widgets.show_verdict(audit),
    "readiness": lambda audit, client: widgets.readiness_panel(audit, client=client),
    "deciding": lambda audit, client: widgets.show_deciding(widgets.ReadinessPanel(audit)),
}  # fmt: skip
LOUD = {
    "answer", "knowledge", "graph", "picture", "page", "anchors", "repairs", "authority", "clusters", "visits", "verdict", "deciding",
}  # fmt: skip
"""They show titles or texts of links; others tell addresses, numbers or the crawl."""
ALLOWED = re.compile(r"(?:https?://shop\.example/|#|data:image/png;base64,)[\w%/.+=:,;~-]*")


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Client:
    made = Client.new("hostile", START, clients=tmp_path_factory.mktemp("clients"))
    hostile_audit().site.save(made.folder / "crawls" / "2026-03-12" / "site")
    return made


@pytest.fixture(scope="module")
def shell() -> Iterator[InteractiveShell]:
    made = InteractiveShell.instance()
    yield made
    InteractiveShell.clear_instance()


def _widgets() -> dict[str, ipywidgets.Widget]:
    return dict(ipywidgets.widgets.widget._instances)


def _outputs(of: list[dict[str, object]]) -> list[str]:
    return [str(data["text/html"]) for data in of if "text/html" in data]


@pytest.mark.parametrize("is_headless", [False, True], ids=["live", "headless"])
@pytest.mark.parametrize("name", PANELS)
def test_what_pages_say_is_text_in_every_panel(
    name: str,
    is_headless: bool,
    client: Client,
    shell: InteractiveShell,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(STRICT, "1")
    monkeypatch.setenv(HEADLESS, "1" if is_headless else "0")
    before = _widgets()
    with capture_output() as captured:
        panel = PANELS[name](hostile_audit(), client)
        # As the last line of a cell.
        if panel is not None:
            display(panel)
    new = [each for key, each in _widgets().items() if key not in before]
    pieces = _outputs([output.data for output in captured.outputs])
    for each in new:
        # Of widgets these alone show markup; the words beside any other are text.
        assert not getattr(each, "description_allow_html", False)
        if isinstance(each, ipywidgets.HTML):
            pieces.append(each.value)
        elif isinstance(each, ipywidgets.Output):
            pieces += _outputs([output.get("data", {}) for output in each.outputs])
        assert not isinstance(each, ipywidgets.HTMLMath)
    for piece in pieces:
        _assert_is_harmless(piece)
    told = "".join(pieces) + "".join(repr(getattr(each, "options", "")) for each in new)
    assert name not in LOUD or hostile.MARK in told


def _assert_is_harmless(piece: str) -> None:
    for each in html.fromstring(f"<div>{piece}</div>").iter():
        assert isinstance(each.tag, str), f"a comment: {each}"
        assert each.tag not in ("script", "object", "embed", "base", "form", "math", "link", "meta"), each.tag
        assert not [word for word in each.attrib if word.startswith("on")], each.attrib
        for word in ("href", "src", "action", "formaction", "data"):
            assert word not in each.attrib or ALLOWED.fullmatch(each.attrib[word]), each.attrib[word]
        assert hostile.MARK not in each.attrib.get("style", "")
        if each.tag == "style":
            assert hostile.MARK not in (each.text or "")
        if each.tag == "iframe":
            # What it holds is judged in tests/test_hostile_pictures.py.
            assert each.get("sandbox") == "allow-scripts"
