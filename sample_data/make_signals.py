"""Write the sample client's signal files: what an analyst exports from the usual tools.

Run as ``python sample_data/make_signals.py`` after a change of the pages. Numbers come from `traffic`, scattered by
a fixed seed; each file carries the oddities that its tool is known for.
"""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from build import ORIGIN, Shop
from lxml import html
from sitepages import HERE, Page
from traffic import (
    ALONE,
    BY_KIND,
    BY_THEMSELVES,
    BY_URL,
    LEFT,
    LOST,
    MONEY_PLANTED,
    MONEY_PRODUCTS,
    MONEY_SERVICES,
    NOT_TAKEN,
    ONLY_ANALYTICS,
    ONLY_LOGS,
    ONLY_SEARCH_CONSOLE,
    ONWARD,
    ONWARD_BY_URL,
    OVER_ANOTHER,
    OVER_ANOTHER_STEPS,
    REFERRING_DOMAINS,
    SEARCH,
    SEARCH_WORDS,
    SEARCHES,
    SELDOM_TAKEN,
)

SIGNALS, SITE = HERE / "signals", HERE / "site"
SESSIONS, CLICKS, KEY_EVENTS = 61_000, 27_500, 1_930

AGENTS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/147.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.2 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (X11; Linux x86_64; rv:149.0) Gecko/20100101 Firefox/149.0",
)
GOOGLEBOT = (
    "Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/147.0.0.0 Mobile Safari/537.36 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
)
BOTS = (
    GOOGLEBOT,
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)",
)
HOST_WORDS = (
    "fell",
    "bothy",
    "tarn",
    "ridge",
    "paddle",
    "cairn",
    "burn",
    "moor",
    "pike",
    "strath",
    "beck",
    "crag",
)
HOST_KINDS = (
    "walks",
    "club",
    "notes",
    "gazette",
    "forum",
    "outdoors",
    "diary",
    "review",
    "hut",
    "rescue",
    "trails",
)


def weights(page: Page) -> tuple[float, float, float]:
    """Percent of sessions, clicks and key events of a page."""
    return BY_URL.get(page.url) or BY_KIND.get(page.kind, BY_KIND["static"])


def visited(shop: Shop) -> list[Page]:
    """Pages that people and search engines know: all but the planted ones that one source alone may name."""
    hidden = {
        *ALONE,
        "/old-size-chart/",
        "/shop/rucksacks/strider-45-navy/",
        "/guides/print/map-and-compass/",
        "/affiliate-disclosure/",
        "/archive/heather-column/",
        "/search/",
    }
    pages = [p for p in shop.all_pages() if p.url not in hidden and not p.file and p.kind != "bare"]
    return sorted(pages, key=lambda page: page.url)


def search_console(pages: list[Page], rng: random.Random) -> str:
    """Pages export: five columns by position, spellings of one page in rows of their own."""
    rows: list[tuple[str, int]] = []
    for page in pages:
        clicks = _scatter(weights(page)[1] * CLICKS / 100, rng)
        if clicks and not page.robots:
            rows.append((ORIGIN + page.url, clicks))
    rows += [
        (f"{ORIGIN}/gift-cards", 61),
        (f"{ORIGIN}{ONLY_SEARCH_CONSOLE}", 58),
        (f"{ORIGIN}/services/boot-fitting/#what-can-be-altered", 23),
        (f"{ORIGIN}/guides/wild-camping/condensation/#things-that-help", 17),
        ("http://www.fellandford.example/guides/navigation-skills/map-and-compass-basics/", 9),
        (f"{ORIGIN}/shop/tents/?utm_source=newsletter", 4),
        (f"{ORIGIN}/assets/hills.svg", 1),
    ]
    rows.sort(key=lambda row: (-row[1], row[0]))
    table = []
    for url, clicks in rows:
        impressions = int(clicks * rng.uniform(14, 55)) + 3
        position = rng.uniform(3.2, 31)
        table.append((url, clicks, impressions, f"{100 * clicks / impressions:.2f}%", f"{position:.2f}"))
    return _csv(("Top pages", "Clicks", "Impressions", "CTR", "Position"), table)


