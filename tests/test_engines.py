"""Every engine gives the same: what runs on DuckDB runs on Spark, and both agree with what others say."""

import signal
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import linkkit as lk
from linkkit.comparison.links import link_changes
from linkkit.comparison.pages import pair_pages
from linkkit.engine import EngineChoice, engines_of
from linkkit.errors import EngineError, SettingsError
from linkkit.graph import LinkGraph, links_not_followed, links_to, repeated_links
from linkkit.linkmodel import LinkModel
from linkkit.metrics.agreement import COUNTS, agreement
from linkkit.metrics.depth import clicks_from
from linkkit.metrics.links import crawler_counts
from linkkit.metrics.navigation import linked_pairs
from linkkit.metrics.stored import StoredMatrix, stored_walks
from linkkit.metrics.trails import menu_entries
from linkkit.network.ego import _anchors
from linkkit.schema import TRANSITIONS, Position
from linkkit.site import Manifest, Site
from linkkit.sources.builder import SiteBuilder
from linkkit.sources.merging import merge_sites
from linkkit.text.placement import Places
from tests.site_factory import build
from tests.small_site import START, build_small_site, with_signals
from tests.text_site import prose_site

ENGINES = ["embedded", pytest.param("spark", marks=pytest.mark.spark)]
# A query here takes longer to compile than to run.
FAST = {
    "spark__driver__extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "spark__sql__codegen__wholeStage": "false",
    "spark__sql__codegen__factoryMode": "NO_CODEGEN",
    "spark__sql__shuffle__partitions": "2",
    "spark__sql__adaptive__enabled": "false",
}


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    """One Spark for all of these tests."""
    from linkkit.engine.spark import start_session

    handler = signal.getsignal(signal.SIGINT)
    session = start_session("local[2]", **FAST)
    # PySpark's own would outlive it, and a Ctrl-C in any later work fail.
    assert signal.getsignal(signal.SIGINT) is handler
    yield session
    session.stop()


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> EngineChoice:
    return "embedded" if request.param == "embedded" else request.getfixturevalue("spark")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The shop with every defect, signals, visitors' steps and a text on each page."""
    made = with_signals(build_small_site(), tmp_path_factory.mktemp("signals"))
    steps = {"source_id": [-1, 0, 1], "target_id": [0, 1, 3], "transitions": [90.0, 40.0, 12.0]}
    return made.with_pages(made.pages, transitions=pa.table(steps).cast(TRANSITIONS))


@pytest.fixture(scope="module")
def plain(site: Site) -> lk.Audit:
    return lk.run_audit(site)


@pytest.fixture(scope="module")
def on_spark(site: Site, spark: Any) -> lk.Audit:
    return lk.run_audit(site.on(spark))


@pytest.mark.spark
def test_an_audit_on_spark_is_the_audit(plain: lk.Audit, on_spark: lk.Audit) -> None:
    pd.testing.assert_frame_equal(on_spark.metrics, plain.metrics, rtol=0, atol=1e-12)
    pd.testing.assert_frame_equal(on_spark.findings, plain.findings, rtol=0, atol=1e-12)
    pd.testing.assert_frame_equal(on_spark.checks, plain.checks)
    pd.testing.assert_frame_equal(on_spark.facts.anchor_uses, plain.facts.anchor_uses, check_dtype=False)
    assert np.abs(on_spark.metrics["authority"] - plain.metrics["authority"]).sum() < 1e-9
    assert np.abs(on_spark.ledger - plain.ledger).sum() < 1e-9
    assert len(plain.findings) > 20
    assert plain.checks["state"].value_counts()["failed"] > 10


QUESTIONS = {
    "links of a page": lambda audit: audit.site.sample_links(START),
    "links into a page": lambda audit: audit.site.sample_links(f"{START}shop/", incoming=True),
    "the template's links": lambda audit: repeated_links(audit.site, LinkModel(boilerplate_min_pages=2)),
    "links not followed": lambda audit: links_not_followed(audit.site, audit.graph, range(len(audit.graph))),
    "every link as it is weighed": lambda audit: links_to(audit.site, audit.graph, range(len(audit.graph))),
    "clicks instead of a model": lambda audit: (
        LinkGraph.from_site(audit.site, weights="observed_clicks").weight
    ),
    "every duplicate counts": lambda audit: (
        LinkGraph.from_site(
            audit.site, model=LinkModel(duplicates="sum", nofollow="keep", boilerplate_min_pages=2)
        ).weight
    ),
    "words between the pages of a picture": lambda audit: sorted(_anchors(audit, audit.graph.start).items()),
    "links that visitors may have missed": lambda audit: linked_pairs(
        audit.site, audit.graph, np.arange(4), np.array([1, 0, 3, 2])
    ),
    "entries of the menu": lambda audit: menu_entries(
        audit.site, audit.graph, np.ones(len(audit.graph), dtype=bool)
    ),
    "depth as another crawler counts it": lambda audit: agreement(
        audit.site, audit.site.pages[["url"]].assign(**dict.fromkeys(COUNTS, 1.0))
    ),
}


