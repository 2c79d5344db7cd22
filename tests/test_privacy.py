"""Personal data in addresses is masked before anything is stored."""

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import linkkit as lk
from linkkit.sources.privacy import mask, mask_urls
from tests.site_factory import ORIGIN, build

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"


@pytest.mark.parametrize(
    ("address", "masked"),
    [
        ("https://other.example/#access_token=abc", "https://other.example/#access_token=masked"),
        ("/x?email=ann@mail.example&page=2", "/x?email=masked&page=2"),
        ("/x?q=ann.smith%40mail.example", "/x?q=masked"),
        ("/unsubscribe/ann+news@mail.example/", "/unsubscribe/masked/"),
        ("/x?a=1&Token=abc&b=2", "/x?a=1&Token=masked&b=2"),
        ("/x?access_token=abc#top", "/x?access_token=masked#top"),
        ("/x?password=hunter2", "/x?password=masked"),
        (f"/reset/{JWT}", "/reset/masked"),
        ("/x?k=9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "/x?k=masked"),
        ("/x;jsessionid=A1B2C3?page=2", "/x;jsessionid=masked?page=2"),
        ("/x?PHPSESSID=1f2e&phone=0123", "/x?PHPSESSID=masked&phone=masked"),
        ("https://ann:secret@shop.example/x", "https://shop.example/x"),
        ("/x?first_name=Ann&last-name=Smith", "/x?first_name=masked&last-name=masked"),
    ],
)
def test_personal_data_goes(address: str, masked: str) -> None:
    assert mask(address) == masked
    assert mask(masked) == masked


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/a/b.html?page=2&colour=red",
        "/shop?filter=tents-for-two-people-in-the-wild-and-cold-2024",
        "/@ann/posts/",
        "/x?id=1234567890",
        "/x?q=a@b",
        "/assets/app-9f86d081884c7d659a2feaa0c55ad015.js",
        "/x?session=keynote",
        "/x?tokens=3",
        "/x?emailing=1",
    ],
)
def test_the_rest_stays(address: str) -> None:
    assert mask(address) == address


def test_series_are_masked_and_counted() -> None:
    urls = pd.Series(
        ["/a?email=x@y.example", "/b", "/a?email=z@y.example", ""], index=[3, 5, 7, 9], dtype="str"
    )
    masked, count = mask_urls(urls)
    assert masked.tolist() == ["/a?email=masked", "/b", "/a?email=masked", ""]
    assert (count, masked.index.tolist()) == (2, [3, 5, 7, 9])
    assert mask_urls(urls[[5, 9]])[1] == 0


_PARTS = (
    "?",
    "&",
    ";",
    "=",
    "@",
    "email",
    "token",
    "sid",
    "masked",
    "a.example",
    "/",
    "%40",
    JWT[:36],
    "A1b2" * 9,
    "jsessionid",
    "#",
)


@given(st.lists(st.sampled_from(_PARTS), max_size=9).map("".join))
def test_masking_twice_changes_nothing_more(text: str) -> None:
    assert mask(mask(text)) == mask(text)


def test_nothing_personal_is_stored_or_shown(tmp_path: Path) -> None:
    site = build(["/", "/known?email=a@b.example"], ["/ -> /known?email=a@b.example"])
    given_ = [
        "/known?email=a@b.example",
        "/new?email=ann@mail.example",
        "https://other.example/?email=bob@mail.example",
    ]
    (tmp_path / "list.txt").write_text("\n".join(given_))
    imported = lk.read(tmp_path / "list.txt", site=site)
    assert imported.site is not None
    # What the crawl itself requested keeps its address, or no row would find it.
    assert imported.site.pages["url"].tolist() == [
        f"{ORIGIN}/",
        f"{ORIGIN}/known?email=a@b.example",
        f"{ORIGIN}/new?email=masked",
    ]
    assert imported.rejects["value"].tolist() == ["https://other.example/?email=masked"]
    assert imported.report["notes"].tolist() == ["addresses whose personal data was masked: 2"]
    saved = b"".join(file.read_bytes() for file in imported.site.folder.rglob("*") if file.is_file())
    assert b"mail.example" not in saved
