"""Clusters: measures against plain loops, groupings, proposed pillars, the analyst's edits, CSV and client.toml."""

import itertools
import tomllib
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import pytest

import linkkit as lk
from linkkit.charts import (
    answer,
    chapter_charts,
    cluster_authority_chart,
    cluster_flow_chart,
    cluster_flow_table,
    cluster_links_chart,
    cluster_links_table,
)
from linkkit.client import Client
from linkkit.metrics.clusters import cluster_flow, cluster_measures, missing_links, pillar_links
from linkkit.metrics.groups import breadcrumb_clusters, folder_clusters, section_clusters
from linkkit.metrics.pillars import propose_pillars
from linkkit.network import cluster_map, cluster_network
from linkkit.sources.cluster_edits import (
    from_pages,
    move_pages,
    remove_cluster,
    rename_cluster,
    set_pillar,
)
from linkkit.sources.clusters import Cluster, assigned
from tests.site_factory import START, build, metric, paths, url

PAGES = [
    "/",
    {"path": "/t", "cluster": "tents", "is_pillar": True},
    *({"path": f"/t/{n}", "cluster": "tents"} for n in range(4)),
    {"path": "/s", "cluster": "stoves", "is_pillar": True, "is_money_page": True},
    *({"path": f"/s/{n}", "cluster": "stoves"} for n in range(3)),
    "/about",
]
LINKS = [
    "/ -> /t", "/ -> /s", "/t -> /t/0", "/t -> /t/1", "/t/0 -> /t", "/t/0 -> /t/1", "/t/1 -> /t/0", "/t/2 -> /s",
    "/s -> /s/0", "/s -> /s/1", "/s -> /s/2", "/s/0 -> /s", "/s/1 -> /s", "/s/1 -> /about", "/t/1 -> /s/0", "/about -> /t/3",
    {"source": "/t", "target": "/t/2", "position": "navigation"},
]  # fmt: skip


@pytest.fixture(scope="module")
def audit() -> lk.Audit:
    return lk.run_audit(build(PAGES, LINKS))


def test_measures_are_those_of_plain_loops(audit: lk.Audit) -> None:
    grouping = audit.facts.clusters
    assert grouping is not None
    table = cluster_measures(grouping, audit.graph, audit.authority).set_index("cluster")
    content = nx.DiGraph(
        (a, b) for a, b, is_content in zip(
            *(paths(audit.graph.urls[ids]) for ids in (audit.graph.source, audit.graph.target)), audit.graph.is_content, strict=True
        ) if is_content
    )  # fmt: skip
    every = [path if isinstance(path, str) else path["path"] for path in PAGES]
    content.add_nodes_from(every)
    for name, hub in (("tents", "/t"), ("stoves", "/s")):
        members = [path for path in every if path.startswith(hub + "/")]
        row = table.loc[name]
        assert row["pages"] == len(members) + 1
        assert row["to_pillar"] == sum(content.has_edge(page, hub) for page in members)
        assert row["from_pillar"] == sum(content.has_edge(hub, page) for page in members)
        pairs = list(itertools.permutations(members, 2))
        assert row["density"] == pytest.approx(sum(content.has_edge(*pair) for pair in pairs) / len(pairs))
        inside = [(a, b) for a, b in content.edges if a in {hub, *members}]
        stays = sum(b in {hub, *members} for _, b in inside)
        assert (row["links_out"], row["inside_share"]) == (len(inside), pytest.approx(stays / len(inside)))
        assert row["inside_expected"] == pytest.approx(len(members) / (len(every) - 1))
        assert row["isolated"] == sum(
            not any(content.has_edge(other, page) for other in {hub, *members} - {page}) for page in members
        )
    assert table["site_density"].unique() == pytest.approx(
        content.number_of_edges() / (len(every) * (len(every) - 1))
    )
    assert table.loc["tents", "leaving_to"] == "stoves (2)"
    assert table.loc["stoves", "leaving_to"] == "pages of no cluster (1)"


