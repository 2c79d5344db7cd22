"""Order of requests, depth, seeds and limits; and which addresses belong to a crawl."""

import random

import pytest

from linkkit.crawler.frontier import Entry, Frontier, Rank
from linkkit.crawler.options import check_options
from linkkit.crawler.scope import Scope, follow_ups
from linkkit.errors import SettingsError

SEED = Rank(True, 0)


def taken(frontier: Frontier) -> list[Entry]:
    entries = []
    while (entry := frontier.next()) is not None:
        entries.append(entry)
    return entries


def test_a_level_is_finished_before_the_next() -> None:
    frontier = Frontier()
    frontier.add("/", 0)
    assert taken(frontier) == [Entry("/", 0, Rank(False, 0))]
    frontier.add("/a", 1)
    frontier.add("/b", 1)
    assert taken(frontier) == []
    frontier.done(Rank(False, 0))
    assert [entry.url for entry in taken(frontier)] == ["/a", "/b"]
    frontier.add("/aa", 2)
    frontier.done(Rank(False, 1))
    assert taken(frontier) == []
    frontier.done(Rank(False, 1))
    assert [entry.url for entry in taken(frontier)] == ["/aa"]


def test_lowest_depth_counts_and_nothing_is_taken_twice() -> None:
    frontier = Frontier()
    frontier.add("/x", 3)
    frontier.add("/y", 2)
    frontier.add("/x", 1)
    frontier.add("/x", 2)
    assert taken(frontier) == [Entry("/x", 1, Rank(False, 1))]
    frontier.done(Rank(False, 1))
    frontier.add("/x", 0)
    assert taken(frontier) == [Entry("/y", 2, Rank(False, 2))]
    assert frontier.waiting == 0


def test_seeds_come_after_links_and_strays_after_seeds() -> None:
    frontier = Frontier()
    frontier.add_seeds(["/seed", "/linked"])
    frontier.add("/linked", 1)
    frontier.add("/stray", None, from_seed=1)
    assert frontier.waiting == 3
    assert taken(frontier) == [Entry("/linked", 1, Rank(False, 1))]
    assert frontier.next(with_seeds=False) is None
    frontier.done(Rank(False, 1))
    assert frontier.next(with_seeds=False) is None
    assert taken(frontier) == [Entry("/seed", None, SEED)]
    frontier.done(SEED)
    assert taken(frontier) == [Entry("/stray", None, Rank(True, 1))]


def test_depth_limit_remembers_what_it_cuts() -> None:
    frontier = Frontier(max_depth=1)
    frontier.add("/a", 1)
    frontier.add("/deep", 2)
    frontier.add("/seed", 2)
    frontier.add_seeds(["/seed"])
    assert (frontier.waiting, frontier.cut) == (2, 1)
    assert taken(frontier) == [Entry("/a", 1, Rank(False, 1))]
    frontier.done(Rank(False, 1))
    assert taken(frontier) == [Entry("/seed", 2, SEED)]
    frontier.done(SEED)
    assert (frontier.waiting, frontier.cut, frontier.in_flight) == (0, 1, 0)


def test_saved_and_read_back_gives_the_same_order() -> None:
    rng = random.Random(7)
    frontier = Frontier(max_depth=4)
    for _ in range(300):
        clicks = rng.randrange(7)
        known = (None, clicks) if rng.random() < 0.2 else (clicks, None)
        frontier.add(f"/{rng.randrange(120)}", known[0], from_seed=known[1])
        if rng.random() < 0.2 and (entry := frontier.next()):
            frontier.done(entry.rank)
    frontier.add_seeds(f"/{n}" for n in range(100, 140))
    again = Frontier.from_json(frontier.to_json())
    assert (again.waiting, again.cut) == (frontier.waiting, frontier.cut)

    def drain(each: Frontier) -> list[tuple[str, int | None]]:
        order = []
        while (entry := each.next()) is not None:
            order.append((entry.url, entry.depth))
            each.done(entry.rank)
        return order

    first, second = drain(frontier), drain(again)
    assert sorted(first, key=str) == sorted(second, key=str)
    assert len(first) == len(set(first))
    by_links = [depth for _, depth in first[: next(n for n, (_, depth) in enumerate(first) if depth is None)]]
    assert by_links == sorted(by_links, key=int)
    assert len(by_links) > 10


