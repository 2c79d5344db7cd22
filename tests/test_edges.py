"""Plain edge lists, CSV and Parquet."""

from pathlib import Path

import pandas as pd
import pytest

import linkkit as lk
from tests.site_factory import ORIGIN, START, metric, paths

S = START.rstrip("/")


def _csv(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    file = folder / "edges.csv"
    file.write_bytes(text.replace("~", S).encode(encoding))
    return file


def test_an_address_without_scheme_has_that_of_the_start_page(tmp_path: Path) -> None:
    host = ORIGIN.partition(":")[2]
    site = lk.read_edges(
        _csv(tmp_path, f"source,target\n/,{host}/a\n{host}/a,//other.example/\n"), start_url=START
    )
    assert paths(site.pages["url"]) == ["/", "/a"]
    assert (site.manifest.rejected, site.manifest.rows["external_links"]) == ({}, 1)


def test_csv_with_everything(tmp_path: Path) -> None:
    text = (
        "Source , target,anchor,position,nofollow,weight\r\n"
        '~/,~/a,"Tents, big",Footer,true,1\r\n~/,~/b,"two\nlines",,no,2\r\n~/a,~/,0012,content,NOFOLLOW,3\r\n'
        "https://other.example/,~/a,x,content,,4\r\n~/,https://other.example/,x,content,,5\r\n~/,,x,content,,6\r\n"
    )
    site = lk.read_edges(_csv(tmp_path, text, "utf-8-sig"), start_url=START)
    assert paths(site.pages["url"]) == ["/", "/a", "/b"]
    assert site.pages["is_indexable"].all()
    links = site.sample_links(START)
    assert links[["anchor", "position", "nofollow"]].to_numpy().tolist() == [
        ["Tents, big", "footer", True],
        ["two lines", "content", False],
    ]
    assert site.sample_links(f"{ORIGIN}/a")[["anchor", "nofollow"]].to_numpy().tolist() == [["0012", True]]
    assert site.manifest.rejected == {
        "link that is no http(s) URL": 1,
        "link whose source is outside the site": 1,
    }
    assert (site.manifest.complete, site.manifest.settings) == (True, {"file": "edges.csv"})
    assert metric(lk.run_audit(site).metrics, "crawl_depth") == {"/": 0, "/a": None, "/b": 1}


def test_without_anchors_nothing_is_said_of_them(tmp_path: Path) -> None:
    site = lk.read_edges(_csv(tmp_path, "source,target\n~/,~/a\n~/a,~/\n"), start_url=START, complete=False)
    audit = lk.run_audit(site)
    states = audit.checks.set_index("check_id")
    assert states.loc["empty-anchor", ["state", "reason"]].tolist() == [
        "not_applicable",
        "no link between two pages whose text is known",
    ]
    assert site.manifest.stopped_by == "said to be partial when it was read"
    assert (
        states.loc["orphan-page", "reason"] == "the crawl is incomplete: said to be partial when it was read"
    )


def test_parquet_with_gaps_and_types(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "source": [f"{S}/", f"{S}/", None],
            "target": [f"{S}/a", f"{S}/b", f"{S}/c"],
            "anchor": ["A", None, "C"],
            "position": [None, "header", None],
            "nofollow": [True, False, True],
        }
    )
    frame.to_parquet(tmp_path / "edges.parquet")
    site = lk.read_edges(tmp_path / "edges.parquet", start_url=START, folder=tmp_path / "site")
    links = site.sample_links(START)[["anchor", "position", "nofollow"]]
    assert links.to_numpy().tolist() == [["A", "content", True], ["", "header", False]]
    assert lk.load(tmp_path / "site").manifest.rows["links"] == 2


def test_errors_say_what_was_expected(tmp_path: Path) -> None:
    def refused(text: str, match: str, encoding: str = "utf-8") -> None:
        with pytest.raises(lk.SourceError, match=match):
            lk.read_edges(_csv(tmp_path, text, encoding), start_url=START, folder=tmp_path / "site")

    with pytest.raises(lk.SourceError, match="no such file"):
        lk.read_edges(tmp_path / "none.csv", start_url=START)
    refused(
        "page,links to\n~/,~/a\n",
        "column source and target missing; found page, links to, expected at least source and target",
    )
    refused(
        "source,target,position\n~/,~/a,left\n~/,~/a,top\n",
        "row 2: position left is unknown; known are content,",
    )
    refused(
        "source,target\nhttps://other.example/,~/a\n", "no link starts on the site of https://shop.example/"
    )
    refused("", "the file is empty")
    with pytest.raises(lk.SourceError, match="columns: weight is none of source, target, anchor"):
        lk.read_edges(_csv(tmp_path, "source,target\n"), start_url=START, columns={"weight": "w"})
    with pytest.raises(lk.SourceError, match="column Page missing; found source, target"):
        lk.read_edges(_csv(tmp_path, "source,target\n~/,~/a\n"), start_url=START, columns={"source": "Page"})
    (tmp_path / "edges.parquet").write_bytes(b"PAR1 no")
    with pytest.raises(lk.SourceError, match="a damaged Parquet file"):
        lk.read_edges(tmp_path / "edges.parquet", start_url=START)
    assert not (tmp_path / "site").exists()


def test_names_of_columns_can_be_given(tmp_path: Path) -> None:
    file = _csv(tmp_path, "Seite;Führt nach;Wie\n/;/ä;Über uns\n/ä;/;Start\n", "latin-1")
    columns = {"source": "Seite", "target": "führt nach", "anchor": "Wie"}
    site = lk.read_edges(file, start_url=START, columns=columns)
    assert paths(site.pages["url"]) == ["/", "/%C3%A4"]
    assert site.sample_links(START)["anchor"].tolist() == ["Über uns"]


def test_links_of_a_page_need_not_stand_together(tmp_path: Path) -> None:
    site = lk.read_edges(_csv(tmp_path, "from\tto\n/\t/a\n/a\t/\n/\t/b\n"), start_url=START)
    assert metric(lk.run_audit(site).metrics, "unique_outlinks") == {"/": 2, "/a": 1, "/b": 0}


def test_columns_under_names_of_their_own_are_mapped_wherever_files_are_read(tmp_path: Path) -> None:
    text = "Page\tLinks to\tWords\n/\t/a\tTents\n/a\t/\tHome\n"
    file = _csv(tmp_path, text)
    columns = {"source": "Page", "target": "Links to", "anchor": "Words"}
    for site in (
        lk.read_edges(file, start_url=START, columns=columns),
        lk.read(file, start_url=START, columns=columns).site,
    ):
        assert site is not None
        assert site.sample_links(START)["anchor"].tolist() == ["Tents"]
    # Without the mapping it could be a list of pages, but nobody is left to believe that it was read whole.
    (row,) = lk.read(file, start_url=START).report.to_dict("records")
    assert row["recognised"] == "page inventory"
    assert row["notes"] == (
        "addresses in the column 'Links to', not read (a list of links needs the columns source and target): 2"
    )
