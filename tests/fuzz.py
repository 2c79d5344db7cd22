"""Damaged and hostile files for every reader: ``make fuzz`` runs many, the suite a few of each.

A target is a reader with files that it takes. `damaged` makes another file of one: bytes flipped, cut out, repeated, put in
between, cells replaced by what a stranger may write. Whatever comes out, a reader gives its table or a `LinkkitError` that names
the file; nothing else, and not after long.

``python -m tests.fuzz --inputs 2000`` prints how many files each reader was given, took and refused; ``--write`` puts the
table into docs/limits.md. ``--target NAME --seed N`` runs one again.
"""

import argparse
import contextlib
import faulthandler
import gzip
import io
import itertools
import json
import logging
import random
import re
import shutil
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request, Response
from scrapy.settings import Settings

import linkkit as lk
from linkkit.crawler.extract import extract_page
from linkkit.crawler.files import CrawlFiles, read_json
from linkkit.crawler.files import rows as crawl_rows
from linkkit.crawler.frontier import Frontier
from linkkit.crawler.options import check_options
from linkkit.crawler.plan import CrawlPlan, RunReport
from linkkit.crawler.render.decision import Rendering
from linkkit.crawler.resume import CrawlState
from linkkit.crawler.robots import RobotsMiddleware
from linkkit.crawler.scope import Scope
from linkkit.crawler.session import Session
from linkkit.crawler.sitemaps import from_json
from linkkit.crawler.status import read_status
from linkkit.crawler.traps import Traps
from linkkit.deck.basket import FILE as BASKET
from linkkit.deck.basket import FOLDER as DECK
from linkkit.deck.basket import Basket
from linkkit.deck.brand import Brand
from linkkit.deck.slides import write_slides
from linkkit.deck.story import Slide
from linkkit.errors import LinkkitError
from linkkit.plan.saved import SavedPlan
from linkkit.settings import ClientSettings, client_toml
from linkkit.sources.cluster_files import read_clusters
from linkkit.sources.sitemaps import read_sitemap
from tests import hostile
from tests.agency_template import write_template
from tests.site_factory import ORIGIN as S
from tests.site_factory import START, build
from tests.slides_story import example_story

PAGE = Path(__file__).resolve().parents[1] / "docs" / "limits.md"
LONGEST_SECONDS = 20
"""Processor time after which a reader counts as hanging: no file here is larger than a few hundred kilobytes."""

Reader = Callable[[Path], object]


@dataclass(frozen=True)
class Target:
    """A reader and files that it takes."""

    read: Reader
    seeds: tuple[bytes, ...]
    name: str = "file.dat"
    """Of the file; readers tell what it is by its content."""
    says: str = "file.dat"
    """What a refusal names."""


@dataclass
class Outcome:
    """What became of the files that a reader was given."""

    inputs: int = 0
    taken: int = 0
    refused: int = 0
    slowest: float = 0.0
    faults: list[str] = field(default_factory=list)


# Files as tools write them


def _csv(header: str, *rows: str) -> bytes:
    return "\n".join((header, *rows, "")).encode()


def _book(rows: list[list[object]]) -> bytes:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made) as book:
        sheet = book.add_worksheet("Pages")
        for place, row in enumerate(rows):
            sheet.write_row(place, 0, row)
    return made.getvalue()


