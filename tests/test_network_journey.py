"""The picture of how authority travels from one page: its amounts, its limits, its words."""

import pytest

from linkkit import network
from linkkit.audit import Audit, run_audit
from linkkit.linkmodel import LinkModel
from linkkit.widgets import picture_chart, picture_table
from tests.site_factory import build, url
from tests.small_site import HOSTILE, HOSTILE_URL, build_small_site, with_signals

HALF = LinkModel(damping=0.5)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Audit:
    return run_audit(with_signals(build_small_site(), tmp_path_factory.mktemp("signals")))


def test_amounts_of_a_chain() -> None:
    pages = ["/", "/a", {"path": "/m", "is_money_page": True}, {"path": "/gone", "status": 404}]
    audit = run_audit(build(pages, ["/ -> /a", "/ -> /gone", "/a -> /m"]), model=HALF)
    picture = network.authority_journey(audit, url("/"))
    labels = picture.nodes["label"].tolist()
    assert labels[:2] == ["lands: 100 units", "shop.example  100.0"]
    assert {"1 click: 25.0 arrive", "a  25.0", "lost  25.0", "2 clicks: 12.5 arrive", "m  12.5"} <= set(
        labels
    )
    assert picture.edges["kind"].value_counts().to_dict() == {"content": 2, "lost": 2}
    assert picture.edges["detail"].tolist()[0] == "25.0 of 100 units"
    assert picture.nodes.loc[picture.nodes["is_money_page"], "label"].tolist() == ["m  12.5"]
    assert picture.title == (
        "Of 100 units that land on shop.example, 6.2 reach money pages in the end; 31.2 are lost in the end"
    )
    assert "damping 0.5" in picture.caption


def test_it_is_bounded_and_says_so(shop: Audit) -> None:
    picture = network.authority_journey(shop, url("/"), each=3, clicks=2)
    assert (picture.nodes["role"] == "passed").sum() == 6
    assert "showing 3 of " in picture.caption
    assert any("more: " in label for label in picture.nodes["label"])
    assert picture.edges["width"].between(1, 14).all()
    arrives = picture.nodes[picture.nodes["role"] == "heading"]["label"].tolist()
    assert len(arrives) == 3


def test_lines_into_a_page_carry_what_arrives_there(shop: Audit) -> None:
    picture = network.authority_journey(shop, url("/"), each=4)
    carried = (
        picture.edges["detail"]
        .str.extract(r"([\d.]+) of")[0]
        .astype(float)
        .groupby(picture.edges["target"])
        .sum()
    )
    first = picture.nodes[(picture.nodes["role"] == "passed") & (picture.nodes["x"] < 0)].set_index("node")[
        "label"
    ]
    amounts = first.str.extract(r"([\d.]+)$")[0].astype(float)
    assert len(amounts) == 4
    assert carried[amounts.index].tolist() == pytest.approx(amounts.tolist(), abs=0.06)


def test_what_leads_to_no_live_page_is_lost_at_once() -> None:
    audit = run_audit(build(["/", {"path": "/gone", "status": 404}], ["/ -> /gone"]))
    picture = network.authority_journey(audit, url("/gone"))
    assert picture.title == "Whatever lands on gone is lost at once"
    assert "broken" in picture.caption
    assert len(picture.edges) == 0


def test_still_and_table_tell_the_same(shop: Audit) -> None:
    picture = network.authority_journey(shop, url("/"))
    spec = picture_chart(picture).to_dict()
    assert spec["description"]
    rows = picture_table(picture)
    assert len(rows) == (picture.nodes["url"] != "").sum()


def test_hostile_titles_are_escaped(shop: Audit) -> None:
    picture = network.authority_journey(shop, HOSTILE_URL)
    assert HOSTILE not in picture.iframe()
    assert "<script>pwned" not in picture.iframe()
    assert "popup.innerText = nodeData[0].title;" in picture.html()
