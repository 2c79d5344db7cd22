"""Anchor texts: how they are compared, and how their uses are counted."""

import pandas as pd
import pytest

from linkkit.audit import gather_facts
from linkkit.graph import LinkGraph
from linkkit.metrics.anchors import MIX, anchor_kinds, anchor_mix, anchor_uses
from linkkit.text.anchors import (
    DESCRIPTIVE,
    EXACT,
    GENERIC,
    PARTIAL,
    VERDICTS,
    WEAK,
    AnchorVerdicts,
)
from linkkit.text.generic import generic_texts, normalise_anchor
from linkkit.text.kinds import classify_anchors
from tests.site_factory import build


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  Read  MORE »", "read more"),
        ("→ Tents ←", "tents"),
        ("(here)", "here"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("ﬁnd out", "find out"),
        ("Ｒｅａｄ", "read"),
        ("続きを読む…", "続きを読む"),
        ("और पढ़ें", "और पढ़ें"),
        ("plus d'infos", "plus d'infos"),
        ("»", ""),
        ("⛺", ""),
        ("", ""),
        ("1", "1"),
    ],
)
def test_normalise(text: str, expected: str) -> None:
    assert normalise_anchor(text) == expected
    assert normalise_anchor(expected) == expected


def test_generic_lists() -> None:
    lists = generic_texts()
    wanted = "en de fr es it nl pt pl sv da no fi cs hu ro el tr ru uk ar fa he hi ta zh ja ko".split()
    assert set(wanted) <= set(lists)
    assert min(map(len, lists.values())) >= 15
    assert all(text == normalise_anchor(text) != "" for texts in lists.values() for text in texts)
    assert {"click here", "read more", "learn more", "this", "right here"} <= lists["en"]


@pytest.mark.parametrize(
    ("language", "text", "kind"),
    [
        ("en", "Click here!", "generic"),
        ("en-GB", "read more", "generic"),
        ("de", "Hier klicken", "generic"),
        ("de", "read more", "generic"),
        ("en", "hier klicken", "descriptive"),
        ("nb-NO", "Les mer", "generic"),
        ("nn", "Les mer", "generic"),
        ("iw", "קרא עוד", "generic"),
        ("xx", "Les mer", "descriptive"),
        (None, "Les mer", "generic"),
        ("zh_CN", "了解更多", "generic"),
        ("en", "Corrie 1 tent", "descriptive"),
        ("en", "", "empty"),
        ("en", "https://shop.example/a", "url"),
        ("en", "WWW.Shop.example", "url"),
        ("en", "3", "pagination"),
        ("en", "Page 3", "pagination"),
        ("en", "Next »", "pagination"),
        ("en", "»", "pagination"),
        ("en", "3 tents", "descriptive"),
    ],
)
def test_kinds(language: str | None, text: str, kind: str) -> None:
    site = build(
        [{"path": "/", "language": language}, "/a"], [{"source": "/", "target": "/a", "anchor": text}]
    )
    uses = gather_facts(site, LinkGraph.from_site(site)).anchor_uses
    assert classify_anchors(uses).tolist() == [kind]


def _uses(pages: list, links: list):  # type: ignore[no-untyped-def, type-arg]
    site = build(pages, links)
    uses = anchor_uses(site, LinkGraph.from_site(site))
    columns = ["anchor", "target_id", "in_content", "language", "links", "source_pages", "example_source"]
    return uses, [tuple(row) for row in uses[columns].to_numpy().tolist()]


def _link(source: str, target: str, anchor: object, **more: object) -> dict[str, object]:
    return {"source": source, "target": target, "anchor": anchor, **more}


def test_uses_are_one_row_a_name_target_place_and_language() -> None:
    pages = [
        {"path": "/", "language": "en"},
        {"path": "/a", "language": "de-DE"},
        {"path": "/b", "language": "en"},
        "/t",
    ]
    uses, rows = _uses(
        pages,
        [
            _link("/", "/t", "Tents"),
            _link("/", "/t", "TENTS »"),
            _link("/b", "/t", "tents", nofollow=True),
            _link("/a", "/t", "Tents"),
            _link("/b", "/a", "Tents", position="footer"),
            _link("/t", "/t", "Tents"),
            _link("/", "/t", False),
        ],
    )
    assert rows == [
        ("Tents", 1, False, "en", 1, 1, 2),
        ("Tents", 3, True, "de", 1, 1, 1),
        ("Tents", 3, True, "en", 3, 2, 0),
    ]
    assert uses["normalised"].tolist() == ["tents"] * 3


def test_a_page_counts_once_a_name_and_target() -> None:
    _, rows = _uses(
        ["/", "/a", "/t"],
        [
            _link("/", "/t", "Tents", position="navigation"),
            _link("/", "/t", "Tents"),
            _link("/a", "/t", "Tents", position="footer"),
        ],
    )
    assert rows == [("Tents", 2, False, "", 1, 1, 1), ("Tents", 2, True, "", 2, 1, 0)]


