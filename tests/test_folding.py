"""What became of every redirect and canonical, in words; and which links a template repeats."""

from itertools import pairwise
from typing import Any

import pytest

import linkkit as lk
from linkkit.folding import folding_audit
from linkkit.graph import LinkGraph, repeated_links
from linkkit.linkmodel import LinkModel
from tests.site_factory import START, build, paths


def _audit(pages: list[Any], **model: Any) -> dict[str, tuple[str, str, str, str]]:
    site = build(["/", "/a", *pages])
    table = folding_audit(site.pages, START, LinkModel(**model))
    assert table.columns.tolist() == ["page_id", "url", "kind", "names", "counts_for", "outcome", "reason"]
    rows = zip(
        paths(table["url"]),
        table["kind"],
        paths(table["counts_for"]),
        table["outcome"],
        table["reason"],
        strict=True,
    )
    return {row[0]: row[1:] for row in rows}


def _redirect(path: str, target: str) -> dict[str, Any]:
    return {"path": path, "status": 301, "redirect_to": target}


@pytest.mark.parametrize(
    ("pages", "expected"),
    [
        ([_redirect("/r", "/a")], ("redirect", "/a", "folded", "the redirect ends there")),
        ([_redirect("/r", "/s"), _redirect("/s", "/a")], ("redirect", "/a", "folded", "the redirects end there, over more than one hop")),
        ([_redirect("/r", "/s"), _redirect("/s", "/r")], ("redirect", "", "lost", "the redirects run in a circle")),
        ([_redirect("/r", "https://other.example/")], ("redirect", "", "lost", "it leads to another site")),
        ([_redirect("/r", "/x"), {"path": "/x", "status": 404}], ("redirect", "", "lost", "it ends at an error, or names no address")),
        ([_redirect("/r", "/x"), {"path": "/x", "blocked_by_robots": True}], ("redirect", "", "lost", "it ends at a page that robots.txt blocks")),
        ([{"path": "/r", "canonical": "/a"}], ("canonical", "/a", "folded", "the canonical names it")),
        ([{"path": "/r", "canonical": "/s"}, _redirect("/s", "/a")], ("canonical", "/a", "folded", "the canonical names it, over a redirect")),
        ([{"path": "/r", "canonical": "/s"}, {"path": "/s", "canonical": "/a"}], ("canonical", "/r", "kept", "conflict: the page it names has another canonical itself")),
        ([{"path": "/r", "canonical": "/s"}, {"path": "/s", "robots": ["noindex"]}], ("canonical", "/r", "kept", "conflict: the page it names is noindex")),
        ([{"path": "/r", "canonical": "/s"}, {"path": "/s", "status": 500}], ("canonical", "/r", "kept", "conflict: the page it names is server error")),
        ([{"path": "/r", "canonical": "/nowhere"}], ("canonical", "/r", "kept", "conflict: the canonical names a URL that nothing else knows")),
        ([{"path": "/r", "canonical": "/a", "robots": ["noindex"]}], ("canonical", "/r", "kept", "conflict: the page itself is noindex, which goes before its canonical")),
        ([{"path": "/r", "canonical": "https://other.example/r"}], ("canonical", "", "lost", "the canonical names another site, which gets what arrives here")),
        ([{"path": "/r", "canonical": "/s"}, _redirect("/s", "/r")], ("canonical", "/r", "kept", "the canonical leads back to the page itself")),
    ],
)  # fmt: skip
def test_what_became_of_it(pages: list[Any], expected: tuple[str, str, str, str]) -> None:
    assert _audit(pages)["/r"] == expected


def test_the_model_decides_on_canonicals() -> None:
    pages = [{"path": "/c", "canonical": "/a"}, {"path": "/o", "canonical": "https://other.example/"}]
    assert _audit(pages, canonicals="keep")["/c"][1:] == (
        "/c",
        "kept",
        "the link model lets pages stand for themselves",
    )
    assert _audit(pages, off_site_canonicals="keep")["/o"][2] == "kept"
    assert _audit(["/b", {"path": "/self", "canonical": "/self"}]) == {}


def test_an_audit_carries_the_table() -> None:
    audit = lk.run_audit(build(["/", _redirect("/r", "/a"), "/a"], ["/ -> /r"]))
    assert audit.folding["reason"].tolist() == ["the redirect ends there"]


def _template(count: int, *, repeated: int, name: str = "/g/{}") -> tuple[list[str], list[Any]]:
    """Pages of one template, the first `repeated` of which hold the same link; all link to a page of their own."""
    pages = [name.format(n) for n in range(count)]
    links: list[Any] = [
        {"source": page, "target": "/offer", "anchor": f"offer {n}"}
        for n, page in enumerate(pages[:repeated])
    ]
    links += [{"source": page, "target": f"/own-{n}", "anchor": f"own {n}"} for n, page in enumerate(pages)]
    return ["/", "/offer", *pages, *(f"/own-{n}" for n in range(count))], links