def test_authority_passed_on_is_that_of_a_dense_solve(audit: lk.Audit) -> None:
    table = cluster_links_table(audit).set_index("cluster")
    flow = audit.authority.flow
    settles = 0.15 * np.linalg.inv(np.eye(len(audit.graph)) - flow.damping * flow.moves.toarray())
    url_of = pd.Series(paths(audit.site.pages["url"]))
    for name, hub in (("tents", "/t"), ("stoves", "/s")):
        row = settles[url_of[url_of == hub].index[0]]
        member = url_of.str.startswith(hub + "/").to_numpy()
        assert table.loc[name, "passed_cluster"] == pytest.approx(row[member].sum(), abs=1e-9)
        assert table.loc[name, "passed_money"] == pytest.approx(
            row[(url_of == "/s").to_numpy()].sum(), abs=1e-9
        )
        assert table.loc[name, "passed_kept"] == pytest.approx(
            row[(url_of == hub).to_numpy()].sum(), abs=1e-9
        )
        assert table.loc[name, "passed_lost"] == pytest.approx(1 - row.sum(), abs=1e-9)


def test_flow_and_missing_links(audit: lk.Audit) -> None:
    grouping = audit.facts.clusters
    assert grouping is not None
    flow = cluster_flow(grouping, audit.graph).set_index(["from_cluster", "to_cluster"])["links"].to_dict()
    assert flow[("tents", "stoves")] == 2
    assert flow[("tents", "tents")] == 5
    assert flow[("(no cluster)", "tents")] == 2
    assert sum(flow.values()) == 16
    missing = missing_links(grouping, audit.graph)
    own = missing[missing["cluster"] == "stoves"]
    urls = audit.site.pages["url"]
    assert [(*paths([urls[r.source_id], urls[r.target_id]]), r.kind) for r in own.itertuples()] == [
        ("/s/2", "/s", "to pillar")
    ]
    assert (missing["kind"] == "from pillar").sum() == 2


def test_a_proposed_pillar_says_why() -> None:
    site = build(
        ["/", *({"path": f"/{n}", "cluster": "x"} for n in "abc"), {"path": "/lone", "cluster": "y"}],
        ["/ -> /a", "/a -> /b", "/a -> /c", "/b -> /a", "/b -> /c"],
    )
    grouping = lk.run_audit(site).facts.clusters
    assert grouping is not None
    rows = grouping.pillars.set_index("cluster")
    assert paths(site.pages["url"][rows["pillar_id"]]) == ["/a", "/lone"]
    assert rows.loc["x", "reason"] == (
        "links to 2 of the 2 other pages, as another page does, and lies closer to the start page (1 click from the start page)"
    )
    assert rows.loc["y", "reason"] == "the only page"
    assert not rows["is_given"].any()


@pytest.mark.parametrize(
    ("titles", "links", "pillar", "reason"),
    [
        ("ab", ["/ -> /a", "/a -> /b"], "/a", "links to 1 of the 1 other page, more than any other page"),
        (
            "ab", ["/ -> /x", "/x -> /b", "/b -> /a", "/a -> /b"], "/b",
            "links to 1 of the 1 other page, as another page does, and lies closer to the start page (2 clicks from the start page)",
        ),
        (
            ["Camp stoves", "Camp"], ["/ -> /a", "/ -> /b", "/b -> /a", "/a -> /b"], "/b",
            "links to 1 of the 1 other page, as another page does; its title shares most with the others'",
        ),
        (
            "ab", ["/ -> /b"], "/b",
            "no page links to another of the cluster; the closest to the start page (1 click from the start page)",
        ),
        (["", "Camp stoves", "Camp"], [], "/c", "no page links to another of the cluster; the likeliest by its title"),
    ],
)  # fmt: skip
def test_reasons_for_a_pillar(titles: list[str], links: list[str], pillar: str, reason: str) -> None:
    pages = [{"path": f"/{name}", "title": title} for name, title in zip("abc", titles, strict=False)]
    site = build(["/", "/lone", *pages, "/x"], links)
    graph, depth = lk.LinkGraph.from_site(site), lk.run_audit(site).metrics["crawl_depth"]
    cluster = pd.Series([None, "w", *["v"] * len(pages), None], dtype="object")
    found = propose_pillars(site.pages, graph, cluster, depth)
    assert found["cluster"].tolist() == ["v", "w"]
    assert paths(site.pages["url"][found["pillar_id"]]) == [pillar, "/lone"]
    assert found["reason"].tolist() == [reason, "the only page"]