def analytics(pages: list[Page], rng: random.Random) -> str:
    """GA4 pages-and-screens: comment block, paths without a host, a second report after the first."""
    rows: list[tuple[str, int, int]] = []
    for page in pages:
        share = weights(page)
        rows.append(
            (page.url, _scatter(share[0] * SESSIONS / 100, rng), _scatter(share[2] * KEY_EVENTS / 100, rng))
        )
    rows += [
        (ONLY_ANALYTICS, 412, 9),
        ("/gift-cards", 140, 6),
        ("/blog", 64, 0),
        ("/shop/footwear/merino-hike-sock/?colour=heather", 31, 1),
        ("/guides/?utm_source=letter", 25, 0),
        ("//checkout/basket/", 12, 0),
        ("(not set)", 38, 0),
    ]
    rows = sorted((row for row in rows if row[1]), key=lambda row: (-row[1], row[0]))
    table = []
    for path, sessions, events in rows:
        views = int(sessions * rng.uniform(1.1, 1.8)) + 1
        rate, seconds = rng.uniform(0.41, 0.78), rng.uniform(18, 140)
        money = f"{events * rng.uniform(20, 140):.2f}"
        users = int(sessions * 0.83) + 1
        table.append(
            (path, views, users, sessions, f"{rate:.6f}", f"{seconds:.4f}", views * 4 + 3, events, money)
        )
    header = (
        "Page path and screen class",
        "Views",
        "Active users",
        "Sessions",
        "Engagement rate",
        "Average engagement time per session",
        "Event count",
        "Key events",
        "Total revenue",
    )
    line = "# ----------------------------------------\n"
    block = f"{line}# Pages and screens: Page path and screen class\n{line}# Account: Fell & Ford\n"
    block += "# Property: www.fellandford.example - GA4\n#\n# All Users\n# Start date: 20250601\n# End date: 20260531\n"
    days = "".join(f"{day:04d},{rng.randrange(110, 240)}\n" for day in range(7))
    return f"{block}{_csv(header, table)}\n# Start date: 20260525\n# End date: 20260531\nNth day,Active users\n{days}"


def links(page: Page, known: set[str]) -> dict[str, float]:
    """Pages that a page of the built site links to, with the weight of the link: content 1, template little."""
    tree = html.parse(SITE / page.url.lstrip("/") / "index.html")
    found: dict[str, float] = {}
    for a in tree.iter("a"):
        url = (a.get("href") or "").partition("#")[0]
        if url in known and url != page.url:
            around = any(each.tag in ("header", "nav", "footer", "aside") for each in a.iterancestors())
            found[url] = max(found.get(url, 0.0), 0.05 if around else 1.0)
    return found


def transitions(pages: list[Page], rng: random.Random) -> str:
    """GA4 steps from page to page: visits that begin, links taken, ways back, searches, and the planted ways."""
    known = {page.url for page in pages}
    led = {page.url: links(page, known) for page in pages}
    steps: dict[tuple[str, str], int] = {}
    for page in pages:
        sessions = weights(page)[0] * SESSIONS / 100
        steps["(entrance)", page.url] = _scatter(sessions * 0.55, rng)
        onward = sessions * ONWARD_BY_URL.get(page.url, ONWARD)
        taken = {url: weight * SELDOM_TAKEN.get(url, 1.0) for url, weight in led[page.url].items()}
        searching = SEARCHES.get(page.url, SEARCH if sessions > 300 else 0.0)
        for url, weight in LEFT.get(page.url, taken).items():
            share = onward * (1 - searching) * weight / sum(taken.values())
            planted = page.url in LEFT
            steps[page.url, url] = int(weight) if planted else _whole(share * rng.uniform(0.86, 1.14), rng)
        if page.url not in LEFT and searching:
            for word in rng.sample(SEARCH_WORDS, 2):
                steps[page.url, f"/search/?q={word.replace(' ', '+')}"] = _scatter(
                    onward * searching / 2, rng
                )
    back = {
        (url, page): _scatter(count * 0.06, rng)
        for (page, url), count in steps.items()
        if page in led and url in led and count >= 30 and page not in led[url] and url not in LEFT
    }
    steps |= {pair: count for pair, count in back.items() if pair not in steps}
    searched = [url for url in sorted(known) if url.startswith("/shop/")]
    for word in SEARCH_WORDS:
        for url in rng.sample(searched, 6):
            steps[f"/search/?q={word.replace(' ', '+')}", url] = rng.randrange(5, 40)
    for first, between, last in OVER_ANOTHER:
        steps[first, between], steps[between, last] = OVER_ANOTHER_STEPS
    steps |= BY_THEMSELVES | dict.fromkeys(NOT_TAKEN, 0)
    steps |= {("(entrance)", ONLY_ANALYTICS): 396, (ONLY_ANALYTICS, "/services/gear-hire/"): 171}
    steps[ONLY_ANALYTICS, "/shop/tents/tarn-3-tunnel/"] = 26
    steps |= {("/shop/", "/shop/"): 24, ("/gift-cards", "/contact/"): 7, ("/delivery/", "(not set)"): 12}
    rows = sorted(((*pair, count) for pair, count in steps.items() if count), key=lambda row: (-row[2], row))
    line = "# ----------------------------------------\n"
    block = f"{line}# Free form: Previous page path, Page path\n{line}# Account: Fell & Ford\n"
    block += "# Property: www.fellandford.example - GA4\n# Start date: 20250601\n# End date: 20260531\n"
    return block + _csv(("Previous page path", "Page path", "Views"), rows)


