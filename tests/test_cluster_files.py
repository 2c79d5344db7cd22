"""Tables of clusters are told by their content, join the clusters that are there, and take nothing away."""

import zipfile
from pathlib import Path

import pytest

import linkkit as lk
from linkkit import widgets
from linkkit.cli import app
from linkkit.sources.cluster_files import merge_clusters
from linkkit.sources.clusters import Cluster
from linkkit.sources.recognise import recognise
from tests.site_factory import START, build

PAGES = ["/", "/t", "/t/1", "/t/2", "/s", "/s/1", {"path": "/gone", "status": 404}]
TABLE = "URL;Cluster;Pillar\n/t;tents;yes\n/t/*;tents;\n/s/1;stoves;\n/nowhere;stoves;\n/s/*/x;stoves;\n;stoves;\n/s;stoves;maybe\n"


def _written(folder: Path, text: str, name: str = "export (3).csv") -> Path:
    file = folder / name
    file.write_text(text, "utf-8")
    return file


@pytest.fixture
def client(tmp_path: Path) -> lk.Client:
    made = lk.Client.new("shop", START, clients=tmp_path / "clients")
    paths = ["t", "t/1", "t/2", "s", "s/1"]
    made.import_files(
        _written(
            tmp_path, "source,target\n" + "".join(f"{START},{START}{path}\n" for path in paths), "edges.csv"
        )
    )
    return made


def test_a_table_of_clusters_is_read_with_its_matches_and_rejects(tmp_path: Path) -> None:
    imported = lk.read(_written(tmp_path, TABLE), site=build(PAGES, []))
    (row,) = imported.report.to_dict("records")
    assert (row["recognised"], row["feeds"], row["rows"], row["matched"], row["rejected"]) == (
        "topic clusters",
        "clusters",
        7,
        3,
        4,
    )
    assert row["notes"] == "2 clusters; 4 pages"
    assert imported.rejects[["signal", "row", "value", "reason"]].to_numpy().tolist() == [
        ["clusters", 5, "/nowhere", "no page of the crawl"],
        ["clusters", 6, "/s/*/x", "the pattern matches no page"],
        ["clusters", 7, "stoves", "no address"],
        ["clusters", 8, "/s", "pillar = 'maybe'; yes or nothing is expected"],
    ]
    assert imported.clusters == (Cluster("tents", "/t", ("/t/*",)), Cluster("stoves", "", ("/s/1",)))
    assert imported.site is not None
    pages = imported.site.pages.set_index("url")["cluster"]
    assert pages.dropna().to_dict() == {
        START + "t": "tents",
        START + "t/1": "tents",
        START + "t/2": "tents",
        START + "s/1": "stoves",
    }


def test_without_a_crawl_every_row_is_kept(tmp_path: Path) -> None:
    imported = lk.read(_written(tmp_path, TABLE))
    assert imported.site is None
    assert imported.clusters[1] == Cluster("stoves", "", ("/s/1", "/nowhere", "/s/*/x"))
    assert imported.report["notes"].tolist() == ["2 clusters"]
    assert len(imported.rejects) == 2


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("url,cluster", "topic clusters"),
        ("Address,Topic,Owner,Note", "topic clusters"),
        ("Seite,Thema", "topic clusters"),
        ("url,title,status,owner,topic", "page inventory"),
        ("url,title,status,owner,topic,pillar", "topic clusters"),
        ("url,title", "page inventory"),
    ],
)
def test_what_is_told_from_the_columns(tmp_path: Path, header: str, kind: str) -> None:
    row = ",".join([START + "t", *["x"] * header.count(",")])
    assert recognise(_written(tmp_path, f"{header}\n{row}\n"))[0].kind == kind


def test_a_list_of_pages_may_have_topics(tmp_path: Path) -> None:
    file = _written(tmp_path, f"url,topic\n{START}t,tents\n")
    site = lk.add_signals(build(PAGES, []), money_pages=file)
    assert site.pages["is_money_page"].sum() == 1
    with pytest.raises(lk.SourceError, match="recognised as topic clusters; expected a GA4 export"):
        lk.add_signals(build(PAGES, []), analytics=file)