def test_folders_sections_and_breadcrumbs() -> None:
    trail = [
        {"source": f"/g/t/{n}", "target": target, "position": "breadcrumb"}
        for n in range(3) for target in ("/", "/g/", "/g/t/")
    ]  # fmt: skip
    site = build(
        [
            "/", {"path": "/g/", "h1": "Guides"}, {"path": "/g/t/", "h1": "Tents"}, *(f"/g/t/{n}" for n in range(3)),
            "/g/s/1", "/g/s/2", "/g/x", "/other",
        ],
        ["/ -> /g/", "/g/ -> /g/t/", *trail],
    )  # fmt: skip
    audit = lk.run_audit(site)
    site, graph, depth = audit.site, audit.graph, audit.metrics["crawl_depth"]
    by_path = dict(zip(paths(site.pages["url"]), folder_clusters(site, graph, depth).cluster, strict=True))
    assert by_path["/g/t/1"] == by_path["/g/t/"] == "/g/t/"
    assert by_path["/g/s/1"] == by_path["/g/x"] == by_path["/g/"] == "/g/"
    assert pd.isna(by_path["/other"])
    pillars = folder_clusters(site, graph, depth).pillars
    assert paths(site.pages["url"][pillars["pillar_id"]]) == ["/g/", "/g/t/"]
    crumbs = breadcrumb_clusters(site, graph, depth)
    assert crumbs.names == ("Tents",)
    assert paths(site.pages["url"][crumbs.cluster.notna()]) == ["/g/t/", "/g/t/0", "/g/t/1", "/g/t/2"]
    assert paths(site.pages["url"][crumbs.pillars["pillar_id"]]) == ["/g/t/"]
    assert all(each.is_proposal for each in (crumbs, section_clusters(site, graph, depth)))


def test_hubs_at_an_index_file_and_hubs_that_share_a_name() -> None:
    """Breadcrumbs that only lead home group nothing; two pages called alike are told apart by their paths."""
    parts = [f"/{part}/{n}" for part in "ba" for n in range(3)]
    up = [{"source": path, "target": f"{path[:3]}index.html", "position": "breadcrumb"} for path in parts]
    home = [{"source": f"/c/{n}", "target": "/", "position": "breadcrumb"} for n in range(3)]
    hubs = [{"path": f"/{part}/index.html", "h1": "Guides"} for part in "ba"]
    audit = lk.run_audit(build(["/", *hubs, *parts, *(f"/c/{n}" for n in range(3))], [*up, *home]))
    site, graph, depth = audit.site, audit.graph, audit.metrics["crawl_depth"]
    crumbs, folders = breadcrumb_clusters(site, graph, depth), folder_clusters(site, graph, depth)
    assert crumbs.names == ("Guides (/a/index.html)", "Guides (/b/index.html)")
    assert folders.names == ("/a/", "/b/", "/c/")
    for found, count in ((crumbs, 2), (folders, 3)):
        assert found.pillars["cluster"].tolist() == [*found.names]
        assert paths(site.pages["url"][found.pillars["pillar_id"]])[:2] == ["/a/index.html", "/b/index.html"]
        assert found.pillars["is_given"].tolist() == [False] * count
        assert found.pillars.index.equals(pd.RangeIndex(count))
        assert not found.between.any()
        assert site.pages["url"][found.cluster.isna()].tolist()[0] == START


def test_named_and_proposed_pillars_stand_in_one_table() -> None:
    pages = [{"path": f"/{n}", "cluster": n, "is_pillar": n == "b"} for n in "abc"]
    grouping = lk.run_audit(build(["/", *pages])).facts.clusters
    assert grouping is not None
    assert grouping.pillars.index.equals(pd.RangeIndex(3))
    assert grouping.pillars["cluster"].tolist() == ["a", "b", "c"]
    assert grouping.pillars["is_given"].tolist() == [False, True, False]