@pytest.mark.spark
@pytest.mark.parametrize("question", QUESTIONS)
def test_spark_answers_as_duckdb(question: str, plain: lk.Audit, on_spark: lk.Audit) -> None:
    answers = [QUESTIONS[question](audit) for audit in (plain, on_spark)]
    assert len(answers[0]) > 0
    if isinstance(answers[0], pd.DataFrame):
        # Spark has no unsigned and few short numbers: a count is the same count in a wider type.
        pd.testing.assert_frame_equal(answers[1], answers[0], check_dtype=False, rtol=0, atol=1e-12)
    else:
        np.testing.assert_equal(answers[1], answers[0])


@pytest.mark.spark
def test_texts_are_read_on_spark(spark: Any) -> None:
    filler = "Every tent keeps you dry. We ship on Mondays."
    pages = {
        "/": f'<p>Start with <a href="/tents">tents</a> or <a href="/poles">poles</a>. {filler}</p>',
        "/tents": f'<h1>Tents</h1><p>Light tents for two, with <a href="/poles">strong poles</a>. {filler}</p>',
        "/poles": f"<h1>Poles</h1><p>Strong poles carry light tents through a storm. {filler}</p>",
        "/storm": f'<h1>Storm guide</h1><p>In a storm the poles of tents matter. <a href="/">Home</a> {filler}</p>',
    }
    site = prose_site(pages)
    one, two = (lk.run_audit(each) for each in (site, site.on(spark)))
    pd.testing.assert_frame_equal(two.findings, one.findings)
    shared = [Places(audit.site, audit.relevance)._shared for audit in (one, two)]
    assert shared[0] == shared[1]
    texts = [
        audit.site.engine.arrow(
            """SELECT page_id, trim(part) AS part FROM (
                SELECT page_id, explode(split(text, '[.!?]\\s+')) AS part FROM text) cut
            ORDER BY page_id, part"""
        ).to_pylist()
        for audit in (one, two)
    ]
    assert texts[0] == texts[1]
    assert {
        "page_id": site.page_id("https://shop.example/poles"),
        "part": "Every tent keeps you dry",
    } in texts[0]


@pytest.mark.spark
def test_two_sites_are_compared_on_spark(plain: lk.Audit, on_spark: lk.Audit) -> None:
    paired = pair_pages(plain, plain, ())
    # As if the second crawl had not seen the first ten pages.
    lives = paired.new_lives.copy()
    lives[:10] = False
    other = replace(paired, new_lives=lives)
    one, two = (link_changes(audit.site, audit.site, other) for audit in (plain, on_spark))
    assert one.total("lost") > 10
    assert (one.old_links, one.new_links) == (two.old_links, two.new_links)
    for name in ("counts", "sample", "important"):
        pd.testing.assert_frame_equal(getattr(two, name), getattr(one, name), check_dtype=False)


def _random_site(seed: int, pages: int = 30) -> tuple[Site, list[tuple[int, int]]]:
    chance = np.random.default_rng(seed)
    pairs = [(int(a), int(b)) for a, b in chance.integers(0, pages, (3 * pages, 2))]
    paths = ["/", *(f"/{number}" for number in range(1, pages))]
    return build(paths, [f"{paths[a]} -> {paths[b]}" for a, b in pairs]), pairs


@pytest.mark.parametrize("seed", [1, 2])
def test_counts_and_depth_are_those_of_a_program_that_knows_no_sql(seed: int, engine: EngineChoice) -> None:
    site, pairs = _random_site(seed)
    graph = LinkGraph.from_site(site.on(engine))
    counts = crawler_counts(site.on(engine))
    told = nx.DiGraph([(a, b) for a, b in pairs if a != b])
    assert sorted(zip(graph.source.tolist(), graph.target.tolist(), strict=True)) == sorted(told.edges)
    assert counts["inlinks"].to_dict() == {page: Counter(b for _, b in pairs)[page] for page in range(30)}
    assert counts["unique_outlinks"].to_dict() == {
        page: len({b for a, b in pairs if a == page}) for page in range(30)
    }
    depth = clicks_from(graph.followed, [graph.start])
    clicks = nx.single_source_shortest_path_length(told, 0)
    assert {page: int(each) for page, each in enumerate(depth) if not np.isnan(each)} == clicks