def backlinks(rng: random.Random) -> str:
    """Backlinks export: one row a link, lost links among them, targets with tracking parameters."""
    rows: list[tuple[Any, ...]] = []
    for target, domains in REFERRING_DOMAINS.items():
        for number, domain in enumerate(_domains(domains, rng)):
            rows.append(_backlink(domain, target, rng, tracking=number % 6 == 4))
            if rng.random() < 0.18:
                rows.append(_backlink(domain, target, rng, tracking=False))
    for target, count in LOST.items():
        for domain in _domains(count, rng):
            lost = rng.choice(("Link removed", "Page not found", "Noindex"))
            rows.append(_backlink(domain, target, rng, tracking=False, lost=lost))
    rng.shuffle(rows)
    header = (
        "Referring page URL",
        "Domain rating",
        "Target URL",
        "Anchor",
        "Type",
        "Nofollow",
        "UGC",
        "Sponsored",
        "Lost status",
        "Redirect Chain URLs",
        "First seen",
        "Last seen",
    )
    return _csv(header, rows, quoting=csv.QUOTE_ALL)


def _backlink(
    domain: str, target: str, rng: random.Random, *, tracking: bool, lost: str = ""
) -> tuple[Any, ...]:
    anchors = (
        "Fell & Ford",
        "this shop in Kendal",
        "their test",
        "fellandford.example",
        "repairs, hire and advice",
        "",
    )
    first = datetime(2023, 1, 1) + timedelta(days=rng.randrange(1100))
    url = ORIGIN + target + ("?utm_source=partner&utm_medium=referral" if tracking else "")
    anchor = (
        rng.choice(anchors)
        if rng.random() < 0.97
        else rng.choice(("=1+1", "two\nlines", '"quoted", with a comma'))
    )
    return (
        f"https://{domain}/{rng.choice(HOST_WORDS)}-{rng.randrange(10, 999)}/",
        rng.randrange(3, 72),
        url,
        anchor,
        "Text" if anchor else "Image",
        # Every page keeps links that are followed: the first row of a page is never nofollow.
        "true" if rng.random() < 0.08 and not tracking and REFERRING_DOMAINS.get(target, 0) > 8 else "false",
        "false",
        "false",
        lost,
        f"{ORIGIN}/shop/footwear/" if target == "/shop/sale-boots/" else "",
        f"{first:%Y-%m-%d %H:%M:%S}",
        f"{first + timedelta(days=rng.randrange(30, 140)):%Y-%m-%d %H:%M:%S}",
    )