def test_a_pillar_with_one_page() -> None:
    pages = [{"path": f"/{n}", "cluster": "x", "is_pillar": n == "p"} for n in "pq"]
    audit = lk.run_audit(build(["/", *pages], ["/q -> /p", "/p -> /q", "/q -> /", "/ -> /p"]))
    assert audit.facts.clusters is not None
    (row,) = cluster_measures(audit.facts.clusters, audit.graph).to_dict("records")
    assert (row["pages"], row["members"], row["to_pillar_share"], row["from_pillar_share"]) == (
        2,
        1,
        1.0,
        1.0,
    )
    assert np.isnan(row["density"])
    assert (row["links_out"], row["inside_share"], row["inside_expected"]) == (
        3,
        pytest.approx(2 / 3),
        pytest.approx(1 / 2),
    )
    assert audit.metrics["cluster_inlinks"].tolist() == [pytest.approx(np.nan, nan_ok=True), 1, 1]
    flow = cluster_flow(audit.facts.clusters, audit.graph).set_index(["from_cluster", "to_cluster"])["share"]
    assert flow.to_dict() == {
        ("(no cluster)", "x"): 1.0,
        ("x", "(no cluster)"): pytest.approx(1 / 3),
        ("x", "x"): pytest.approx(2 / 3),
    }


def test_a_page_that_moved_takes_its_cluster_along() -> None:
    old = {"path": "/old", "status": 301, "redirect_to": "/new", "cluster": "x"}
    site = build(["/", old, "/new", {"path": "/a", "cluster": "x"}], ["/a -> /new"])
    found = pillar_links(site.pages, lk.LinkGraph.from_site(site)).assign(url=site.pages["url"])
    assert metric(found, "cluster_inlinks") == {"/": None, "/old": 0, "/new": 1, "/a": 0}


# What the analyst defines


SITE = build(["/", "/g/", "/g/a", "/g/b", "/g/c", "/x", "/y", "/q?id=1"], ["/ -> /g/"])
DEFINED = (Cluster("guides", "/g/", ("/g/*",)), Cluster("other", "", ("/x", "/y")))


def shown(clusters: tuple[Cluster, ...]) -> dict[str, list[str]]:
    names, pillars, faults = assigned(SITE, clusters)
    assert faults == []
    result: dict[str, list[str]] = {}
    for page, name in names.dropna().items():
        path = paths([SITE.pages["url"][page]])[0]
        result.setdefault(name, []).append(f"*{path}" if page in pillars else path)
    return result


def test_an_address_goes_before_a_pattern_and_queries_count() -> None:
    clusters = (Cluster("a", "", ("/g/*",), ("/g/c",)), Cluster("b", "/g/b", ("/g/a", url("/q?id=1"))))
    assert shown(clusters) == {"a": ["/g/"], "b": ["/g/a", "*/g/b", "/q?id=1"]}


def test_pages_move_and_patterns_stay() -> None:
    moved = move_pages(SITE, DEFINED, [url("/g/a")], "other")
    assert shown(moved) == {"guides": ["*/g/", "/g/b", "/g/c"], "other": ["/g/a", "/x", "/y"]}
    assert moved[0].pages == ("/g/*",)
    back = move_pages(SITE, moved, [url("/g/a")], "guides")
    assert shown(back) == shown(DEFINED)
    away = move_pages(SITE, DEFINED, [url("/g/"), url("/x"), url("/y")], None)
    assert shown(away) == {"guides": ["/g/a", "/g/b", "/g/c"]}
    assert away[0].pillar == ""
    new = move_pages(SITE, DEFINED, [url("/x"), url("/q?id=1")], " new ")
    assert shown(new)["new"] == ["/x", "/q?id=1"]
    with pytest.raises(lk.SiteError, match="is not a page of this site"):
        move_pages(SITE, DEFINED, [url("/nowhere")], "other")