def test_walks_over_stored_edges_are_those_in_memory(engine: EngineChoice, tmp_path: Path) -> None:
    site = _random_site(3, 12)[0]
    pages = site.pages.assign(is_money_page=site.pages["page_id"].isin([3, 7]).astype("boolean"))
    pages.loc[[2, 5], "referring_domains"] = [3.0, 1.0]
    _assert_walks_agree(site.with_pages(pages), engine, tmp_path)


def test_walks_over_stored_edges_of_a_shop_are_those_in_memory(site: Site, tmp_path: Path) -> None:
    _assert_walks_agree(site, "embedded", tmp_path)


def _assert_walks_agree(site: Site, engine: EngineChoice, folder: Path) -> None:
    # A weaker damping needs fewer steps, each of which is a query.
    audit = lk.run_audit(site, model=LinkModel(damping=0.5))
    walks = stored_walks(site.on(engine), folder, model=LinkModel(damping=0.5), every=3)
    assert np.abs(walks.metrics["authority"] - audit.metrics["authority"]).sum() < 1e-9
    assert np.abs(walks.authority.ledger - audit.ledger).sum() < 1e-9
    pd.testing.assert_frame_equal(
        walks.metrics, audit.metrics[walks.metrics.columns], rtol=0, atol=1e-9, check_dtype=False
    )
    again = stored_walks(site.on(engine), folder, model=LinkModel(damping=0.5), resume=True)
    assert again.products < walks.products - 3
    assert np.abs(again.metrics["authority"] - audit.metrics["authority"]).sum() < 1e-9


@pytest.mark.spark
def test_a_site_lies_where_only_spark_reaches(
    site: Site, plain: lk.Audit, spark: Any, tmp_path: Path
) -> None:
    # The scheme is handed through: what holds for file:// holds for s3a://, hdfs:// and the like.
    uri = f"file://{tmp_path}/bucket/my client"
    saved = site.on(spark).save(uri)
    assert set(saved.far) == {"links", "anchors", "text", "external_links", "transitions"}
    opened = lk.load(uri, engine=spark)
    pd.testing.assert_frame_equal(opened.pages, site.pages)
    graph = LinkGraph.from_site(opened)
    np.testing.assert_array_equal(graph.target, plain.graph.target)
    np.testing.assert_array_equal(graph.weight, plain.graph.weight)
    # What is added stays with the site; what is saved here can be read without Spark.
    marked = opened.with_pages(opened.pages.assign(cluster="all"))
    assert (
        marked.engine.arrow("SELECT count(*) AS n FROM links")["n"][0].as_py() == site.manifest.rows["links"]
    )
    here = marked.save(tmp_path / "here")
    assert lk.load(tmp_path / "here").pages["cluster"].unique().tolist() == ["all"]
    assert here.sample_links(START).equals(site.sample_links(START))
    with pytest.raises(lk.SiteError, match="exists already"):
        site.on(spark).save(uri)
    assert site.on(spark).save(uri, overwrite=True).manifest.rows == site.manifest.rows
    with pytest.raises(lk.SiteError, match=r"holds no site: manifest.json is missing"):
        lk.load(f"{uri}/nowhere", engine=spark)
    with pytest.raises(EngineError, match="embedded engine reads files of this machine only"):
        lk.load(uri)
    with pytest.raises(EngineError, match="cannot be reached"):
        lk.load("nosuch://bucket/site", engine=spark)