def test_a_zip_may_hold_clusters_beside_signals(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("a.csv", TABLE)
        archive.writestr("b.csv", "Page path and screen class,Sessions\n/t,7\n")
    imported = lk.read(tmp_path / "all.zip", site=build(PAGES, []))
    assert sorted(imported.report["feeds"]) == ["analytics", "clusters"]
    assert len(imported.clusters) == 2


def test_the_client_keeps_clusters_by_name(client: lk.Client, tmp_path: Path) -> None:
    client.save_clusters([Cluster("tents", "/t/1", ("/t/2",)), Cluster("all", "", ("/s/*",))])
    before = (client.folder / "client.toml").read_text("utf-8")
    imported = client.import_files(_written(tmp_path, TABLE))
    stored = lk.Client.open("shop", clients=client.folder.parent)
    assert stored.settings.clusters == imported.clusters
    assert stored.settings.clusters == (
        Cluster("tents", "/t/1", ("/t/2", "/t", "/t/*")),
        Cluster("all", "", ("/s/*",)),
        Cluster("stoves", "", ("/s/1",)),
    )
    (notes,) = imported.report["notes"]
    for words in (
        "the pillar of 'tents' stays /t/1; /t is a page of it",
        "2 added to cluster 'tents'",
        "new cluster 'stoves'",
        "1 page that a pattern of 'all' matches is now in 'stoves'",
    ):
        assert words in notes
    assert client.signal_files() == {}
    assert before.split("[[clusters]]")[0] in (client.folder / "client.toml").read_text("utf-8")
    # Once more: nothing new, and nothing written.
    text = (client.folder / "client.toml").read_text("utf-8")
    again = client.import_files(_written(tmp_path, TABLE))
    assert "added" not in again.report["notes"].iat[0]
    assert (client.folder / "client.toml").read_text("utf-8") == text


def test_merging_takes_nothing_away() -> None:
    old = (Cluster("a", "/p", ("/1",), ("/2",)), Cluster("b", "", ("/3",)))
    new = (Cluster("a", "/q", (START + "1", "/2", "/3")), Cluster("b", "/3"), Cluster("c", "", ("/1",)))
    merged, said = merge_clusters(old, new, START)
    assert merged == (Cluster("a", "/p", ("/1", "/q", "/2"), ()), Cluster("b", "/3", ()))
    assert said == [
        "1 named for 'a' stayed in 'b' (/3)",
        "the pillar of 'a' stays /p; /q is a page of it",
        "2 added to cluster 'a'",
        "/3 is its pillar now",
        "1 named for 'c' stayed in 'a' (/1)",
    ]
    assert merge_clusters(merged, merged, START) == (merged, [])
    assert merge_clusters((), (), START) == ((), [])


def test_a_table_in_the_folder_of_signals_is_refused_with_what_to_do(client: lk.Client) -> None:
    (client.folder / "signals").mkdir(exist_ok=True)
    _written(client.folder / "signals", TABLE)
    with pytest.raises(
        lk.SourceError, match=r"recognised as topic clusters, which are kept in client\.toml: import"
    ):
        client.site()


def test_dropped_clusters_are_told_of(client: lk.Client, tmp_path: Path) -> None:
    panel = widgets.ImportPanel(client)
    panel.path.value = str(_written(tmp_path, TABLE.replace("/nowhere", "/<b>no</b>")))
    panel.read.click()
    told = panel.told.value
    assert "topic clusters" in told
    assert "run the notebook again from its first cell" in told
    assert "<b>no" not in told
    assert "&lt;b&gt;no" in told
    assert panel.errors.value == ""


def test_the_command_says_what_it_kept(
    client: lk.Client, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["import", str(_written(tmp_path, TABLE)), "--client", "shop"]
    app([*arguments, "--clients", str(client.folder.parent)], standalone_mode=False)
    said = capsys.readouterr().out
    assert "topic clusters; 7 rows, 3 match a crawled page, 4 not used" in said
    assert "client.toml: new cluster 'tents'; new cluster 'stoves'" in said
    assert "not used: export (3).csv row 5: /nowhere: no page of the crawl" in said