def test_links_are_folded_and_dead_ones_left_out() -> None:
    uses, rows = _uses(
        ["/", "/t", {"path": "/r", "status": 301, "redirect_to": "/t"}, {"path": "/gone", "status": 404}],
        [
            _link("/", "/t", "Tents"),
            _link("/", "/r", "Tents"),
            _link("/", "/gone", "Tents"),
            _link("/gone", "/t", "Tents"),
        ],
    )
    assert rows == [("Tents", 1, True, "", 2, 1, 0)]
    assert uses["target_url_id"].tolist() == [1]


def test_images_count_as_images_only_where_all_are() -> None:
    uses, _ = _uses(
        ["/", "/a", "/b"],
        [
            _link("/", "/a", "", is_image=True),
            _link("/", "/b", "", is_image=True),
            _link("/a", "/b", "", is_image=False),
        ],
    )
    assert uses.set_index("target_id")["is_image"].to_dict() == {1: True, 2: False}


def test_symbols_are_not_empty() -> None:
    _, rows = _uses(["/", "/a"], [_link("/", "/a", "»"), _link("/", "/a", "")])
    assert sorted(row[0] for row in rows) == ["", "»"]


def test_no_links() -> None:
    uses, rows = _uses(["/"], [])
    assert rows == []
    assert {"anchor", "normalised", "source_pages", "position"} <= set(uses.columns)


def test_a_name_is_of_a_kind_in_each_language() -> None:
    pages = [
        {"path": "/", "language": "en"},
        {"path": "/a", "language": "de"},
        {"path": "/t", "language": "en"},
    ]
    links = [
        _link("/", "/t", "read more"),
        _link("/", "/a", "pole"),
        _link("/a", "/", "mehr"),
        _link("/a", "/t", "Zelte"),
    ]
    uses, _ = _uses(pages, links)
    assert list(uses.columns) == [
        "anchor", "normalised", "target_id", "target_url_id", "in_content", "position", "is_image", "language", "links",
        "source_pages", "example_source", "kind",
    ]  # fmt: skip
    assert [*zip(uses["anchor"], uses["kind"], strict=True)] == [
        ("read more", "generic"), ("pole", "descriptive"), ("mehr", "generic"), ("Zelte", "descriptive"),
    ]  # fmt: skip
    footer = _link("/", "/t", "here", position="footer", times=3)
    counts = anchor_kinds(_uses(pages, [*links, footer])[0])
    assert counts.to_numpy().tolist() == [
        [False, "generic", 3],
        [True, "descriptive", 2],
        [True, "generic", 2],
    ]


def test_the_mix_of_each_target_counted_by_hand() -> None:
    """Most linked first; of texts that as many pages use the first by spelling; wordings that share a word are one."""
    rows = [
        (3, "here", 4, GENERIC, ()),
        (5, "beta", 1, EXACT, (5,)), (5, "alpha", 1, WEAK, (6,)),
        (7, "tents", 2, EXACT, (1, 2)), (7, "zinc", 1, DESCRIPTIVE, (3,)), (7, "tent wash", 1, PARTIAL, (2, 4)),
        (9, "boots", 1, EXACT, (1, 2)), (9, "boot wax", 1, PARTIAL, (2, 4)), (9, "wax tin", 1, PARTIAL, (4, 5)),
    ]  # fmt: skip
    pairs = pd.DataFrame(rows, columns=["target_id", "normalised", "sources", "verdict", "words"])
    pairs["anchor"] = pairs["normalised"].str.title()
    pairs["words"] = pairs["words"].map(frozenset)
    judged = AnchorVerdicts(pairs.drop(columns="verdict"), None)  # type: ignore[arg-type]
    mix = anchor_mix(judged, pairs["verdict"])
    assert mix.drop(columns=list(VERDICTS)).to_numpy().tolist() == [
        [3, 4, 1, 0, "Here", 1.0, 0.0], [7, 4, 3, 2, "Tents", 0.5, 1.0], [9, 3, 3, 1, "Boot Wax", 1 / 3, 1.0], [5, 2, 2, 1, "Alpha", 0.5, 0.5],
    ]  # fmt: skip
    assert mix.index.tolist() == [0, 1, 2, 3]
    counted = mix.set_index("target_id")[list(VERDICTS)].stack()
    assert counted[counted > 0].to_dict() == {
        (3, GENERIC): 4, (7, EXACT): 2, (7, PARTIAL): 1, (7, DESCRIPTIVE): 1, (5, EXACT): 1, (5, WEAK): 1,
        (9, EXACT): 1, (9, PARTIAL): 2,
    }  # fmt: skip
    assert (counted >= 0).all()
    assert list(mix.dtypes.astype(str).items()) == list(MIX.items())
