"""Repairs: the repaired graph is the graph of the site where the repair was made."""

from typing import Any

import numpy as np
import pytest

import linkkit as lk
from linkkit.linkmodel import LinkModel
from linkkit.plan.repairs import Repair, Trial, Trials, together
from linkkit.plan.simulation import simulate
from tests.site_factory import build

MODELS: list[dict[str, Any]] = [
    {},
    {"weights": "uniform", "damping": 0.6},
    {"duplicates": "sum", "nofollow": "drop"},
    {"nofollow": "keep", "external": "ignore", "entry": "additive"},
    {"duplicates": "sum"},
]
LIVE = [f"/p{number}" for number in range(9)]
POSITIONS = ("content", "content", "navigation", "footer")


def _site(seed: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Pages and links drawn: redirects, a canonical copy, dead pages, nofollow, the same pair linked from several places."""
    chance = np.random.default_rng(seed)
    pages: list[dict[str, Any]] = [{"path": "/", "referring_domains": 3}]
    pages += [{"path": path, "referring_domains": int(chance.integers(0, 4))} for path in LIVE]
    pages[1]["is_money_page"] = pages[2]["is_money_page"] = True
    pages[5]["robots"] = ["noindex"]
    pages[6]["robots"] = ["nofollow"]
    pages += [
        {"path": "/old", "status": 301, "redirect_to": "/p3", "referring_domains": 2},
        {"path": "/older", "status": 301, "redirect_to": "/gone"},
        {"path": "/gone", "status": 404, "referring_domains": 5},
        {"path": "/copy", "canonical": "/p3"},
    ]
    every = [page["path"] for page in pages]
    links = []
    for _ in range(60):
        source, target = chance.choice(every, 2)
        if source not in ("/old", "/older", "/gone"):
            links.append(
                {
                    "source": str(source),
                    "target": str(target),
                    "position": str(chance.choice(POSITIONS)),
                    "nofollow": bool(chance.random() < 0.25),
                    "anchor": f"words {chance.integers(0, 3)}",
                }
            )
    return pages, links


def _audit(pages: list[Any], links: list[Any], model: dict[str, Any]) -> lk.Audit:
    # Whether the template repeats a link is judged anew in a crawl of the changed site: not what is tested here.
    return lk.run_audit(build(pages, links), model=LinkModel(boilerplate_min_pages=1000, **model))


def _same(trials: Trials, repair: Repair, real: lk.Audit) -> None:
    """What reaches money pages, and how deep each page lies, are those of the site where it was done."""
    order = [real.site.page_id(url) for url in trials.audit.graph.urls]
    graph = trials.repaired(repair)
    assert trials.reached(graph) == pytest.approx(real.authority.captured, abs=1e-9)
    pairs = np.unique(np.column_stack((graph.source, graph.target)), axis=0)
    assert len(pairs) == len(graph.source)
    there = {
        (order[s], order[t]): w for s, t, w in zip(graph.source, graph.target, graph.weight, strict=True)
    }
    wanted = {
        (s, t): w
        for s, t, w in zip(
            real.graph.source.tolist(), real.graph.target.tolist(), real.graph.weight.tolist(), strict=True
        )
    }
    assert there == pytest.approx(wanted)


@pytest.mark.parametrize(("seed", "model"), list(enumerate(MODELS)), ids=str)
def test_links_taken_out_and_set_free(seed: int, model: dict[str, Any]) -> None:
    pages, links = _site(seed)
    audit = _audit(pages, links, model)
    trials = Trials.of(audit, range(len(audit.graph)))
    alike = {}
    for place, link in enumerate(links):
        alike.setdefault((link["source"], link["target"], link["anchor"], link["position"]), []).append(place)
    # A link that is there twice, with and without nofollow, is left alone: the test names links by their words and place.
    single = [own[0] for own in alike.values() if len(own) == 1]
    gone = [n for n in single if n % 5 == 0 and not links[n]["nofollow"]]
    free = [n for n in single if links[n]["nofollow"]]
    assert gone
    assert free
    if model.get("nofollow") == "keep":
        free = []
    p = trials.places
    urls = [url.removeprefix("https://shop.example") for url in audit.graph.urls]
    names = ["content", "navigation", "header", "footer", "sidebar", "breadcrumb"]
    keys = [
        (urls[s], urls[t], a, names[pos])
        for s, t, a, pos in zip(p["source_id"], p["target_id"], p["anchor"], p["position"], strict=True)
    ]

    def rows(chosen: list[int]) -> np.ndarray[Any, Any]:
        wanted = {
            (links[n]["source"], links[n]["target"], links[n]["anchor"], links[n]["position"]) for n in chosen
        }
        return np.array([place for place, key in enumerate(keys) if key in wanted], dtype=np.int64)

    repair = Repair(gone=rows(gone), follow=rows(free))
    changed = [
        {**link, "nofollow": False} if n in free else link for n, link in enumerate(links) if n not in gone
    ]
    _same(trials, repair, _audit(pages, changed, model))


@pytest.mark.parametrize(("seed", "model"), list(enumerate(MODELS)), ids=str)
def test_everything_at_once(seed: int, model: dict[str, Any]) -> None:
    pages, links = _site(seed + 10)
    audit = _audit(pages, links, model)
    trials = Trials.of(audit, range(len(audit.graph)))
    ids = {url.removeprefix("https://shop.example"): page for page, url in enumerate(audit.graph.urls)}
    p = trials.places
    to_noindex = np.flatnonzero((p["target_id"] == ids["/p4"]) & ~p["nofollow"])
    to_copy = np.flatnonzero(p["target_id"] == ids["/older"])
    repair = together(
        [
            Repair(redirect={ids["/gone"]: ids["/p1"]}),
            Repair(add=np.array([[ids["/p7"], ids["/p2"]]])),
            Repair(gone=to_noindex),
            Repair(moved=dict.fromkeys(to_copy.tolist(), ids["/p3"])),
            Repair(redirect={ids["/p8"]: ids["/p7"]}),
            Repair(up=np.array([[ids["/p3"], ids["/"]]])),
        ]
    )
    changed = [
        link
        for link in links
        if not (link["target"] == "/p4" and (not link["nofollow"] or model.get("nofollow") == "keep"))
    ]
    # A page whose robots directives say nofollow has nofollow links only, whatever the link says.
    if model.get("nofollow") != "keep":
        changed += [x for x in links if x["target"] == "/p4" and not x["nofollow"] and x["source"] == "/p5"]
    changed += [
        {"source": "/p7", "target": "/p2"},
        {"source": "/p3", "target": "/", "position": "breadcrumb"},
    ]
    told = {
        "/gone": {"status": 301, "redirect_to": "/p1"},
        "/p8": {"status": 301, "redirect_to": "/p7"},
    }
    changed = [{**link, "target": "/p3"} if link["target"] == "/older" else link for link in changed]
    after = [{**page, **told.get(page["path"], {})} for page in pages]
    changed = [link for link in changed if link["source"] != "/p8"]
    _same(trials, repair, _audit(after, changed, model))


def test_gain_and_clicks_are_those_of_the_simulation() -> None:
    pages, links = _site(3)
    audit = _audit(pages, links, {})
    trials = Trials.of(audit, [])
    urls = audit.graph.urls
    add = np.array([[0, 3], [4, 1]])
    simulated = simulate(audit, add_links=[(str(urls[s]), str(urls[t])) for s, t in add])
    repair = Repair(add=add)
    trial = trials.tried(repair)
    assert trial.gain == pytest.approx(
        simulated.after.authority.captured - audit.authority.captured, abs=1e-9
    )
    before, after = simulated.before.depth, simulated.after.depth
    counted = audit.graph.indexable & audit.graph.stands
    lowest = np.nanmax(before) + 1
    was, now = np.where(np.isnan(before), lowest, before), np.where(np.isnan(after), lowest, after)
    assert trial.clicks_saved == (was - now)[counted].sum()
    assert trial.reached == (np.isnan(before) & ~np.isnan(after) & counted).sum()


def test_what_folding_has_done_already_needs_no_solve(monkeypatch: pytest.MonkeyPatch) -> None:
    pages = [
        "/",
        "/a",
        {"path": "/home", "status": 301, "redirect_to": "/"},
        {"path": "/gone", "status": 404},
    ]
    audit = lk.run_audit(build(pages, ["/ -> /a", "/a -> /home", "/a -> /gone"]))
    trials = Trials.of(audit, [0, 2, 3])
    home, gone = (int(np.flatnonzero(trials.places["target_id"] == page)[0]) for page in (2, 3))
    monkeypatch.setattr(Trials, "solved", lambda self, repair: "solved")
    assert trials.tried(Repair(moved={home: 0})) == Trial(0.0, 0.0, 0)
    for other in ({home: 1}, {gone: 0}, {home: 3}, {home: 0, gone: 0}, {home: 0, gone: 3}):
        assert trials.tried(Repair(moved=other)) == "solved"
    row, pair = np.array([home]), np.array([[1, 1]])
    for more in (
        Repair(gone=row),
        Repair(follow=row),
        Repair(add=pair),
        Repair(up=pair),
        Repair(redirect={3: 1}),
    ):
        assert trials.tried(together([more, Repair(moved={home: 0})])) == "solved"


def test_clicks_are_saved_or_lost_by_whatever_is_changed() -> None:
    pages = ["/", "/a", "/b", "/lost", "/lost2", {"path": "/gone", "status": 404}]
    audit = lk.run_audit(build(pages, ["/ -> /a", "/a -> /b", "/ -> /b", "/ -> /gone", "/lost -> /lost2"]))
    trials = Trials.of(audit, [2])
    to_b = trials.places[trials.places["target_id"] == 2]
    row = to_b.index[to_b["source_id"] == 0].to_numpy()

    def saved(repair: Repair) -> tuple[float, int]:
        trial = trials.tried(repair)
        return trial.clicks_saved, trial.reached

    # No way leads back to the start page: what a link from it brings is known to first order already.
    link = Repair(add=np.array([[0, 3]]))
    assert trials.first_order(link) == pytest.approx(trials.solved(link).gain)
    assert np.isnan([trials.first_order(each) for each in (Repair(gone=row), Repair(redirect={5: 3}))]).all()
    # Without its link from the start page /b lies behind /a. What is out of reach counts as one click deeper than the deepest page.
    assert saved(Repair(gone=row)) == (-1.0, 0)
    assert saved(Repair(redirect={5: 3})) == (1.0, 2)
    assert saved(Repair(add=np.array([[0, 3]]))) == (1.0, 2)
    assert saved(Repair(add=np.array([[3, 0]]))) == (0.0, 0)
    assert saved(Repair(up=np.array([[0, 3], [0, 4]]))) == (2.0, 2)
    assert saved(Repair(up=np.array([[0, 1]]))) == (0.0, 0)
    assert saved(Repair(up=np.array([[0, 1], [0, 3]]))) == (1.0, 2)


def test_redirects_in_a_circle_are_broken_up() -> None:
    made = together([Repair(redirect={1: 2}), Repair(redirect={2: 1}), Repair(redirect={1: 3, 4: 1})])
    assert made.redirect == {1: 2, 4: 1}
    assert together([]).is_empty


@pytest.mark.parametrize("seed", range(3))
def test_what_one_link_brings_in_closed_form_is_what_solving_finds(seed: int) -> None:
    pages, links = _site(seed + 20)
    trials = Trials.of(_audit(pages, links[::2], {}), [])
    graph, closed = trials.audit.graph, 0
    for source in range(len(graph)):
        for target in range(0, len(graph), 3):
            repair = Repair(add=np.array([[source, target]]))
            closed += trials._new_link(repair) is not None
            solved, tried = trials.solved(repair), trials.tried(repair)
            assert tried.gain == pytest.approx(solved.gain, abs=1e-9)
            assert (tried.clicks_saved, tried.reached) == (solved.clicks_saved, solved.reached)
    assert closed > 20
