"""Quick wins and the work plan on a made-up shop of any size: how long they take, and what it is that takes long.

``python -m tests.bench.bench_quick_wins [pages]`` prints; nothing is asserted on time.
"""

import sys
import time

import numpy as np

import linkkit as lk
from linkkit.plan import quick_wins, work_plan
from linkkit.schema import Position
from linkkit.site import Manifest, Site
from linkkit.sources.builder import SiteBuilder

START = "https://shop.example/"
WORDS = [
    f"{a}{b}"
    for a in "ba ke li mo nu ra se ti vo za".split()
    for b in "dan fel gor hin jak lum pet ros sib tor".split()
]


def shop(pages: int, seed: int = 5) -> Site:
    """A shop with sections, a menu, a footer that links to a redirect, articles, orphans, dead links and backlinks."""
    chance = np.random.default_rng(seed)
    builder = SiteBuilder(START)
    sections = [f"{START}s{number}/" for number in range(max(3, pages // 200))]
    urls = [START, *sections]
    urls += [f"{sections[n % len(sections)]}p{n}/" for n in range(pages - len(urls))]
    subject = {url: list(chance.choice(WORDS, 4)) for url in urls}
    ids = {}
    for url in urls:
        body = " ".join(chance.choice(WORDS, 60)) + ". " + " ".join(subject[url]) + "."
        facts = {
            "status": 200,
            "content_type": "text/html",
            "title": " ".join(subject[url]),
            "word_count": 64,
            "language": "en",
        }
        ids[url] = builder.add_page(url, facts, text=body, linkable=body)
    builder.add_page(f"{START}old/", {"status": 301, "redirect_to": sections[0]})
    for number in range(pages // 100):
        builder.add_page(f"{START}gone{number}/", {"status": 404, "content_type": "text/html"})
    for place, url in enumerate(urls):
        links = [(each, "Section", Position.NAVIGATION, False, False, "nav>ul") for each in sections[:20]]
        links.append((f"{START}old/", "Old", Position.FOOTER, False, False, "footer>ul"))
        own = url if url in sections else sections[(place - 1 - len(sections)) % len(sections)]
        listed = list(urls[1 + len(sections) :: len(sections)][:40]) if url in sections else []
        links += [
            (each, " ".join(subject[each][:2]), Position.CONTENT, False, False, "main>ul") for each in listed
        ]
        # A twentieth of the pages gets no link: orphans.
        few = [urls[int(n)] for n in chance.integers(1, len(urls), 4) if int(n) % 20]
        links += [
            (each, " ".join(subject[each][:2]), Position.CONTENT, chance.random() < 0.02, False, "main>p")
            for each in [own, *few]
        ]
        if chance.random() < 0.03:
            links.append(
                (
                    f"{START}gone{chance.integers(0, max(1, pages // 100))}/",
                    "gone",
                    Position.CONTENT,
                    False,
                    False,
                    "main>p",
                )
            )
        builder.add_links(ids[url], links)
    site = builder.finish(Manifest(start_url=builder.start_url, tool="bench", complete=True))
    table = site.pages
    count = len(table)
    table["referring_domains"] = np.where(
        chance.random(count) < 0.05, chance.zipf(1.7, count).clip(max=500), 0.0
    )
    table["is_money_page"] = chance.random(count) < 0.01
    table["clicks"] = chance.zipf(1.6, count).clip(max=10_000).astype(float)
    table["found_in"] = table["found_in"] | 2
    return site.with_pages(table)


def main(pages: int) -> None:
    """Print the times."""
    steps = []
    begin = time.perf_counter()

    def lap(name: str) -> None:
        nonlocal begin
        now = time.perf_counter()
        steps.append((name, now - begin))
        begin = now

    site = shop(pages)
    lap("site")
    audit = lk.run_audit(site)
    lap("audit")
    audit.relevance  # noqa: B018
    lap("relevance (text)")
    plan = lk.plan.link_plan(audit, 20)
    lap("link plan")
    wins = quick_wins(audit, plan=plan)
    lap("quick wins")
    work = work_plan(wins)
    lap("work plan")
    for name, seconds in steps:
        print(f"  {name:20} {seconds:8.1f} s")
    print(
        f"{len(site.pages):,} pages, {site.manifest.rows['links']:,} links, {len(audit.findings):,} findings, {len(wins.table):,} wins"
    )
    print(wins.table[["title", "gain", "hours", "per_hour"]].head(12).to_string())
    print(work.weeks.drop(columns="titles").to_string())


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