@pytest.mark.parametrize(
    ("count", "repeated", "is_found"), [(10, 5, True), (10, 4, False), (8, 8, False), (30, 15, True)]
)
def test_a_link_that_half_of_a_template_repeats_is_boilerplate(
    count: int, repeated: int, is_found: bool
) -> None:
    site = build(*_template(count, repeated=repeated))
    found = repeated_links(site)
    assert len(found) == int(is_found)
    graph = LinkGraph.from_site(site)
    names = paths(graph.urls)
    weights = {
        (names[s], names[t]): w for s, t, w in zip(graph.source, graph.target, graph.weight, strict=True)
    }
    assert weights["/g/0", "/offer"] == (0.1 if is_found else 1.0)
    assert weights["/g/0", "/own-0"] == 1.0
    assert int(graph.is_boilerplate.sum()) == (repeated if is_found else 0)
    assert graph.is_content.all()
    if is_found:
        row = found.iloc[0]
        assert (row["group"], row["pages"], row["share"]) == ("/g/*", repeated, repeated / count)
        assert names[row["target_id"]] == "/offer"


def test_small_templates_are_judged_together() -> None:
    pages = [f"/t{n}/x" for n in range(12)]
    site = build(
        ["/", "/offer", *pages], [{"source": page, "target": "/offer", "anchor": page} for page in pages]
    )
    assert repeated_links(site)[["group", "pages"]].values.tolist() == [["", 12]]


def test_one_name_on_every_page_is_boilerplate_but_a_list_of_read_mores_is_not() -> None:
    pages = [f"/p/{n}" for n in range(12)]
    chain = [{"source": a, "target": b, "anchor": "Next"} for a, b in pairwise(pages)]
    found = repeated_links(build(["/", *pages], chain))
    assert found["target_id"].tolist() == [-1]
    cards = [{"source": a, "target": f"{a}-{n}", "anchor": "Read more"} for a in pages for n in range(3)]
    assert repeated_links(build(["/", *pages], cards)).empty
    nameless = [{"source": a, "target": b, "anchor": ""} for a, b in pairwise(pages)]
    assert repeated_links(build(["/", *pages], nameless)).empty


def test_the_model_decides_what_is_repeated_and_what_it_weighs() -> None:
    site = build(*_template(10, repeated=5))
    assert LinkGraph.from_site(site, weights="uniform").weight.tolist() == [1.0] * 15
    strict = LinkModel(boilerplate_share=0.6)
    assert not LinkGraph.from_site(site, model=strict).is_boilerplate.any()
    light = LinkGraph.from_site(site, model=LinkModel(boilerplate_weight=0.3))
    assert sorted(set(light.weight.tolist())) == [0.3, 1.0]
    few = LinkGraph.from_site(build(*_template(4, repeated=4)), model=LinkModel(boilerplate_min_pages=4))
    assert few.is_boilerplate.sum() == 4


@pytest.mark.docs
def test_boilerplate_is_told_without_semantic_tags(postgresql_docs: Any) -> None:
    """The PostgreSQL docs mark their navigation by class names only; the detector does not read them."""
    import lxml.html

    from linkkit.crawler.extract import extract_page
    from linkkit.schema import Position
    from linkkit.site import Manifest
    from linkkit.sources.builder import SiteBuilder

    builder = SiteBuilder("https://docs.example/index.html")
    truth: list[tuple[int, str, bool]] = []
    for file in sorted(postgresql_docs.glob("*.html")):
        url = f"https://docs.example/{file.name}"
        facts = extract_page(url, file.read_bytes())
        page = builder.add_page(url, {"status": 200, "content_type": "text/html"})
        assert page is not None
        builder.add_links(
            page,
            [(each.url, each.name, Position.CONTENT, False, False, each.container) for each in facts.links],
        )
        document = lxml.html.fromstring(file.read_bytes())
        for link in document.xpath("//a[@href]"):
            inside = link.xpath("ancestor::div[@class='navheader' or @class='navfooter']")
            truth.append((page, " ".join(link.text_content().split()), bool(inside)))
    site = builder.finish(Manifest(start_url=builder.start_url, tool="files"))
    graph = LinkGraph.from_site(site)
    assert len(graph) > 1000
    content = {(page, text) for page, text, is_nav in truth if not is_nav}
    edges = site.engine.arrow(
        "SELECT source_id, target_id, list(a.text) AS texts FROM links l JOIN anchors a USING (anchor_id) GROUP BY ALL"
    ).to_pandas()
    flagged = dict(
        zip(
            zip(graph.source.tolist(), graph.target.tolist(), strict=True),
            graph.is_boilerplate.tolist(),
            strict=True,
        )
    )
    right = wrong = missed = 0
    for row in edges.itertuples():
        if (row.source_id, row.target_id) not in flagged:
            continue
        is_content = any((row.source_id, " ".join(text.split())) in content for text in row.texts)
        is_flagged = flagged[row.source_id, row.target_id]
        right += is_flagged and not is_content
        wrong += is_flagged and is_content
        missed += not is_flagged and not is_content
    assert right > 3000
    assert wrong / (right + wrong) < 0.02
    assert missed / (right + missed) < 0.02