def test_clusters_are_renamed_merged_and_taken_away() -> None:
    assert shown(rename_cluster(DEFINED, "guides", "how to")).keys() == {"how to", "other"}
    merged = rename_cluster(DEFINED, "other", "guides")
    assert shown(merged) == {"guides": ["*/g/", "/g/a", "/g/b", "/g/c", "/x", "/y"]}
    assert shown(remove_cluster(DEFINED, "guides")) == {"other": ["/x", "/y"]}
    with pytest.raises(lk.SettingsError, match="no cluster 'tents'; known are guides, other"):
        rename_cluster(DEFINED, "tents", "x")
    with pytest.raises(lk.SettingsError, match="needs a name"):
        rename_cluster(DEFINED, "guides", " ")


def test_a_pillar_is_chosen_and_the_one_before_stays() -> None:
    changed = set_pillar(SITE, DEFINED, "guides", url("/x"))
    assert shown(changed) == {"guides": ["/g/", "/g/a", "/g/b", "/g/c", "*/x"], "other": ["/y"]}
    assert shown(set_pillar(SITE, DEFINED, "guides", None)) == {
        "guides": ["/g/", "/g/a", "/g/b", "/g/c"],
        "other": ["/x", "/y"],
    }


def test_an_accepted_proposal_names_its_pages() -> None:
    cluster = pd.Series(["a", "a", None, None, None, "b", None, "b"], index=range(8), dtype="object")
    made = from_pages(SITE, cluster, {"a": 1})
    assert made == (Cluster("a", "/g/", ("/",)), Cluster("b", "", ("/x", "/q?id=1")))


def test_clusters_come_from_a_table(tmp_path: Path) -> None:
    file = tmp_path / "clusters.csv"
    file.write_text("URL;Topic;Pillar?\n/g/;guides;yes\n/g/*;guides;\n/x;other;no\n", "utf-8")
    with pytest.raises(lk.SourceError, match="columns url and cluster are expected"):
        lk.read_clusters(_written(tmp_path / "bad.csv", "a,b\n1,2\n"))
    file.write_text("URL;Topic;Pillar\n/g/;guides;yes\n/g/*;guides;\n/x;other;no\n", "utf-8")
    assert lk.read_clusters(file) == (Cluster("guides", "/g/", ("/g/*",)), Cluster("other", "", ("/x",)))
    faulty = _written(
        tmp_path / "f.csv", "url,cluster,pillar\n/a,,\n,x,\n/b,x,perhaps\n/c/*,x,yes\n/d,x,yes\n/e,x,yes\n"
    )
    with pytest.raises(lk.SourceError) as raised:
        lk.read_clusters(faulty)
    said = str(raised.value)
    for words in (
        "row 2: no cluster",
        "row 3: no address",
        "row 4: pillar = 'perhaps'",
        "row 5: a pattern",
        "row 7: 'x' has",
    ):
        assert words in said


def _written(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    return path


def test_saving_clusters_leaves_the_rest_of_the_file(tmp_path: Path) -> None:
    client = Client.new("shop", START, clients=tmp_path)
    before = '# mine\nname = "shop"\nstart_url = "https://shop.example/"  # start\n\n[[clusters]]\nname = "old"\npages = ["/x"]\n\n[thresholds]\nmax_crawl_depth = 5 # why\n'
    (client.folder / "client.toml").write_text(before, "utf-8")
    client = Client.open("shop", clients=tmp_path)
    hostile = Cluster('</script>"\\\n=1', "/g/", ("/a", "/b"), ("/c",))
    saved = client.save_clusters([hostile, Cluster("y", "", ("/x",))])
    text = (client.folder / "client.toml").read_text("utf-8")
    for kept in ("# mine", "# start", "max_crawl_depth = 5 # why"):
        assert kept in text
    assert saved.settings.clusters == (hostile, Cluster("y", "", ("/x",)))
    assert '"old"' not in text
    with pytest.raises(lk.SettingsError, match="two clusters are called 'y'"):
        saved.save_clusters([Cluster("y", "/a"), Cluster("y", "/b")])
    assert (client.folder / "client.toml").read_text("utf-8") == text
    assert "clusters" not in tomllib.loads(
        (saved.save_clusters([]).folder / "client.toml").read_text("utf-8")
    )


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ('pages = ["/a"]', "name = None: a text is expected"),
        ('name = "x"\npages = "/a"', "pages = '/a': a list of paths is expected"),
        ('name = "x"\npges = ["/a"]\npages = ["/a"]', "unknown key 'pges'"),
        ('name = "x"', "neither pages nor a pillar"),
    ],
)
def test_faults_in_clusters_are_named(tmp_path: Path, table: str, words: str) -> None:
    client = Client.new("shop", START, clients=tmp_path)
    (client.folder / "client.toml").write_text(
        f'name = "s"\nstart_url = "{START}"\n[[clusters]]\n{table}\n', "utf-8"
    )
    with pytest.raises(lk.SettingsError) as raised:
        Client.open("shop", clients=tmp_path)
    assert words in str(raised.value)


