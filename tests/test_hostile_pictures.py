"""Graphs and pictures of a site whose pages say nothing but hostile things: what they say is drawn, and is nothing else."""

import json
import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import altair as alt
import pandas as pd
import pytest
from lxml import etree, html
from PIL import Image

import linkkit as lk
from linkkit import network
from linkkit.deck.images import export_charts
from tests import hostile
from tests.hostile_site import hostile_audit

FAR = "https://shop.example/5/5"
PICTURES: dict[str, Callable[[lk.Audit], network.Picture]] = {
    "ego": lambda audit: network.ego_network(audit, FAR),
    "start": lambda audit: network.ego_network(audit, "https://shop.example/", each_side=100),
    "rings": network.depth_rings,
    "lost": network.orphan_map,
    "sections": network.section_tree,
    "clusters": network.cluster_map,
    "cluster": network.cluster_network,
    "journey": lambda audit: network.authority_journey(audit, FAR),
    "visits": lambda audit: network.visitor_flow(audit, FAR),
}
DATA = re.compile(r"new vis\.DataSet\((\[.*?\])\);")


@pytest.fixture(scope="module")
def audit() -> lk.Audit:
    return hostile_audit()


@pytest.mark.parametrize("name", PICTURES)
def test_a_graph_holds_what_pages_say_as_data_only(audit: lk.Audit, name: str) -> None:
    picture = PICTURES[name](audit)
    page = picture.html()
    nodes, edges = (json.loads(found) for found in DATA.findall(page))
    assert len(nodes) == len(picture.nodes)
    # What is drawn is what the tables say, and a text breaks out of neither its string nor its script.
    assert [node["label"].strip() for node in nodes] == [str(each).strip() for each in picture.nodes["label"]]
    assert len(edges) == len(picture.edges)
    markup = DATA.sub("", page)
    assert hostile.MARK not in markup
    root = html.document_fromstring(markup)
    assert {each.tag for each in root.iter() if isinstance(each.tag, str)} <= {
        "html", "head", "body", "meta", "title", "style", "script", "div", "center", "h1", "link",
    }  # fmt: skip
    for each in root.iter():
        assert not [word for word in each.attrib if word.startswith("on") or word in ("src", "href")]


def test_the_texts_reach_the_graphs(audit: lk.Audit) -> None:
    """What the other tests find harmless is there."""
    words = PICTURES["start"](audit).html()
    assert words.count(hostile.MARK) > 50
    assert "javascript:window.pwned=1" in words


@pytest.mark.parametrize("name", PICTURES)
def test_a_frame_of_a_graph_is_one_element(audit: lk.Audit, name: str) -> None:
    picture = PICTURES[name](audit)
    root = html.fragment_fromstring(picture._repr_html_())
    assert [each.tag for each in root.iter()] == ["figure", "strong", "iframe", "figcaption"]
    frame = root.find("iframe")
    assert frame.get("sandbox") == "allow-scripts"
    assert not [word for word in frame.attrib if word.startswith("on")]
    assert frame.get("srcdoc").count("<script") == picture.html().count("<script")


def test_a_large_graph_holds_no_sign_of_markup(audit: lk.Audit) -> None:
    pytest.importorskip("ipysigma", reason="needs the extra: pip install 'linkkit[sigma]'")
    data = network.sigma_view(audit).data
    texts = [
        value for node in data["nodes"] for value in node["attributes"].values() if isinstance(value, str)
    ]
    assert len(texts) > 300
    assert not set('<>&"') & set("".join(texts))
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", "".join(texts))
    assert hostile.MARK in "".join(texts)


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    # A table refuses half a surrogate pair before a chart sees it.
    texts = [text for text in hostile.SHORT if text.strip() and not re.search("[\ud800-\udfff]", text)][:70]
    table = pd.DataFrame({"Said": texts, "Links": range(len(texts))})
    bars = alt.Chart(table, title=hostile.MARKUP[0]).mark_bar(href="https://pwned.example/")
    words = {
        "x": alt.X("Links:Q", title=hostile.MARKUP[3]),
        "y": alt.Y("Said:N", sort=None, title=hostile.FORMULAS[0]),
        "color": alt.Color("Said:N", legend=alt.Legend(title=hostile.EXPRESSIONS[0])),
        "tooltip": ["Said:N"],
        "href": "Said:N",
    }
    folder = tmp_path_factory.mktemp("pictures")
    export_charts(
        {"../<script>pwned</script>": bars.encode(**words)}, folder, scale=1, formats=("png", "svg", "pdf")
    )
    return folder


def test_pictures_stand_under_harmless_names(drawn: Path) -> None:
    names = sorted(path.name for path in drawn.rglob("*"))
    assert len(names) == 3
    assert all(re.fullmatch(r"[\w-]+\.(?:png|svg|pdf)", name) for name in names), names


def test_an_svg_holds_shapes_and_texts_only(drawn: Path) -> None:
    (file,) = drawn.glob("*.svg")
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    root = etree.fromstring(file.read_bytes(), parser)
    assert root.getroottree().docinfo.internalDTD is None
    tags = {etree.QName(each).localname for each in root.iter()}
    assert tags <= {
        "svg",
        "g",
        "path",
        "text",
        "tspan",
        "rect",
        "line",
        "defs",
        "clipPath",
        "style",
        "title",
    }, tags
    for each in root.iter():
        for name, value in each.attrib.items():
            assert not name.lower().startswith("on"), name
            assert etree.QName(name).localname not in ("href", "src"), name
            assert name.startswith("aria") or not re.search(r"url\((?!#)|javascript:", value), (name, value)
    assert sum(hostile.MARK in (each.text or "") for each in root.iter()) > 20


def test_a_pdf_leads_nowhere_and_runs_nothing(drawn: Path) -> None:
    (file,) = drawn.glob("*.pdf")
    content = file.read_bytes()
    assert content.startswith(b"%PDF-")
    outside = re.sub(rb"stream\r?\n.*?endstream", b"", content, flags=re.DOTALL)
    assert len(outside) > 300
    for name in (
        b"/JavaScript",
        b"/JS",
        b"/URI",
        b"/Launch",
        b"/OpenAction",
        b"/AA",
        b"/EmbeddedFile",
        b"/Annots",
    ):
        assert name not in outside, name
    assert hostile.MARK.encode() not in outside


def test_a_png_is_a_picture_without_words(drawn: Path) -> None:
    (file,) = drawn.glob("*.png")
    picture = Image.open(BytesIO(file.read_bytes()))
    picture.load()
    assert picture.size[0] > 300
    assert not [value for value in picture.info.values() if hostile.MARK in str(value)]
