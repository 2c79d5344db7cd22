"""A story with a chart of every kind and hostile text, for tests of what is drawn from stories."""

from linkkit.deck.brand import Brand
from linkkit.deck.language import language
from linkkit.deck.story import Card, Chart, Series, Slide, Story, Table, TableColumn

HOSTILE = (
    "</script><script>window.ran = 1</script>",
    '<svg onload="window.ran = 1">',
    '"><img src=x onerror="window.ran = 1">',
    "\u202eevil\u202c nul\x00 bell\x07",
    '=HYPERLINK("http://evil.example/")',
    "{{ 7 * 7 }} {% raw %} ]]> <!-- &lt;b&gt;",
)
"""Texts that a crawled site may hold."""

CHARTS = (
    Chart(
        name="bars",
        kind="bars",
        title="Most findings are about depth",
        categories=("Pages too many clicks from the start page", "Links to redirects", HOSTILE[1], "Orphan pages"),
        series=(Series("Findings", (1204.0, 88.0, 12.0, 3.0)),),
        roles=("bad", "warn", "main", "quiet"),
        value_title="Findings",
        note="Counted on 1,204 indexable pages.",
        alt="Bars of findings: 1,204 too deep, 88 links to redirects, 12 and 3 others.",
        line=600.0,
        line_title="Last month: 600",
    ),
    Chart(
        name="grouped",
        kind="columns",
        title="Fewer pages lie deep after the plan",
        categories=("0", "1", "2", "3", "4", "5 and more"),
        series=(Series("Now", (1, 12, 140, 260, 410, 381)), Series("After the plan", (1, 24, 420, 700, 59, None), "second")),
        value_title="Pages",
        category_title="Clicks from the start page",
        alt="Columns of pages by clicks.",
        line=500.0,
        line_title="Limit: 500",
    ),
    Chart(
        name="columns",
        kind="columns",
        title="Most pages are three or four clicks away",
        categories=tuple(str(number) for number in range(8)),
        series=(Series("Pages", (1, 12, 140, 260, 410, 381, 20, 4)),),
        roles=("good", "good", "good", "good", "warn", "bad", "bad", "bad"),
        value_title="Pages",
        category_title="Clicks from the start page",
        alt="Columns of pages by clicks.",
    ),
    Chart(
        name="stacked-bars",
        kind="stacked_bars",
        title="A third of the links in the content say nothing",
        categories=("Links in the content", "Links in menus, footers and sidebars"),
        series=(
            Series("Descriptive", (0.62, 0.981), "good"),
            Series("Generic (“read more”)", (0.31, 0.004), "warn"),
            Series("Empty", (0.07, 0.015), "bad"),
        ),
        value_kind="share",
        value_title="Share of the place's links",
        alt="Stacked bars: 62% descriptive in the content.",
    ),
    Chart(
        name="stacked-columns",
        kind="stacked_columns",
        title="Blog and shop link mostly to themselves",
        categories=("Blog", "Shop", "Help", "About the company and its history"),
        series=(Series("To the same section", (520, 1400, 90, 8)), Series("To others", (80, 210, 160, 44), "second")),
        value_title="Links",
        alt="Stacked columns of links.",
    ),
    Chart(
        name="waterfall",
        kind="waterfall",
        title="Of 100 units that backlinks bring, 41.7 reach money pages",
        categories=("Backlinks bring", "Lost to broken links", "Lost to other sites", "Stays on other pages", "Reaches money pages"),
        series=(Series("Units", (100.0, -12.3, -8.0, -38.0, 41.7)),),
        roles=("main", "bad", "bad", "quiet", "money"),
        totals=("Reaches money pages",),
        value_kind="units",
        value_title="Units of 100",
        alt="Waterfall from 100 to 41.7 units.",
    ),
    Chart(
        name="heat map",
        kind="heat_map",
        title="Sections hardly link to the shop",
        categories=("Start", "Blog", "Shop", "Help", "Guides"),
        series=(
            Series("Start", (0.1, 0.2, 0.3, 0.3, 0.1)),
            Series("Blog", (0.05, 0.8, 0.004, 0.1, 0.046)),
            Series("Shop", (0.0, 0.05, 0.9, 0.05, None)),
            Series("Guides and long-winded how-tos", (0.1, 0.4, 0.2, 0.1, 0.2)),
        ),
        value_kind="share",
        category_title="Links to",
        value_title="Links from",
        alt="Heat map of links between sections.",
    ),
    Chart(
        name="scatter",
        kind="scatter",
        title="Two money pages get far fewer links than they are worth",
        categories=(),
        series=(
            Series("Money pages", (3, 4, 55), "money", (8.2, 6.1, 7.0), ("/shop/tents", "/shop/boots", "/shop/")),
            Series("Other pages", (120, 80, 14, 12, 2), "quiet", (1.0, 2.0, 3.0, 3.1, 0.5), ("/about", "", HOSTILE[0], "/b", "")),
        ),
        value_title="Pages that link here",
        category_title="Importance",
        alt="Scatter of importance and links.",
        line=20.0,
        line_title="At least 20 links",
    ),
    Chart(
        name="line",
        kind="line",
        title="Deep pages are fewer with every crawl",
        categories=("March", "April", "May", "June"),
        series=(Series("Deep pages", (410, 380, None, 120)), Series("Orphan pages", (40, 41, 38, 12), "second")),
        value_title="Pages",
        alt="Lines of deep and orphan pages.",
        line=200.0,
        line_title="Aim",
    ),
    Chart(name="empty", kind="bars", title="Nothing was counted", categories=("a",), series=(Series("x", (None,)),)),
)  # fmt: skip

