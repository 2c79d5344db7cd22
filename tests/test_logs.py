"""Access logs: formats, robots told apart, broken lines, and verification by DNS."""

import gzip
from collections.abc import Iterable
from pathlib import Path

import pytest

import linkkit as lk
from linkkit.sources import logs
from linkkit.sources.bots import BOTS, BotGroup, verify_by_dns
from linkkit.sources.logs import is_log, read_log
from tests.site_factory import build, metric

GOOGLE = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
BING = "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)"
GPT = "Mozilla/5.0 AppleWebKit/537.36 (compatible; GPTBot/1.2; +https://openai.com/gptbot)"
PERSON = "Mozilla/5.0 (X11; Linux x86_64) Chrome/126.0.0.0 Safari/537.36"


def _line(request: str, agent: str, status: int = 200, ip: str = "1.2.3.4", host: str = "") -> str:
    return f'{host}{ip} - - [10/Oct/2026:13:55:36 +0000] "{request}" {status} 2326 "https://x.example/?a=\\"b" "{agent}"\n'


def _write(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    file = folder / "access.log"
    file.write_bytes(text.encode(encoding))
    return file


def _hits(file: Path, **given: object) -> dict[str, tuple[float, float]]:
    rows = read_log(file, **given).rows  # type: ignore[arg-type]
    return {url: (bot, ok) for url, bot, ok in rows.itertuples(index=False)}


def test_combined_with_everything_a_log_holds(tmp_path: Path) -> None:
    text = (
        _line("GET /a/?x=1 HTTP/1.1", GOOGLE)
        + _line("GET /a/?x=1 HTTP/1.1", BING, 304)
        + _line("GET /gone HTTP/1.1", GOOGLE, 404)
        + _line("GET /moved HTTP/2.0", BING, 301)
        + _line("GET /b HTTP/1.1", PERSON)
        + _line("GET /b HTTP/1.1", GPT)
        + _line("GET /b HTTP/1.1", "AhrefsBot/7.0")
        + _line("GET /b HTTP/1.1", "SomeCrawler/1.0")
        + _line("GET /style.css?v=2 HTTP/1.1", GOOGLE)
        + _line("POST /b HTTP/1.1", GOOGLE)
        + _line("GET /caf\u00e9 HTTP/1.1", "an agent with \\\"quotes\\\" and caf\u00e9")
        + "66.249.66.1 - frank o'hara [10/Oct/2026:13:55:36 +0000] \"GET /c HTTP/1.0\" 200 1 \"-\" \"Googlebot\"\r\n"
        + "2001:db8::1 - - [10/Oct/2026:13:55:36 +0000] \"GET /six HTTP/1.1\" 200 - \"-\" \"Googlebot\"\n"
        + _line("GET /cut", GOOGLE)[:75] + "\n"
        + "\x16\x03\x01 no request at all\n\n"
        + '1.2.3.4 - - [10/Oct/2026:13:55:36 +0000] "-" 400 0 "-" "-"\n'
    )  # fmt: skip
    reading = read_log(_write(tmp_path, text))
    assert {url: (bot, ok) for url, bot, ok in reading.rows.itertuples(index=False)} == {
        "/a/?x=1": (2, 2), "/gone": (1, 0), "/moved": (1, 0), "/b": (0, 4), "/caf\u00e9": (0, 1), "/c": (1, 1), "/six": (1, 1),
    }  # fmt: skip
    assert reading.notes == {
        "lines": 16, "unreadable": 3, "hits of Googlebot": 4, "hits of Bingbot": 2, "of these claimed by the agent alone, not verified": 6,
        "hits of AI services": 1,
        "hits of SEO tools": 1, "hits of other robots": 1, "hits of people": 2,
    }  # fmt: skip
    assert reading.kind == "access log, combined (robots as their user agents claim, not verified)"


def test_gzip_and_hosts_before_the_line(tmp_path: Path) -> None:
    text = _line("GET /a/ HTTP/1.1", GOOGLE, host="shop.example:443 ") + _line(
        "GET /a/ HTTP/1.1", GOOGLE, host="other.example:443 "
    )
    file = tmp_path / "log.bin"
    file.write_bytes(gzip.compress(text.encode()))
    site = lk.add_signals(build(["/", "/a/"], ["/ -> /a/"]), logs=file)
    assert metric(site.pages, "bot_hits") == {"/": None, "/a/": 1}
    assert site.manifest.signals["logs"]["outside the site"] == 1


def test_cloudfront(tmp_path: Path) -> None:
    fields = "date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) cs-uri-query x-host-header"
    agent = GOOGLE.replace(" ", "%20").replace("+", "%2B")
    row = "2026-10-10\t13:55:36\tFRA2\t100\t66.249.66.1\tGET\td1.cloudfront.net\t{path}\t{status}\t-\t{agent}\t{query}\tshop.example\n"
    text = f"#Version: 1.0\n#Fields: {fields}\n"
    text += row.format(path="/a/", status=200, agent=agent, query="page=2")
    text += row.format(path="/a/", status=404, agent="Mozilla/5.0", query="-")
    text += "2026-10-10\tcut\n"
    reading = read_log(_write(tmp_path, text))
    assert reading.rows.to_numpy().tolist() == [["shop.example/a/?page=2", 1, 1], ["shop.example/a/", 0, 0]]
    assert reading.notes == {
        "lines": 3,
        "unreadable": 1,
        "hits of Googlebot": 1,
        "of these claimed by the agent alone, not verified": 1,
        "hits of people": 1,
    }
    assert reading.kind.startswith("access log, CloudFront")


def test_iis(tmp_path: Path) -> None:
    head = "#Software: Microsoft Internet Information Services 10.0\n#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port c-ip cs(User-Agent) sc-status time-taken\n"
    row = f"2026-10-10 13:55:36 10.0.0.1 GET /Default.aspx id=1 443 66.249.66.1 {GOOGLE.replace(' ', '+')} 200 5\r\n"
    # A server that starts again writes its head again.
    reading = read_log(_write(tmp_path, head + row + head + row))
    assert reading.rows.to_numpy().tolist() == [["/Default.aspx?id=1", 2, 2]]
    other = head.replace("time-taken", "cs(Referer)")
    with pytest.raises(lk.SourceError, match="the #Fields of the log change on the way"):
        read_log(_write(tmp_path, head + row + other + row))
    with pytest.raises(lk.SourceError, match=r"the log has no cs\(user-agent\); found date"):
        read_log(_write(tmp_path, "#Fields: date cs-method cs-uri-stem sc-status\n2026-10-10 GET / 200\n"))


def test_a_log_without_agents_says_so(tmp_path: Path) -> None:
    text = '1.2.3.4 - - [10/Oct/2026:13:55:36 +0000] "GET /a/ HTTP/1.1" 200 2326\n' * 3
    assert is_log(text.encode())
    with pytest.raises(
        lk.SourceError, match="none of its 3 lines is a request in the combined format with a user agent"
    ):
        read_log(_write(tmp_path, text))


def test_a_damaged_archive_says_so(tmp_path: Path) -> None:
    whole = gzip.compress((_line("GET /a/ HTTP/1.1", GOOGLE) * 5000).encode())
    (tmp_path / "cut.gz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(lk.SourceError, match=r"cut\.gz"):
        read_log(tmp_path / "cut.gz")


def test_addresses_are_bounded_and_the_rest_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "MAX_ADDRESSES", 2)
    text = "".join(
        _line(f"GET /{name} HTTP/1.1", GOOGLE, status)
        for name, status in (("a", 200), ("a", 200), ("b", 200), ("c", 404))
    )
    reading = read_log(_write(tmp_path, text))
    assert reading.rows["url"].tolist() == ["/a", "/b"]
    assert reading.notes["addresses beyond the most requested"] == 1


def test_what_bots_ask_for_and_never_was_is_no_page(tmp_path: Path) -> None:
    text = (
        _line("GET /wp-login.php HTTP/1.1", GOOGLE, 404)
        + _line("GET /lost/ HTTP/1.1", GOOGLE)
        + _line("GET /gone HTTP/1.1", GOOGLE, 410)
    )
    site = build(["/", {"path": "/gone", "status": 410}], ["/ -> /gone"])
    site = lk.add_signals(site, logs=_write(tmp_path, text))
    assert metric(site.pages, "bot_hits") == {"/": None, "/gone": 1, "/lost/": 1}
    told = site.manifest.signals["logs"]
    assert told["addresses that only ever answered with an error or a redirect"] == 1
    assert told["requests of search engines' robots that went to them"] == 1


def test_what_robots_ask_for_in_vain_is_listed(tmp_path: Path) -> None:
    text = "".join(
        _line(f"GET /{name} HTTP/1.1", agent, 404)
        for name, agent in (("once", GOOGLE), ("often", GOOGLE), ("often", GOOGLE), ("by-people", PERSON))
    )
    imported = lk.read(
        _write(tmp_path, text + _line("GET /a HTTP/1.1", GOOGLE)), site=build(["/", "/a"], ["/ -> /a"])
    )
    assert imported.rejects[["value", "reason"]].to_numpy().tolist() == [
        ["/often", "only ever answered with an error or a redirect; requests of search engines' robots: 2"],
        ["/once", "only ever answered with an error or a redirect; requests of search engines' robots: 1"],
    ]
    (row,) = imported.report.to_dict("records")
    assert (row["rows"], row["matched"], row["rejected"]) == (4, 1, 0)
    assert "requests of search engines' robots that went to them: 3" in row["notes"]


def test_robots_that_the_dns_does_not_confirm_do_not_count(tmp_path: Path) -> None:
    text = (
        _line("GET /a HTTP/1.1", GOOGLE, ip="66.249.66.1")
        + _line("GET /a HTTP/1.1", GOOGLE, ip="6.6.6.6")
        + _line("GET /a HTTP/1.1", PERSON)
    )
    asked: list[tuple[str, str]] = []

    def verify(claims: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
        asked.extend(claims)
        return {("66.249.66.1", "Googlebot")}

    reading = read_log(_write(tmp_path, text), verify=verify)
    assert sorted(asked) == [("6.6.6.6", "Googlebot"), ("66.249.66.1", "Googlebot")]
    assert reading.rows.to_numpy().tolist() == [["/a", 1, 3]]
    assert reading.notes["hits of robots whose name the DNS does not confirm"] == 1
    assert reading.kind == "access log, combined (robots verified by DNS)"
    assert logs.CLAIMED not in reading.notes
    assert read_log(_write(tmp_path, text), verify=lambda _: set()).rows["bot_hits"].tolist() == [0]


def test_verification_asks_both_ways() -> None:
    names = {
        "66.249.66.1": "crawl-66-249-66-1.googlebot.com",
        "6.6.6.6": "crawl.googlebot.com.evil.example",
        "7.7.7.7": "fake.googlebot.com",
        "40.77.167.1": "msnbot.search.msn.com.",
        "8.8.8.8": "evilgooglebot.com",
    }
    addresses = {
        "crawl-66-249-66-1.googlebot.com": ["66.249.66.1"],
        "fake.googlebot.com": ["66.249.66.9"],
        "msnbot.search.msn.com": ["40.77.167.1"],
    }

    def reverse(address: str) -> str:
        if address not in names:
            raise OSError("no name")
        return names[address]

    claims = [
        (address, "Googlebot")
        for address in ("66.249.66.1", "6.6.6.6", "7.7.7.7", "8.8.8.8", "9.9.9.9", "40.77.167.1")
    ]
    claims += [("40.77.167.1", "Bingbot"), ("66.249.66.1", "DuckDuckBot"), ("66.249.66.1", "nobody")]
    found = verify_by_dns(claims, reverse=reverse, forward=lambda name: addresses.get(name, []))
    assert found == {("66.249.66.1", "Googlebot"), ("40.77.167.1", "Bingbot")}


def test_nothing_asks_the_dns_unless_told_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("asked the DNS")

    monkeypatch.setattr("socket.gethostbyaddr", refuse)
    lk.read(_write(tmp_path, _line("GET /a HTTP/1.1", GOOGLE)), site=build(["/", "/a"], ["/ -> /a"]))
    with pytest.raises(AssertionError, match="asked the DNS"):
        lk.read(_write(tmp_path, _line("GET /a HTTP/1.1", GOOGLE)), verify_bots=True)


@pytest.mark.parametrize(
    ("agent", "group"),
    [
        (GOOGLE, BotGroup.SEARCH),
        (BING, BotGroup.SEARCH),
        ("Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)", BotGroup.SEARCH),
        (GPT, BotGroup.AI),
        ("Mozilla/5.0 (compatible; ClaudeBot/1.0; +claudebot@anthropic.com)", BotGroup.AI),
        ("Mozilla/5.0 (compatible; SemrushBot/7~bl; +http://www.semrush.com/bot.html)", BotGroup.SEO),
        ("Screaming Frog SEO Spider/20.1", BotGroup.SEO),
        ("curl/8.5.0", BotGroup.OTHER),
        (PERSON, None),
        ("Mozilla/5.0 (Linux; Android 10; CUBOT X30) Chrome/99 Mobile Safari/537.36", None),
    ],
)
def test_robots_by_their_agents(tmp_path: Path, agent: str, group: BotGroup | None) -> None:
    notes = read_log(_write(tmp_path, _line("GET /a HTTP/1.1", agent))).notes
    by_group = {
        f"hits of {bot.name if bot.group is BotGroup.SEARCH else bot.group}": bot.group for bot in BOTS
    }
    assert [by_group.get(words) for words in notes if words.startswith("hits of")] == [group]