def test_what_lies_on_disk_is_known_as_what_is_at_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    def crawled() -> list[tuple[str, int | None, int, int]]:
        rng = random.Random(3)
        frontier = Frontier(max_depth=5)
        frontier.add("/0", 0)
        told = []
        while (entry := frontier.next()) is not None:
            told.append((entry.url, entry.depth, frontier.waiting, frontier.cut))
            for url in (f"/{rng.randrange(400)}" for _ in range(4)):
                assert frontier.knows(url) == (url in {each[0] for each in told} or url in found)
                found.add(url)
                frontier.add(url, None if entry.depth is None else entry.depth + 1)
            frontier.done(entry.rank)
        return told

    found: set[str] = set()
    expected = crawled()
    assert len(expected) > 100
    found.clear()
    monkeypatch.setattr("linkkit.crawler.frontier._RECENT", 2)
    assert crawled() == expected


SCOPE = Scope("http://127.0.0.1:8000/", "https://www.client.example/", exclude=(r"/private/",))


def test_scope_maps_public_addresses_to_the_crawl_and_back() -> None:
    primary = "http://127.0.0.1:8000"
    assert (
        SCOPE.to_crawl("https://client.example/a?utm_source=x&b=1#f", primary)
        == "http://127.0.0.1:8000/a?b=1"
    )
    assert SCOPE.to_crawl("http://127.0.0.1:9000/a", primary) is None
    assert SCOPE.to_crawl("https://blog.client.example/a", primary) is None
    assert SCOPE.to_crawl("mailto:a@client.example", primary) is None
    assert SCOPE.to_public("http://127.0.0.1:8000/a,b") == "https://www.client.example/a,b"
    assert not SCOPE.allows("http://127.0.0.1:8000/private/x")
    assert SCOPE.seeds(
        ["/s", "https://www.client.example/s", "https://else.example/", "/private/"], primary
    ) == ["http://127.0.0.1:8000/s"]


def test_twin_hosts_are_one_site_and_a_duplicate_is_not_crawled_in_full() -> None:
    scope = Scope("https://client.example/")
    row = {
        "url": "http://www.client.example/a",
        "links": [["http://www.client.example/b"], ["https://client.example/c"]],
    }
    assert follow_ups(scope, row, "https://client.example") == [("https://client.example/c", 1)]
    row["url"] = "https://client.example/a"
    assert [url for url, _ in follow_ups(scope, row, "https://client.example")] == [
        "http://www.client.example/b",
        "https://client.example/c",
    ]


def test_a_redirect_is_no_click() -> None:
    row = {"url": "http://127.0.0.1:8000/a", "redirect_to": "http://127.0.0.1:8000/b", "links": []}
    assert follow_ups(SCOPE, row, "http://127.0.0.1:8000") == [("http://127.0.0.1:8000/b", 0)]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"url": "ftp://client.example/"}, "http"),
        ({"url": "client.example"}, "did you mean 'https://client.example'"),
        ({"max_pages": 0}, "max_pages"),
        ({"delay": -1}, "delay"),
        ({"concurrency": True}, "concurrency"),
        ({"include": ["("]}, "include"),
        ({"seeds": "https://client.example/"}, "seeds"),
        ({"headers": {"User-Agent": "x"}}, "user_agent"),
        ({"headers": {"X-Token": "hush\nhush"}}, "X-Token"),
        ({"basic_auth": "me:secret"}, "basic_auth"),
        ({"url": "https://a:b@client.example/", "basic_auth": ("a", "b")}, "basic_auth"),
        ({"user_agent": " "}, "user_agent"),
    ],
)
def test_bad_arguments_are_named_and_secrets_never_shown(arguments: dict[str, object], words: str) -> None:
    with pytest.raises(SettingsError, match=words.replace("(", r"\(")) as caught:
        check_options(**{"url": "https://client.example/", **arguments})  # type: ignore[arg-type]
    assert "hush" not in str(caught.value)
    assert "secret" not in str(caught.value)
    assert "a:b" not in str(caught.value)