TABLE = Table(
    name="findings",
    title="Pages to settle first",
    columns=(
        TableColumn("Severity", "severity"),
        TableColumn("Page", "url", 3),
        TableColumn("Anchor", "text", 2),
        TableColumn("Clicks", "whole"),
        TableColumn("Share", "share"),
    ),
    rows=(
        ("high", "https://shop.example/a/" + "very-long-name-" * 12, HOSTILE[0], 7, 0.124),
        ("medium", "javascript:window.ran=1", HOSTILE[2], 1204, None),
        ("low", "https://shop.example/\u202e/x", HOSTILE[4], None, 0.004),
        ("info", 'http://shop.example/?a=1&b="2"', HOSTILE[5], 0, 1.0),
    ),
    total=1204,
    note="The 4 worst of 1,204; all of them are in the workbook.",
)

NOTES = "How depth is counted: fewest clicks from the start page.\n\nRedirects are no clicks. " + HOSTILE[3]


def example_story(code: str = "en", *, brand: Brand | None = None) -> Story:
    """Cover, summary, one slide for each chart, a plan and an appendix."""
    charts = [
        Slide(
            name=f"chapter.{chart.name}",
            chapter=("depth", "anchors", "authority")[place * 3 // len(CHARTS)],
            title=chart.title,
            kicker=("Link depth", "Anchor text", "Authority flow")[place * 3 // len(CHARTS)],
            lines=(f"What follows from {chart.name}: {HOSTILE[place % len(HOSTILE)]}",),
            chart=chart,
            todo="Link from the section's hub to these pages." if place % 2 else "",
            tone=("fix", "look", "good", "unknown")[place % 4],
            notes=NOTES,
        )
        for place, chart in enumerate(CHARTS)
    ]
    return Story(
        client="Client & Söhne " + HOSTILE[1],
        site="https://shop.example/",
        date="26 November 2026",
        title="Is the site ready for backlinks?",
        slides=(
            Slide("cover", "cover", "Is the site ready for backlinks?", "Internal link audit", ("Not yet: three gates are open.",)),
            Slide(
                "summary",
                "summary",
                "Not yet: a third of what backlinks bring is lost on the way",
                "Summary",
                ("1,204 pages were looked at.", "The plan settles it in 20 links."),
                cards=(
                    Card("Verdict", "Fix first", "3 of 8 gates are open", "fix"),
                    Card("Deep money pages", "12", "of 40", "look"),
                    Card("Orphan pages", "0", "", "good"),
                    Card("Server logs", "not given", HOSTILE[2], "unknown"),
                ),
                tone="fix",
            ),
            *charts,
            Slide("plan", "plan", "Twenty links bring most of it", "Plan", table=TABLE, todo="Start with the first five.", comment="Agreed with the shop team.\nStart in May."),
            Slide("appendix", "appendix", "How it was measured", "Appendix", ("Definitions.",), notes=NOTES),
        ),
        scope=("1,204 pages of https://shop.example/ were crawled.", "Crawled by " + HOSTILE[0]),
        limits=("No server logs were given.",),
        thresholds=("Clicks from the start page: at most 4 (default 3).",),
        made_with="linkkit 0.1.0, 26 November 2026",
        language=language(code),
        brand=brand or Brand(name="Agency", font="Liberation Sans"),
    )  # fmt: skip