def _zip(**members: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.csv", content)
    return made.getvalue()


def _parquet(**columns: list[object]) -> bytes:
    made = io.BytesIO()
    pq.write_table(pa.table(columns), made)
    return made.getvalue()


_EDGES = _csv(
    "source,target,anchor,position,nofollow",
    f"{S}/,{S}/a/,Tents,content,false",
    f"{S}/a/,/b/,x,navigation,nofollow",
)
_URLS = _csv(
    "Address,Content Type,Status Code,Indexability,Title 1,Meta Robots 1,Canonical Link Element 1,Word Count,Crawl Depth,Redirect URL",
    f'"{S}/",text/html; charset=utf-8,200,Indexable,"Home, sweet",,"{S}/",120,0,',
    f'"{S}/a/",text/html,301,Non-Indexable,"A ""b""",noindex,,"1,234",1,"{S}/b/"',
)
_INLINKS = _csv(
    "Type,Source,Destination,Size (Bytes),Alt Text,Anchor,Status Code,Status,Follow,Target,Rel,Path Type,Link Path,Link Position,Link Origin",
    f'"Hyperlink","{S}/","{S}/a/","0","","Tents","200","OK","true","","","Absolute","//body/nav/a","Navigation","HTML"',
)
_OWN = {
    "url": f"{S}/", "status": 200, "content_type": "text/html", "title": "Home", "robots": ["noindex"], "depth": 0, "lang": "en",
    "links": [[f"{S}/a/", "Tents", "content", "nofollow", False, "main"]], "linkable": "Tents", "headings": "Home",
    "breadcrumb": [["Home", f"{S}/"]], "redirect_to": None, "canonical": f"{S}/", "word_count": 12,
}  # fmt: skip
_CRAWL = "\n".join(
    json.dumps(row)
    for row in (
        {"url": f"{S}/", "status": 200, "body_text": "Tents and more", "linkkit": _OWN},
        {"url": f"{S}/a/", "status": 200, "title": "A@@B", "links_url": f"{S}/@@{S}/b/", "links_text": "x@@y", "links_nofollow": "False@@True",
         "redirect_urls": f"{S}/old@@{S}/older", "redirect_reasons": "301@@302", "nav_links_url": f"{S}/", "nav_links_text": "x", "jsonld_@type": "BreadcrumbList",
         "jsonld_itemListElement": '[{"position": 1, "item": {"@id": "/", "name": "Home"}}]', "resp_headers_X-Robots-Tag": "noindex"},
    )
).encode()  # fmt: skip
_LOG = (
    b'1.2.3.4 - - [10/Oct/2026:13:55:36 +0000] "GET /a/ HTTP/1.1" 200 9 "-" "Mozilla/5.0 (compatible; Googlebot/2.1)"\n'
    b'shop.example:443 ::1 - - [10/Oct/2026:13:55:36 +0000] "POST /b?x=\\x22 HTTP/1.1" 404 9 "-" "curl"\n'
) * 3
_W3C = (
    b"#Software: IIS\n#Fields: date time cs-method cs-uri-stem cs-uri-query sc-status cs(User-Agent) c-ip\n"
    b"2026-10-10 13:55:36 GET /a/ - 200 Googlebot/2.1 1.2.3.4\n"
)
_SITEMAP = (
    '<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml">'
    f'<url><loc>{S}/a/</loc><lastmod>2026-01-01</lastmod><xhtml:link rel="alternate" hreflang="de" href="{S}/de/"/></url><url><loc>{S}/&amp;b</loc></url></urlset>'
).encode()
_INDEX = f"<sitemapindex><sitemap><loc>{S}/file.dat</loc></sitemap><sitemap><loc>{S}/../../etc/passwd</loc></sitemap></sitemapindex>".encode()
_GSC = _csv("Top pages,Clicks,Impressions,CTR,Position", f"{S}/a/,12,345,4.86%,3.2", f"{S}/b/#x,0,7,0%,9")
_HTML = (
    b'<!doctype html><html lang="en"><head><base href="/"><title>Tents</title><meta name="robots" content="noindex,nofollow">'
    b'<meta http-equiv="refresh" content="0;url=/b/"><link rel="canonical" href="/a/"><script type="application/ld+json">'
    b'{"@context": "https://schema.org", "@type": "BreadcrumbList", "itemListElement": [{"@type": "ListItem", "position": 1, "name": "Home", "item": "/"}]}'
    b'</script></head><body><nav aria-label="Breadcrumb"><ol><li><a href="/">Home</a></li></ol></nav><main><h1>Tents</h1><p>Read on <a href="/a/" rel="nofollow" '
    b'title="A"><img alt="A"></a> <a href="javascript:x">x</a></p><map><area href="/m" alt="m"></map></main><footer><a href="/f">F</a></footer></body></html>'
)


def _import(path: Path) -> object:
    return lk.read(path, site=_site(), start_url=START)


def _each_line(path: Path) -> object:
    return [dict(row) for row in crawl_rows((path,))]


def _edited_settings(path: Path) -> object:
    return ClientSettings.read(path)


def _basket(path: Path) -> object:
    (path.parent / DECK).mkdir(exist_ok=True)
    shutil.copyfile(path, path.parent / DECK / BASKET)
    return Basket.load(path.parent)


def _settings_of_a_crawl(path: Path) -> object:
    """Whether a crawl that was interrupted can be taken up, by its settings.json."""
    folder = path.parent / "interrupted"
    folder.mkdir(exist_ok=True)
    shutil.copyfile(path, folder / "settings.json")
    state = CrawlState(Frontier(None), START, rows=1)
    return Session(CrawlFiles(folder), check_options(START))._check_settings(state)


class _Silent:
    """Signals and counts of a crawl that nobody listens to."""

    def connect(self, *given: object, **named: object) -> None: ...

    def inc_value(self, *given: object, **named: object) -> None: ...

    async def send_catch_log_async(self, *given: object, **named: object) -> None: ...


def _robots(path: Path) -> object:
    """What a robots.txt allows, by the crawl's own middleware; whatever it holds is read, missing allows all, and 503 nothing."""
    body = path.read_bytes()
    status = (200, 200, 404, 503)[len(body) % 4]

    async def download(request: Request) -> Response:
        return Response(request.url, status, body=body, request=request)

    told, crawler = _Silent(), SimpleNamespace(engine=SimpleNamespace(download_async=download), spider=None)
    crawler.signals, crawler.stats, crawler.settings = told, told, Settings({"ROBOTSTXT_OBEY": True})
    middleware = RobotsMiddleware(crawler)
    verdicts = []
    for place, agent in itertools.product(("/", "/x?b=%FF", "/é", "/robots.txt"), ("linkkit", "*", "é")):
        asked = middleware.process_request(Request(S + place, headers={"User-Agent": agent}))
        try:
            # Nothing is waited for: the first step is the last.
            asked.send(None)
        except StopIteration:
            verdicts.append("allowed")
        except IgnoreRequest as refusal:
            verdicts.append(type(refusal).__name__)
    known = {200: {"allowed", "IgnoreRequest"}, 404: {"allowed"}, 503: {"RobotsUnreadableError"}}[status]
    if len(verdicts) != 12 or not known.issuperset(verdicts):
        raise AssertionError(f"robots.txt with status {status}: {verdicts}")
    return verdicts


def _template(path: Path) -> object:
    slide = Slide("a", "Tents", "One line.")
    write_slides(replace(example_story(Brand(template=path)), slides=(slide,)), path.with_suffix(".pptx"))
    return path


@cache
def _agency(part: str = "") -> bytes:
    """An agency's template, or one part of it."""
    with tempfile.TemporaryDirectory() as folder:
        made = write_template(Path(folder) / "template.pptx")
        return zipfile.ZipFile(made).read(part) if part else made.read_bytes()


def _template_with(part: str) -> Reader:
    """A template in which a part of this name is the file."""

    def read(path: Path) -> object:
        with zipfile.ZipFile(io.BytesIO(_agency())) as whole:
            members = {name: whole.read(name) for name in whole.namelist()} | {part: path.read_bytes()}
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in members.items():
                archive.writestr(name, content)
        return _template(path)

    return read


def _page(path: Path) -> object:
    return extract_page(
        START, path.read_bytes(), {"Link": ['</x>; rel="canonical"'], "X-Robots-Tag": ["noindex"]}
    )


def _status(path: Path) -> object:
    (path.parent / "crawl").mkdir(exist_ok=True)
    shutil.copyfile(path, path.parent / "crawl" / "status.json")
    return read_status(path.parent)


@cache
def _site() -> lk.Site:
    return build(["/", "/a/", "/b/"], ["/ -> /a/", "/a/ -> /b/"])


@cache
def _settings() -> bytes:
    text = client_toml("Shop", START, preset_name="shop", hosts=["blog.shop.example"], folders=["/en/"])
    return (
        text
        + '\n[[clusters]]\nname = "Tents"\npillar = "/a/"\npages = ["/b/*"]\n\n[sections."/a/".thresholds]\nmax_crawl_depth = 4\n'
    ).encode()


_PLAN = (
    'made = "2026-01-01T00:00:00+00:00"\ncrawl = "2026-01-01"\nis_accepted = true\nbefore = 0.1\nafter = 0.2\nentry = "x"\ngoal = ["money"]\n'
    f'[model]\ndamping = 0.8\n[[links]]\nsource = "{S}/"\ntarget = "{S}/a/"\nphrase = "tents"\ngain = 0.1\n'
).encode()
_STATUS = b'{"stopped_by": "killed", "pages": 3, "notes": ["x"], "complete": false, "start_url": "https://shop.example/"}'
_REPORT = (
    b'{"stopped_by": null, "start_failure": null, "rows": 3, "errors": 0, "pages": 3, "start_url": "https://shop.example/",\n'
    b' "rendering": {"rendered": 1}, "notes": [], "limits": ["x"]}'
)
_RENDERING = b'{"asked": "auto", "mode": "always", "why": "x", "sampled": 3, "hidden": 2}'
_ENTRIES = (
    b'[{"sitemap": "https://shop.example/sitemap.xml", "url": "https://shop.example/a/", "lastmod": null}]'
)
_CRAWL_PLAN = json.dumps({
    "concurrency": 8, "max_pages": None, "max_seconds": 9.5, "fetch_sitemap": True, "user_agent": "x", "seeds": [START], "render": "never",
    "scope": Scope(START).to_json(), "state": {"start_url": START, "rows": 1, "homes": [], "hops": {}},
    "frontier": {"max_depth": None, "seen": [START], "found": [[f"{S}/a/", False, 1]], "beyond": []}, "traps": Traps().to_json(),
}).encode()  # fmt: skip
_ROBOTS = f"User-agent: *\nDisallow: /x\nAllow: /x/*.html$\nCrawl-delay: 2\n\nUser-agent: linkkit\nDisallow:\nSitemap: {S}/sitemap.xml\n".encode()
_BASKET = b'left_out = ["navigation"]\norder = ["depth", "cover"]\n\n[comments]\ndepth = "Begin here."\n'

_LAYOUT, _THEME, _RELATIONS = (
    "ppt/slideLayouts/slideLayout6.xml",
    "ppt/theme/theme1.xml",
    "ppt/_rels/presentation.xml.rels",
)

TARGETS: dict[str, Target] = {
    "edge lists": Target(_import, (_EDGES, _EDGES.replace(b",", b";"), _EDGES.decode().encode("utf-16"))),
    "edge lists, Parquet": Target(_import, (_parquet(source=[f"{S}/", "x"], target=[f"{S}/a/", None], anchor=["x", "y"]),)),
    "Screaming Frog": Target(_import, (_URLS, _INLINKS, b"\xef\xbb\xbf" + _URLS, b'"All Inlinks"\n' + _INLINKS)),
    "advertools": Target(_import, (_CRAWL,)),
    "advertools, Parquet": Target(_import, (_parquet(url=[f"{S}/", f"{S}/a/"], status=[200, 404], links_url=[f"{S}/a/", None], links_nofollow=["False", None], links_text=["x", None]),)),
    "sitemaps": Target(_import, (_SITEMAP, _INDEX, gzip.compress(_SITEMAP), b'[{"url": "https://shop.example/a/"}]')),
    "sitemaps by name": Target(read_sitemap, (_SITEMAP, _INDEX, gzip.compress(_SITEMAP))),
    "search console": Target(_import, (_GSC, _zip(Pages=_GSC, Queries=_csv("Top queries,Clicks", "tents,3")), _csv("Target page,Incoming links,Linking sites", f"{S}/a/,3,2"))),
    "analytics": Target(_import, (
        _csv("# ----\n# Account: x\n# 20260101-20260131\nPage path and screen class,Views,Active users,Sessions,Engagement rate,Key events", "/a/,10,4,5,50%,1", "(not set),1,1,1,1,1"),
        _csv("Landing page,Sessions", "/a/,5"), _csv("Previous page path,Page path,Views", "/,/a/,40"),
    )),
    "backlinks": Target(_import, (
        _csv("Referring page URL,Domain rating,Target URL,Anchor,Type,Nofollow,Lost status,Redirect Chain URLs", f"https://one.com/,50,{S}/a/,x,text,false,,").replace(b",", b"\t").decode().encode("utf-16"),
        _csv("Source url,Target url,Anchor,Nofollow", f"https://one.com/,{S}/a/,x,false"), _csv("target,referring_domains", f"{S}/a/,7"),
    )),
    "logs": Target(_import, (_LOG, _W3C, gzip.compress(_LOG))),
    "lists and inventories": Target(_import, (f"{S}/a/\n/b # home\n/shop/*\nre:/p/\\d+\n".encode(), _csv("id,permalink,post status", f"1,{S}/a/,publish", "2,/b/,draft"))),
    "clusters": Target(_import, (_csv("url,cluster,pillar", "/a/,Tents,yes", "/b/*,Tents,"),)),
    "clusters by name": Target(read_clusters, (_csv("url,cluster,pillar", "/a/,Tents,yes", "/b/*,Tents,"),)),
    "workbooks": Target(_import, (_book([["Top pages", "Clicks", "Impressions", "CTR", "Position"], [f"{S}/a/", 12, 345, 0.04, 3.2]]), _book([["source", "target"], [f"{S}/", f"{S}/a/"]]))),
    "client.toml": Target(_edited_settings, (_settings(),)),
    "deck basket": Target(_basket, (_BASKET,), says=BASKET),
    "link plans": Target(SavedPlan.load, (_PLAN,)),
    "crawl lines": Target(_each_line, (_CRAWL,)),
    "crawl status": Target(_status, (_STATUS, b'{"stopped_by": null, "notes": 3, "rendering": null, "limits": null, "pages": "x"}')),
    "crawl settings": Target(_settings_of_a_crawl, (json.dumps(check_options(START).to_json()).encode(),), says="interrupted"),
    "crawl plan": Target(CrawlPlan.load, (_CRAWL_PLAN,)),
    "crawl report": Target(RunReport.load, (_REPORT,)),
    "rendering": Target(Rendering.load, (_RENDERING,)),
    "sitemap entries": Target(lambda path: from_json(read_json(path)), (_ENTRIES,)),
    "robots.txt": Target(_robots, (_ROBOTS, _ROBOTS.replace(b"\n", b"\r"), b"\xef\xbb\xbf" + _ROBOTS)),
    "agency template": Target(_template, (_agency(),)),
    "agency template, layout": Target(_template_with(_LAYOUT), (_agency(_LAYOUT),)),
    "agency template, theme": Target(_template_with(_THEME), (_agency(_THEME),)),
    "agency template, relations": Target(_template_with(_RELATIONS), (_agency(_RELATIONS),)),
    "HTML": Target(_page, (_HTML,)),
}  # fmt: skip
"""Every reader of a file, by name."""


def damaged(content: bytes, chance: random.Random) -> bytes:
    """Another file made of one: a few faults, each of a kind drawn by `chance`."""
    for _ in range(chance.choice((0, 1, 1, 2, 3, 8))):
        content = chance.choice(_FAULTS)(content, chance)
    return content[: 1 << 19]


def _spot(content: bytes, chance: random.Random) -> tuple[int, int]:
    start = chance.randrange(len(content) + 1)
    return start, min(len(content), start + chance.choice((0, 1, 2, 8, 40, 400)))


def _flip(content: bytes, chance: random.Random) -> bytes:
    if not content:
        return content
    at = chance.randrange(len(content))
    return content[:at] + bytes([content[at] ^ (1 << chance.randrange(8))]) + content[at + 1 :]


def _cut(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randrange(len(content) + 1)]


def _lose(content: bytes, chance: random.Random) -> bytes:
    start, end = _spot(content, chance)
    return content[:start] + content[end:]


def _repeat(content: bytes, chance: random.Random) -> bytes:
    start, end = _spot(content, chance)
    return content[:end] + content[start:end] * chance.choice((1, 2, 50)) + content[end:]


def _noise(content: bytes, chance: random.Random) -> bytes:
    start, end = _spot(content, chance)
    return content[:start] + chance.randbytes(chance.choice((1, 4, 64))) + content[end:]


def _said(content: bytes, chance: random.Random) -> bytes:
    """A hostile text between the bytes, or in the place of some."""
    start, end = _spot(content, chance)
    return content[:start] + _text(chance) + content[chance.choice((start, end)) :]


def _cell(content: bytes, chance: random.Random) -> bytes:
    """A hostile text in the place of what stands between two marks."""
    marks = b',;\t"\n<>= '
    places = [place for place, byte in enumerate(content) if byte in marks]
    if len(places) < 2:
        return _said(content, chance)
    place = chance.randrange(len(places) - 1)
    return content[: places[place] + 1] + _text(chance) + content[places[place + 1] :]


def _value(content: bytes, chance: random.Random) -> bytes:
    """Another JSON or TOML value in the place of what follows a colon or an equals sign."""
    places = [place for place, byte in enumerate(content) if byte in b":=["]
    if not places:
        return _noise(content, chance)
    start = chance.choice(places) + 1
    ends = [at for mark in (b",", b"\n", b"}", b"]") if (at := content.find(mark, start)) >= 0]
    value = chance.choice(_VALUES)
    return content[:start] + b" " + value + content[min(ends, default=len(content)) :]


def _text(chance: random.Random) -> bytes:
    return chance.choice(hostile.TEXTS).encode("utf-8", chance.choice(("surrogatepass", "replace")))


_VALUES = (
    b"null", b"true", b"-1", b"0", b"1e999", b"NaN", b"-Infinity", b"99999999999999999999", b"1.5", b'""', b'"x"', b"[]", b"{}", b"[[]]", b'{"x": null}',
    b'["x", 1, null]', b"[" * 3000, b"nan", b"inf", b"-inf", b"2026-01-01", b"''", b'"\\ud800"', b'"\\u0000"', b"1e-400", b"[1, 2, 3]", b'{"@id": []}',
)  # fmt: skip
_FAULTS = (_flip, _flip, _cut, _lose, _repeat, _noise, _said, _cell, _cell, _value, _value)


def attack(name: str, seed: int, folder: Path) -> tuple[str, float]:
    """Give one damaged file to a reader.

    Returns
    -------
    str, float
        ``taken``, ``refused``, or the fault; processor seconds.
    """
    target, chance = TARGETS[name], random.Random(f"{name} {seed}")
    file = folder / target.name
    file.write_bytes(damaged(chance.choice(target.seeds), chance))
    begun = time.process_time()
    try:
        target.read(file)
        verdict = "taken"
    except LinkkitError as error:
        verdict = "refused" if target.says in str(error) else f"does not name the file: {str(error)[:300]}"
    except Exception as error:
        verdict = f"{type(error).__name__}: {str(error)[:300]}"
    seconds = time.process_time() - begun
    if seconds > LONGEST_SECONDS:
        verdict = f"took {seconds:.0f} s"
    return verdict, seconds


def run(name: str, seeds: range) -> Outcome:
    """Give many damaged files to a reader."""
    told = Outcome()
    with tempfile.TemporaryDirectory(prefix="linkkit-fuzz-") as folder:
        for seed in seeds:
            faulthandler.dump_traceback_later(10 * LONGEST_SECONDS, exit=True)
            verdict, seconds = attack(name, seed, Path(folder))
            told.inputs += 1
            told.slowest = max(told.slowest, seconds)
            if verdict in ("taken", "refused"):
                setattr(told, verdict, getattr(told, verdict) + 1)
            else:
                told.faults.append(f"{name}, seed {seed}: {verdict}")
    faulthandler.cancel_dump_traceback_later()
    return told


def _told(outcomes: dict[str, Outcome]) -> Iterator[str]:
    yield f"| {'reader':24} | {'files':>8} | {'taken':>8} | {'refused':>8} | {'faults':>6} | {'slowest, s':>10} |"
    yield f"| {'-' * 24} | {'-' * 7}: | {'-' * 7}: | {'-' * 7}: | {'-' * 5}: | {'-' * 9}: |"
    for name, each in outcomes.items():
        yield f"| {name:24} | {each.inputs:8,} | {each.taken:8,} | {each.refused:8,} | {len(each.faults):6,} | {each.slowest:10.2f} |"
    yield f"| {'together':24} | {sum(o.inputs for o in outcomes.values()):8,} | {sum(o.taken for o in outcomes.values()):8,} | {sum(o.refused for o in outcomes.values()):8,} | {sum(len(o.faults) for o in outcomes.values()):6,} | {max(o.slowest for o in outcomes.values()):10.2f} |"


def _write(table: str) -> None:
    """Put the table in the place of the one in ``docs/limits.md``."""
    text = PAGE.read_text("utf-8")
    PAGE.write_text(
        re.sub(r"(?m)(?:^\| reader .*\n)(?:^\|.*\n)+", lambda _: f"{table}\n", text, count=1), "utf-8"
    )


def main() -> int:
    """Run it from the command line; 1 where a reader failed."""
    parser = argparse.ArgumentParser(description="Damaged files for every reader.")
    parser.add_argument("--inputs", type=int, default=2000, help="files for each reader")
    parser.add_argument("--seed", type=int, default=0, help="the first one's number")
    parser.add_argument("--target", choices=[*TARGETS], action="append", help="this reader only; repeat it")
    parser.add_argument("--write", action="store_true", help="put the table into docs/limits.md")
    parser.add_argument("--trace", action="store_true", help="let the first fault through")
    given = parser.parse_args()
    logging.disable(logging.CRITICAL)
    names = given.target or [*TARGETS]
    if given.trace:
        with tempfile.TemporaryDirectory() as folder:
            target, chance = TARGETS[names[0]], random.Random(f"{names[0]} {given.seed}")
            file = Path(folder) / target.name
            file.write_bytes(damaged(chance.choice(target.seeds), chance))
            with contextlib.suppress(LinkkitError):
                target.read(file)
        return 0
    outcomes = {}
    for name in names:
        outcomes[name] = run(name, range(given.seed, given.seed + given.inputs))
        for fault in outcomes[name].faults[:20]:
            print(fault, file=sys.stderr)
    table = "\n".join(_told(outcomes))
    print(table)
    if given.write:
        _write(table)
    return 1 if any(each.faults for each in outcomes.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
