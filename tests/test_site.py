"""A Site on disk: what is saved comes back, all or nothing; damage is named."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

import linkkit as lk
from linkkit.folders import MANIFEST, seal
from linkkit.schema import PAGES, SCHEMA_VERSION, TABLES
from linkkit.site import Site
from tests.site_factory import ORIGIN, build, paths


def _toy(**options: object) -> Site:
    pages = [
        {"path": "/", "title": "Home", "word_count": 120, "language": "en"},
        {"path": "/ä", "title": "Zelte – ⛺", "clicks": 3.5, "is_money_page": True, "cluster": "x"},
        {"path": "/gone", "status": 404},
        {"path": "/lost", "crawled": False, "found_in": ["sitemap", "logs"]},
    ]
    links = [
        {"source": "/", "target": "/ä", "anchor": "Tents", "position": "navigation"},
        {"source": "/", "target": "/gone", "anchor": "", "nofollow": True, "is_image": True},
        {"source": "/", "target": "https://other.example/", "anchor": "Out"},
        {"source": "/", "target": "/ä", "anchor": False},
    ]
    return build(pages, links, **options)  # type: ignore[arg-type]


def test_save_and_load_give_the_same_site(tmp_path: Path) -> None:
    site = _toy(complete=False, stopped_by="page limit")
    saved = site.save(tmp_path / "deep" / "site")
    loaded = lk.load(tmp_path / "deep" / "site")
    pd.testing.assert_frame_equal(loaded.pages, site.pages)
    for name in TABLES:
        assert pq.read_table(loaded.folder / f"{name}.parquet").equals(
            pq.read_table(site.folder / f"{name}.parquet")
        )
    assert (loaded.manifest.complete, loaded.manifest.stopped_by) == (False, "page limit")
    assert loaded.manifest.rows == {
        "pages": 4,
        "links": 3,
        "anchors": 2,
        "text": 0,
        "external_links": 1,
        "transitions": 0,
    }
    assert loaded.manifest == saved.manifest
    assert [each.name for each in (tmp_path / "deep").iterdir()] == ["site"]


def test_pages_have_their_types() -> None:
    pages = _toy().pages
    assert list(pages.columns) == PAGES.names
    assert pages.index.tolist() == pages["page_id"].tolist() == [0, 1, 2, 3]
    assert paths(pages["url"]) == ["/", "/%C3%A4", "/gone", "/lost"]
    assert pages["status"].tolist() == [200, 200, 404, pd.NA]
    assert pages["is_indexable"].tolist() == [True, True, False, False]
    assert pages["indexability_reason"].tolist() == ["indexable", "indexable", "client_error", "not_crawled"]
    assert pages["title"].isna().tolist() == [False, False, True, True]
    assert pages["clicks"].fillna(-1).tolist() == [-1, 3.5, -1, -1]
    assert pages["is_money_page"].isna().tolist() == [True, False, True, True]
    assert pages["found_in"].tolist() == [1, 1, 1, 34]
    assert pages["section"].tolist() == ["/"] * 4


def test_a_failure_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = _toy()
    monkeypatch.setattr(shutil, "copyfile", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        site.save(tmp_path / "site")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("step", [1, 2])
def test_a_failed_overwrite_keeps_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    import linkkit.folders as module

    _toy().save(tmp_path / "site")
    other = build(["/"])
    real, calls = module.os.replace, []

    def failing(source: Path, target: Path) -> None:
        calls.append(source)
        if len(calls) == step:
            raise OSError("in use")
        real(source, target)

    monkeypatch.setattr(module.os, "replace", failing)
    with pytest.raises(OSError, match="in use"):
        other.save(tmp_path / "site", overwrite=True)
    assert len(lk.load(tmp_path / "site").pages) == 4
    assert [each.name for each in tmp_path.iterdir()] == ["site"]


def test_nothing_is_overwritten_unasked(tmp_path: Path) -> None:
    site = _toy()
    site.save(tmp_path / "site")
    with pytest.raises(lk.SiteError, match=r"exists already.*overwrite=True"):
        site.save(tmp_path / "site")
    assert build(["/"]).save(tmp_path / "site", overwrite=True).manifest.rows["pages"] == 1
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    (tmp_path / "file").write_text("a file")
    lk.run_audit(site).save(tmp_path / "audit")
    for name in ("mine", "file", "audit"):
        with pytest.raises(lk.SiteError, match="left alone"):
            site.save(tmp_path / name, overwrite=True)
    assert (tmp_path / "mine" / "thesis.txt").exists()


def test_saving_a_site_onto_itself_changes_nothing(tmp_path: Path) -> None:
    saved = _toy().save(tmp_path / "site")
    assert saved.save(tmp_path / "site") is saved


def test_an_older_crawl_of_its_own_is_not_called_anothers(tmp_path: Path) -> None:
    for settings, tool in (({"crawl": {"pages": 1}}, "linkkit"), ({}, "advertools")):
        site = replace(_toy(), manifest=replace(_toy().manifest, tool="advertools", settings=settings))
        site.save(tmp_path / tool)
        assert lk.load(tmp_path / tool).manifest.tool == tool


def test_damage_is_named(tmp_path: Path) -> None:
    site = _toy()

    def damaged(name: str) -> Path:
        site.save(tmp_path / name)
        return tmp_path / name

    with pytest.raises(lk.SiteError, match=r"manifest\.json is missing"):
        lk.load(tmp_path)
    folder = damaged("json")
    (folder / MANIFEST).write_text("{")
    with pytest.raises(lk.SiteError, match=r"manifest\.json is damaged"):
        lk.load(folder)
    (folder / MANIFEST).write_text("[]")
    with pytest.raises(lk.SiteError, match="holds no site"):
        lk.load(folder)
    folder = damaged("version")
    stored = json.loads((folder / MANIFEST).read_text("utf-8"))
    (folder / MANIFEST).write_text(json.dumps(stored | {"schema_version": 99}))
    with pytest.raises(
        lk.SiteError, match=f"schema version 99, this linkkit reads versions 4 to {SCHEMA_VERSION}"
    ):
        lk.load(folder)
    folder = damaged("tables")
    links = (folder / "links.parquet").read_bytes()
    (folder / "links.parquet").write_bytes(links[: len(links) // 2])
    (folder / "text.parquet").unlink()
    pq.write_table(pq.read_table(folder / "pages.parquet").slice(1), folder / "pages.parquet")
    pq.write_table(pq.read_table(folder / "anchors.parquet").select(["text"]), folder / "anchors.parquet")
    with pytest.raises(lk.SiteError) as caught:
        lk.load(folder)
    message = str(caught.value)
    for part in (
        "links.parquet",
        "text.parquet",
        "pages.parquet: 3 rows, the manifest says 4",
        "anchors.parquet: its",
    ):
        assert part in message


def test_an_unknown_field_of_the_manifest_is_ignored(tmp_path: Path) -> None:
    folder = _toy().save(tmp_path / "site").folder
    stored = json.loads((folder / MANIFEST).read_text("utf-8"))
    del stored["checksum"]
    seal(folder, stored | {"mood": "good"})
    assert lk.load(folder).start_url == f"{ORIGIN}/"


def test_page_id() -> None:
    site = _toy()
    assert site.page_id(f"{ORIGIN}/ä#top") == 1
    with pytest.raises(lk.SiteError, match=r"shop\.example/none is not a page of this site"):
        site.page_id(f"{ORIGIN}/none")


def test_sample_links() -> None:
    many = [f"/p{number}" for number in range(40)]
    site = build(["/", *many], [f"/ -> {path}" for path in reversed(many)])
    out = site.sample_links(f"{ORIGIN}/", limit=12)
    assert paths(out["target"]) == [f"/p{number}" for number in range(39, 27, -1)]
    into = _toy().sample_links(f"{ORIGIN}/ä", incoming=True)
    assert into.columns.tolist() == ["source", "target", "anchor", "position", "nofollow", "is_image"]
    assert paths(into["source"]) == ["/", "/"]
    assert into["position"].tolist() == ["navigation", "content"]
    assert into["anchor"].fillna("unknown").tolist() == ["Tents", "unknown"]
    assert _toy().sample_links(f"{ORIGIN}/gone").empty


def test_with_pages_shares_the_links_and_leaves_the_first_alone(tmp_path: Path) -> None:
    first = _toy()
    second = first.with_pages(first.pages.assign(clicks=7.0), signals={"x": {"rows": 1}})
    folder = second.folder
    assert first.pages["clicks"].fillna(-1).tolist() == [-1, 3.5, -1, -1]
    assert second.pages["clicks"].tolist() == [7.0] * 4
    assert second.manifest.signals == {"x": {"rows": 1}}
    assert len(second.sample_links(f"{ORIGIN}/")) == 3
    # The first one's folder goes; the second stands on its own, and can be saved.
    first = None  # type: ignore[assignment]
    saved = second.save(tmp_path / "site")
    second = None  # type: ignore[assignment]
    assert not folder.exists()
    assert saved.pages["clicks"].tolist() == [7.0] * 4


def test_a_folder_whose_name_is_a_pattern(tmp_path: Path) -> None:
    for name in ("it's [2] 50% *", "it's 2 50% x"):
        _toy(folder=tmp_path / name)
    site = lk.load(tmp_path / "it's [2] 50% *")
    assert len(site.sample_links(f"{ORIGIN}/")) == 3


def test_a_site_of_the_schema_before_links_told_their_form_still_opens(tmp_path: Path) -> None:
    toy = build(["/", "/a"], [{"source": "/", "target": "/a", "seen_in": ["html", "rendered"]}, "/a -> /"])
    folder = toy.save(tmp_path / "old").folder
    links = pq.read_table(folder / "links.parquet")
    assert links["seen_in"].to_pylist() == [3, 0]
    pq.write_table(links.drop_columns(["seen_in"]), folder / "links.parquet")
    stored = json.loads((folder / MANIFEST).read_text("utf-8"))
    older = {name: stored[name] for name in stored if name not in ("checksum", "checksums")}
    (folder / MANIFEST).write_text(json.dumps(older | {"schema_version": 4}))
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    site = lk.load(folder)
    assert site.manifest.schema_version == SCHEMA_VERSION
    assert site.manifest.rows == toy.manifest.rows
    expected = toy.engine.arrow("SELECT source_id, target_id, 0 AS seen_in FROM links").to_pylist()
    assert site.engine.arrow("SELECT source_id, target_id, seen_in FROM links").to_pylist() == expected
    assert lk.load(site.save(tmp_path / "new").folder).manifest.schema_version == SCHEMA_VERSION
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    # A table of today under a version of yesterday is damage, not a version.
    pq.write_table(links, folder / "links.parquet")
    with pytest.raises(lk.SiteError, match=r"links\.parquet: its columns are not those of schema version 4"):
        lk.load(folder)
