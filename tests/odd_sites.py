"""Clients whose sites are unlike the sample: one page, nothing but a crawl, other languages, right to left, half a crawl, and hostile."""

from pathlib import Path
from urllib.parse import quote

from linkkit.client import Client
from linkkit.schema import Position
from linkkit.site import Manifest, Site
from linkkit.sources.builder import SiteBuilder

DATE = "2026-03-12"
Entry = tuple[str, str, str, tuple[str, ...]]
"""Path, title, text, paths linked from the text."""

GERMAN_JAPANESE: tuple[Entry, ...] = (
    ("/", "Startseite", "Werkzeug für Buchbinder und Restauratoren.", ("/werkzeug/", "/ja/")),
    ("/werkzeug/", "Werkzeug für Buchbinder", "Falzbeine, Ahlen und Pressen aus eigener Fertigung.",
     ("/werkzeug/falzbein/", "/werkzeug/ahle/", "/werkzeug/größe-wählen/")),
    ("/werkzeug/falzbein/", "Falzbein aus Rinderknochen", "Ein Falzbein glättet den Bruch, ohne das Papier zu glänzen.",
     ("/werkzeug/ahle/",)),
    ("/werkzeug/ahle/", "Ahle mit Birnenheft", "Die Ahle sticht Löcher für die Fadenheftung vor.", ("/werkzeug/falzbein/",)),
    ("/werkzeug/größe-wählen/", "Die richtige Größe wählen", "Wie man Falzbein und Ahle nach der Papierstärke wählt.", ()),
    ("/ja/", "製本の道具", "製本のための道具と材料を扱っています。", ("/ja/道具/", "/ja/糸/")),
    ("/ja/道具/", "折りヘラと目打ち", "折りヘラは紙を傷めずに折り目をつけます。目打ちは糸かがりの穴をあけます。", ("/ja/糸/",)),
    ("/ja/糸/", "麻糸の選び方", "麻糸の太さは折丁の厚さで選びます。", ("/ja/道具/",)),
    ("/ja/昔の案内/", "昔の案内", "誰もリンクしていないページです。", ()),
)  # fmt: skip
ARABIC_HEBREW: tuple[Entry, ...] = (
    ("/", "دكان الخط العربي", "أقلام وحبر وورق للخطاطين.", ("/أقلام/", "/he/")),
    ("/أقلام/", "أقلام القصب", "كيف تختار قلم القصب وكيف تبريه.", ("/أقلام/قصب/", "/أقلام/حبر/")),
    ("/أقلام/قصب/", "قلم القصب (3 مم) - العرض", "قلم من قصب دزفول بعرض 3 مم.", ("/أقلام/حبر/",)),
    ("/أقلام/حبر/", "الحبر الأسود", "حبر أسود من السخام والصمغ.", ("/أقلام/قصب/",)),
    ("/he/", "חנות לקליגרפיה", "עטים, דיו ונייר לסופרים.", ("/he/עטים/", "/he/דיו/")),
    ("/he/עטים/", "עטי קנה [2024] \u202eמחיר\u202c", "איך בוחרים עט קנה.", ("/he/דיו/",)),
    ("/he/דיו/", "דיו שחור", "דיו מפיח ומשרף.", ()),
    ("/old/دليل/", "دليل قديم", "صفحة لا يشير إليها أحد.", ()),
)  # fmt: skip

MARK = "window.top.pwned=1"
"""What a page's text would do if anything ran it."""
ELSEWHERE = "https://elsewhere.example"
"""What it would fetch."""
PAYLOADS: tuple[str, ...] = (
    f"<script>{MARK};alert(1)</script>",
    f'hreflang "><img src=x onerror="{MARK}" data-x="',
    f"'><svg/onload={MARK}>",
    f"</script></style></textarea><iframe srcdoc='<script>{MARK}</script>'></iframe>",
    f"[words](javascript:{MARK}) ![picture]({ELSEWHERE}/a.png) <{ELSEWHERE}/b>",
    f"{{{{constructor.constructor('{MARK}')()}}}} ${{{MARK}}} {{%raw%}}{{#x}}",
    f"datum['x'] + \\'+({MARK})+\\' \\u003cscript\\u003e{MARK}\\u003c/script\\u003e",
    f"$$\\href{{javascript:{MARK}}}{{x}}$$ \\(x\\) `{MARK}`",
    f"\x1b]8;;{ELSEWHERE}\x07link\x1b]8;;\x07 \x1b[2J\x1b[31m \u202e\u2066 \x00\x9b31m",
    f"<link rel=stylesheet href={ELSEWHERE}/c.css><style>@import '{ELSEWHERE}/d.css'; body{{display:none}}</style>",
    f"<form action={ELSEWHERE}/e><button formaction=javascript:{MARK}>x</button></form> <a href='javascript:{MARK}'>y</a>",
    f'=HYPERLINK("{ELSEWHERE}/f";"x") <meta http-equiv=refresh content="0;url={ELSEWHERE}/g">',
)
"""Markup, handlers, markdown, templates, expressions, formulas, control codes of terminals: what titles and anchors may hold."""


