"""When the machinery fails: the crawler dies, the disk is full, a request goes wrong."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from scrapy import exceptions
from twisted.internet import error as twisted_errors

from linkkit.crawler import feed, process
from linkkit.crawler.rows import complete_item, error_code
from linkkit.crawler.run import run_crawl
from linkkit.crawler.scope import Scope
from linkkit.errors import CrawlError, SettingsError
from tests.crawl.conftest import status_of


def test_a_crawler_that_dies_is_an_error_with_its_last_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "dies.py"
    script.write_text("import sys; print('no such module: zlib'); sys.exit(3)")
    monkeypatch.setattr(process, "_SCRAPY", str(script))
    with pytest.raises(CrawlError, match=r"(?s)exit status 3.*nothing was crawled.*no such module: zlib"):
        run_crawl("http://127.0.0.1:9/", tmp_path / "site")
    assert status_of(tmp_path / "site")["complete"] is False


def test_an_advertools_that_starts_nothing_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("advertools.spider.crawl", lambda *_, **__: None)
    with pytest.raises(CrawlError, match="this version of advertools is not supported"):
        run_crawl("http://127.0.0.1:9/", tmp_path, engine="advertools")


def test_an_engine_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="engine: expected one of linkkit, advertools, found 'scrapy'"):
        run_crawl("http://127.0.0.1:9/", tmp_path, engine="scrapy")


def test_other_users_of_advertools_are_left_alone() -> None:
    stand_in = process._Subprocess()
    with stand_in.replaced_by(lambda command: None):
        assert stand_in.run(["never started"]) is None
    done = stand_in.run([sys.executable, "-c", "print(1)"], capture_output=True, check=True)
    assert done.stdout.strip() == b"1"
    assert stand_in.PIPE == subprocess.PIPE


def test_what_pythonpath_names_first_is_there_for_the_crawler(tmp_path: Path) -> None:
    (tmp_path / "named.py").write_text("BOT_NAME = 'found'")
    command = [sys.executable, "-P", process._SCRAPY, "settings", "--get", "BOT_NAME"]
    named = {"PYTHONPATH": str(tmp_path), "SCRAPY_SETTINGS_MODULE": "named"}
    done = subprocess.run(command, env=os.environ | named, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["found"]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_nothing_is_written_after_a_write_that_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "failure", [])
    file = feed.LineFile(Path("/dev/full"))
    with pytest.raises(OSError, match="No space left"):
        file.write(b"row\n")
    assert "No space left" in feed.failure[0]
    with pytest.raises(OSError, match="No space left"):
        file.write(b"next\n")
    file.close()


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (exceptions.CannotResolveHostError("x"), "dns"),
        (exceptions.DownloadTimeoutError("x"), "timeout"),
        (exceptions.DownloadConnectionRefusedError("x"), "refused"),
        (exceptions.ResponseDataLossError(), "reset"),
        (exceptions.DownloadCancelledError("larger than"), "too_large"),
        (twisted_errors.DNSLookupError(), "dns"),
        (twisted_errors.TCPTimedOutError(), "timeout"),
        (twisted_errors.ConnectionRefusedError(), "refused"),
        (twisted_errors.ConnectionLost(), "reset"),
        (
            exceptions.DownloadFailedError("certificate verify failed"),
            "other: DownloadFailedError: certificate verify failed",
        ),
        (ValueError("odd\nthing"), "other: ValueError: odd thing"),
    ],
)
def test_error_codes(error: Exception, code: str) -> None:
    assert error_code(error) == code


def test_rows_hold_only_what_json_holds() -> None:
    numpy = pytest.importorskip("numpy")
    row = {"depth": None}
    item = {
        "nan": float("nan"),
        "number": numpy.int64(3),
        "float": numpy.float64(2.5),
        "odd": object,
        "request_headers_X-Token": "hush",
        "request_headers_Accept": "*/*",
        "resp_headers_Set-Cookie": "hush",
        "request_headers_Cookie": "hush",
        "is_start_request": True,
    }
    kept = complete_item(item, row, frozenset({"x-token"}))
    assert json.loads(json.dumps(kept, allow_nan=False)) == {
        "nan": None,
        "number": 3,
        "float": 2.5,
        "odd": "<class 'object'>",
        "request_headers_Accept": "*/*",
        "depth": None,
        "linkkit": row,
    }


def test_hosts_and_who_may_see_secrets() -> None:
    assert Scope("http://[::1]:8000/").hosts == ("::1",)
    assert Scope("https://www.client.example/").secret_origins == (
        "https://www.client.example",
        "https://client.example",
    )
    assert "http://client.example" in Scope("http://client.example/").secret_origins
