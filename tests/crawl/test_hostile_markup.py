"""Markup made to keep the crawler busy: every page is read in time that grows with its size only."""

import time

import pytest

from linkkit.crawler.extract import extract_page

SIZE = 200_000
HOSTILE = {
    "digits in a class name": f'<div class="nav{"1" * 56}x"><a href="/a">a</a></div>' * 20,
    "a class name without end": f'<div class="{"nav-" * (SIZE // 4)}x"><a href="/a">a</a></div>',
    "spaces in a meta refresh": f'<meta http-equiv="refresh" content="0{" " * SIZE}x">',
    "separators in a meta refresh": f'<meta http-equiv="refresh" content="0;url={" ;" * SIZE}">',
    "deeply nested elements": "<div>" * 5_000 + '<a href="/a">a</a>',
    "one link a hundred thousand times": '<a href="/a">a</a>' * 100_000,
    "labels that name each other": '<a href="/a" id="x" aria-labelledby="x x x x">a</a>' * 2_000,
    "attributes without end": f'<a href="/a" {"x=1 " * SIZE}>a</a>',
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_markup_is_read_in_bounded_time(name: str) -> None:
    begun = time.process_time()
    extract_page("https://client.example/", f"<html><body>{HOSTILE[name]}</body></html>")
    # Not a benchmark: the faults this guards against take minutes to years.
    assert time.process_time() - begun < 30