# What is shown


def test_the_answer_counts_links(audit: lk.Audit) -> None:
    said = answer(audit, "clusters").sentence
    assert said == (
        "2 clusters of 9 pages. 6 of 14 links between pillars and their pages are missing. "
        "2 pages have no link from the rest of the cluster."
    )
    plain = lk.run_audit(build(["/", "/a"], ["/ -> /a"]))
    assert answer(plain, "clusters").sentence.startswith("No topic clusters are defined for this client")
    assert list(chapter_charts(plain, "clusters")) == ["clusters_findings"]


def test_charts_say_what_they_show(audit: lk.Audit) -> None:
    made = chapter_charts(audit, "clusters")
    assert list(made) == ["cluster_links", "cluster_flow", "cluster_authority"]
    # Clusters stand in one order in both charts.
    flow = list(dict.fromkeys(cluster_flow_table(audit)["from_cluster"]))
    links = cluster_links_table(audit)["cluster"].tolist()
    assert flow[: len(links)] == [name for name in links if name in flow]
    titles = [" ".join(chart.to_dict()["title"]["text"]) for chart in made.values()]
    assert titles[0] == "6 of 14 links between pillars and their pages are missing, most in tents (5)"
    assert (
        titles[1].startswith("73 % of 15 content links of clusters stay inside")
        or "content links" in titles[1]
    )
    assert (
        "tents: 1 of 4 link to the pillar, 2 of 4 linked from it"
        in made["cluster_links"].to_dict()["description"]
    )
    for draw in (cluster_links_chart, cluster_authority_chart, cluster_flow_chart):
        assert "No topic clusters are defined" in str(draw(pd.DataFrame()).to_dict()["title"]["text"])


def test_hostile_names_stay_text(tmp_path: Path) -> None:
    name = "</script><script>window.pwned=1</script>'+alert(1)+' {{7*7}} \\ \N{RIGHT-TO-LEFT OVERRIDE} href"
    pages = ["/", *({"path": f"/{n}", "cluster": name, "title": name, "is_pillar": n == "a"} for n in "abc")]
    audit = lk.run_audit(build(pages, ["/ -> /a", "/a -> /b"]))
    for chart in (
        cluster_links_chart(cluster_links_table(audit)),
        cluster_flow_chart(cluster_flow_table(audit)),
        cluster_authority_chart(cluster_links_table(audit)),
    ):
        chart.save(tmp_path / "chart.svg")
        assert "<script" not in (tmp_path / "chart.svg").read_text("utf-8")
    for picture in (cluster_map(audit), cluster_network(audit)):
        assert "<script>window.pwned" not in picture.html()
        assert "innerHTML = nodeData" not in picture.html()


def test_pictures_of_clusters(audit: lk.Audit) -> None:
    bubbles = cluster_map(audit)
    assert bubbles.nodes["title"].tolist() == ["tents", "stoves"]
    assert list(zip(bubbles.edges["source"], bubbles.edges["target"], strict=True)) == [(0, 1)]
    around = cluster_network(audit, "tents")
    assert around.nodes.set_index("label")["role"].to_dict() == {
        "t": "pillar", "…/0": "mutual", "…/1": "downward", "…/2": "apart", "…/3": "apart",
    }  # fmt: skip
    assert cluster_network(audit).title.startswith("tents: 3 of 4 pages")
    with pytest.raises(lk.SettingsError, match="no cluster 'x'; known are tents, stoves"):
        cluster_network(audit, "x")
    assert cluster_map(lk.run_audit(build(["/"]))).nodes.empty