def _domains(count: int, rng: random.Random) -> list[str]:
    names: list[str] = []
    while len(names) < count:
        name = f"{rng.choice(HOST_WORDS)}{rng.choice(HOST_KINDS)}{rng.randrange(100)}.example"
        name = f"www.{name}" if rng.random() < 0.5 else name
        if name.removeprefix("www.") not in {each.removeprefix("www.") for each in names}:
            names.append(name)
    return names


def access_log(pages: list[Page], rng: random.Random) -> str:
    """Seven days in combined format: people, bots that say who they are, probes, and a line cut short."""
    urls = [page.url for page in pages]
    counts = [weights(page)[0] + 0.05 for page in pages]
    odd = (
        ("/wp-login.php", 404),
        ("/.env", 404),
        ("/favicon.ico", 404),
        ("/robots.txt", 200),
        ("/sitemap.xml", 200),
        ("/shop/tents", 301),
        ("/hire/", 301),
        ("/shop/tents/corrie-3/", 404),
        ("/assets/style.css", 200),
        ("/gift-cards", 200),
        ("/guides/?utm_source=letter&utm_medium=email", 200),
    )
    moment = datetime(2026, 5, 25, 0, 0, 7)
    lines = []
    for number in range(2_600):
        moment += timedelta(seconds=rng.randrange(20, 440))
        bot = rng.random() < 0.3
        agent = rng.choice(BOTS if bot else AGENTS)
        path, status = (rng.choices(urls, counts)[0], 200) if rng.random() < 0.86 else rng.choice(odd)
        if number % 450 == 77:
            path, status, agent = ONLY_LOGS, 200, GOOGLEBOT
        address = (
            f"66.249.{rng.randrange(64, 80)}.{rng.randrange(1, 255)}" if agent == GOOGLEBOT else _address(rng)
        )
        referrer = "-" if bot else rng.choice(("-", "https://www.google.com/", f"{ORIGIN}/"))
        line = f'{address} - - [{moment:%d/%b/%Y:%H:%M:%S} +0000] "GET {path} HTTP/1.1" {status} '
        line += f'{rng.randrange(900, 24_000)} "{referrer}" "{agent}"'
        lines.append(line[: line.index('"GET') + 20] if number == 1_718 else line)
    return "\n".join(lines) + "\n"


def _address(rng: random.Random) -> str:
    # Documentation ranges: nobody's address.
    return f"{rng.choice(('192.0.2', '198.51.100', '203.0.113'))}.{rng.randrange(1, 255)}"


def money_pages() -> str:
    """One URL or path a line."""
    lines = [
        "# Pages that earn: services, the eight products with the best margin, bookings",
        "# Sales team, May 2026",
        "",
    ]
    lines += [ORIGIN + url for url in MONEY_SERVICES]
    lines += ["", "# products", *MONEY_PRODUCTS, "", "# bookings, bundles and hire"]
    lines += [f"{ORIGIN}{url}   # Fort William" if "hire" in url else url for url in MONEY_PLANTED]
    return "\n".join(lines) + "\n"


def _scatter(mean: float, rng: random.Random) -> int:
    return round(mean * rng.uniform(0.86, 1.14))


def _whole(mean: float, rng: random.Random) -> int:
    """A whole number around the mean that is right on average, however small."""
    return int(mean) + (rng.random() < mean % 1)


def _csv(header: Iterable[str], rows: Iterable[Iterable[Any]], quoting: Any = csv.QUOTE_MINIMAL) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n", quoting=quoting)
    writer.writerow(list(header))
    writer.writerows(rows)
    return text.getvalue()


def write(out: Path) -> None:
    """Write all files to `out`."""
    pages = visited(Shop())
    make: dict[str, Callable[[random.Random], str]] = {
        "search_console.csv": lambda rng: search_console(pages, rng),
        "analytics.csv": lambda rng: analytics(pages, rng),
        "transitions.csv": lambda rng: transitions(pages, rng),
        "backlinks.csv": backlinks,
        "access.log": lambda rng: access_log(pages, rng),
        "money_pages.txt": lambda rng: money_pages(),
    }
    out.mkdir(parents=True, exist_ok=True)
    for name, maker in make.items():
        # A seed for each file: a change in one leaves the others alone.
        (out / name).write_text(maker(random.Random(f"fell-{name}")), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    write(SIGNALS)