def built(
    start: str, entries: tuple[Entry, ...], language: str, folder: Path, *, stopped_by: str | None = None
) -> Site:
    """A Site of these pages, each with a menu link to the start page."""
    builder = SiteBuilder(start, folder=folder)
    home = start.rstrip("/")
    for path, title, text, _ in entries:
        facts = {"status": 200, "content_type": "text/html", "title": title, "h1": title, "language": language,
                 "word_count": len(text.split())}  # fmt: skip
        builder.add_page(home + path, facts, text=text)
    titles = {path: title for path, title, *_ in entries}
    for path, _, _, targets in entries:
        page = builder.target_id(home + path)
        assert page is not None
        menu = (start, titles["/"], Position.NAVIGATION, False, False, "nav")
        content = [(home + each, titles[each], Position.CONTENT, False, False, "main") for each in targets]
        builder.add_links(page, [menu, *content])
    return builder.finish(
        Manifest(
            start_url=builder.start_url,
            tool="advertools",
            collected=f"{DATE}T10:00:00+00:00",
            complete=stopped_by is None,
            stopped_by=stopped_by,
        )
    )


def one_page(clients: Path) -> Client:
    """A site of its start page alone, without a link."""
    client = Client.new("one-page", "https://one.example/", clients=clients)
    built("https://one.example/", (("/", "Opening soon", "We open in spring.", ()),), "en", _site(client))
    return client


def german_japanese(clients: Path) -> Client:
    """German and Japanese, umlauts and kanji in addresses, a sitemap that knows an orphan, money pages."""
    start = "https://buch.example/"
    client = Client.new("deutsch-nihongo", start, clients=clients)
    built(start, GERMAN_JAPANESE, "de", _site(client))
    _signals(client, start, GERMAN_JAPANESE, ("/werkzeug/falzbein/", "/ja/糸/"))
    return client


def right_to_left(clients: Path) -> Client:
    """Arabic and Hebrew, brackets, digits and a stray direction mark in titles; half a crawl, and no other source."""
    start = "https://خط.example/"
    client = Client.new("rtl", start, clients=clients)
    built(start, ARABIC_HEBREW, "ar", _site(client), stopped_by="page limit 8")
    return client


def hostile(clients: Path) -> Client:
    """Titles, headings, anchors, addresses, sections and texts that are programs; two crawls, signals, visits of a kind."""
    start = "https://hostile.example/"
    client = Client.new("hostile", start, clients=clients)
    folders = [f"/{words[:40].replace('/', '|')}/" for words in PAYLOADS[:3]]
    paths = [
        f"{folders[place % 3]}{place}-{words.replace('/', '|')[:60]}/" for place, words in enumerate(PAYLOADS)
    ]
    paths = [path.replace("?", "").replace("#", "") for path in paths]
    entries: list[Entry] = [("/", PAYLOADS[0], PAYLOADS[1], (*folders, *paths[:4]))]
    entries += [
        (folder, PAYLOADS[place], PAYLOADS[place], tuple(paths[place::3]))
        for place, folder in enumerate(folders)
    ]
    for place, path in enumerate(paths):
        others = (paths[(place + 1) % len(paths)], paths[(place + 5) % len(paths)])
        entries.append((path, f"{PAYLOADS[place]} No. {place}", f"Read {PAYLOADS[-place]} now. " * 4, others))
    entries.append(("/nobody/", PAYLOADS[9], PAYLOADS[2], ()))
    for date, some in (("2026-02-12", entries[:-4]), (DATE, entries)):
        known = {path for path, *_ in some}
        told = tuple(
            (path, title, text, tuple(each for each in to if each in known)) for path, title, text, to in some
        )
        built(start, told, "en", _site(client, date))
    addresses = tuple((quote(path), title, "", ()) for path, title, *_ in entries)
    _signals(client, start, addresses, (quote(paths[3]), quote(paths[7])))
    pages = "".join(
        f'"{start.rstrip("/")}{quote(path)}",{9 * place},900,1%,5\n'
        for place, (path, *_) in enumerate(entries)
    )
    (client.folder / "signals" / "search_console.csv").write_text(
        f"Top pages,Clicks,Impressions,CTR,Position\n{pages}", "utf-8"
    )
    domains = "".join(f"https://{name}.example/a,{start}\n" for name in ("press", "forum"))
    (client.folder / "signals" / "backlinks.csv").write_text(
        f"Referring page URL,Target URL\n{domains}", "utf-8"
    )
    return client


def _site(client: Client, date: str = DATE) -> Path:
    folder = client.folder / "crawls" / date / "site"
    folder.parent.mkdir(parents=True)
    return folder


def _signals(client: Client, start: str, entries: tuple[Entry, ...], money: tuple[str, ...]) -> None:
    home = start.rstrip("/")
    signals = client.folder / "signals"
    (signals / "sitemap.txt").write_text("\n".join(home + path for path, *_ in entries) + "\n", "utf-8")
    (signals / "money_pages.txt").write_text("\n".join(money) + "\n", "utf-8")