@pytest.mark.spark
def test_parts_are_merged_on_spark(spark: Any, tmp_path: Path) -> None:
    www, shop = "https://www.client.example/", "https://shop.client.example/"
    parts = []
    for start, other in ((www, shop), (shop, www)):
        builder = SiteBuilder(start, hosts=[other])
        page = builder.add_page(
            start, {"status": 200, "content_type": "text/html", "title": "T"}, text="words"
        )
        assert page is not None
        link = (other, f"to {other[8:12]}", Position.CONTENT, False, False, "main p")
        builder.add_links(page, [link, (start, "home", Position.FOOTER, True, False, "footer")])
        parts.append(builder.finish(Manifest(start_url=start, tool="test")))
    told = []
    for site in (
        merge_sites(parts),
        merge_sites([part.on(spark) for part in parts], folder=f"file://{tmp_path}/whole"),
        merge_sites([part.on(spark) for part in parts], folder=tmp_path / "near"),
    ):
        links = site.engine.arrow(
            """SELECT l.source_id, l.target_id, a.text, CAST(l.position AS INTEGER) AS position, l.nofollow, l.container_id
            FROM links l JOIN anchors a ON a.anchor_id = l.anchor_id ORDER BY source_id, target_id"""
        )
        told.append(
            (
                site.pages.dropna(axis=1, how="all").astype(str).to_dict("list"),
                links.to_pylist(),
                site.manifest.rows,
            )
        )
        assert site.manifest.complete
    assert told[1:] == told[:1] * 2
    assert [(row["source_id"], row["target_id"], row["text"]) for row in told[0][1]] == [
        (0, 0, "home"), (0, 1, "to shop"), (1, 0, "to www."), (1, 1, "home"),
    ]  # fmt: skip
    # A folder of parts, as Spark writes it, is a table for the embedded engine as well.
    assert lk.load(tmp_path / "near").sample_links(www)["anchor"].tolist() == ["to shop", "home"]


def test_a_client_chooses_its_engine(tmp_path: Path) -> None:
    client = lk.Client.new("shop", START, clients=tmp_path)
    assert client.settings.engine == "embedded"
    path = client.folder / "client.toml"
    text = path.read_text("utf-8")
    path.write_text('engine = "spark:local[2]"\n' + text, "utf-8")
    assert lk.Client.open("shop", clients=tmp_path).settings.engine == "spark:local[2]"
    path.write_text('engine = "flink"\n' + text, "utf-8")
    with pytest.raises(lk.SettingsError, match="line 1: engine = 'flink': embedded, spark or spark:<master>"):
        lk.Client.open("shop", clients=tmp_path)
    for wrong in ("spark:", "sparks", ""):
        with pytest.raises(SettingsError, match="is expected, such as spark:local"):
            engines_of(wrong)


def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    with pytest.raises(EngineError, match=r"needs PySpark: pip install 'linkkit\[spark\]', and Java 17"):
        engines_of("spark")


@pytest.mark.spark
def test_java_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from pyspark.sql import SparkSession

    monkeypatch.setattr(SparkSession, "getActiveSession", lambda: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(
        EngineError, match=r"neither JAVA_HOME nor PATH leads to one.*openjdk-17-jre-headless"
    ):
        engines_of("spark:local[2]")


def test_walks_go_on_where_they_were_interrupted(
    site: Site, plain: lk.Audit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    product, done = StoredMatrix.__matmul__, count(1)

    def interrupted(self: StoredMatrix, vector: np.ndarray) -> np.ndarray:
        if next(done) == 20:
            raise KeyboardInterrupt
        return product(self, vector)

    monkeypatch.setattr(StoredMatrix, "__matmul__", interrupted)
    with pytest.raises(KeyboardInterrupt):
        stored_walks(site, tmp_path, every=2)
    kept = pd.read_parquet(tmp_path / "visits.parquet").set_index("page")["value"]
    known = pd.Series(plain.authority.visits.values)
    assert 0 < (kept - known).abs().sum() < 0.1
    walks = stored_walks(site, tmp_path, resume=True)
    assert np.abs(walks.metrics["authority"] - plain.metrics["authority"]).sum() < 1e-9


def test_walks_of_a_site_that_lost_pages_and_earns_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a checkpoint tells of pages that are gone is left out; without a money page nothing drains."""
    model, folder = LinkModel(damping=0.5), tmp_path / "not" / "made"
    stored_walks(_random_site(3, 12)[0], folder, model=model)
    smaller = _random_site(4, 9)[0]
    again = stored_walks(smaller, folder, model=model, resume=True)
    product, done = StoredMatrix.__matmul__, count(1)
    monkeypatch.setattr(StoredMatrix, "__matmul__", lambda self, vector: next(done) and product(self, vector))
    walks = stored_walks(smaller, model=model)
    assert walks.products == next(done) - 1
    pd.testing.assert_frame_equal(again.metrics, walks.metrics, rtol=0, atol=1e-9)
    assert (walks.metrics["drain"] == 0).all()
    assert walks.metrics["landing_yield"].isna().all()


def test_a_weight_that_needs_edges_here_is_refused(site: Site, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="'observed_clicks' need the edges in memory"):
        stored_walks(site, tmp_path, model=LinkModel(weights="observed_clicks"))
    with pytest.raises(EngineError, match="no checkpoint to resume from"):
        stored_walks(site, tmp_path, resume=True)
