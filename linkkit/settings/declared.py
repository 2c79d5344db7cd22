"""What ``client.toml`` may hold beside thresholds and link model: each setting's type, default, meaning and source.

From these declarations come the reader, the file that a new client gets, and the page of the documentation.
"""

import math
from dataclasses import dataclass
from typing import Any, Literal

from linkkit.crawler.render.decision import MODES
from linkkit.plan.effort import EffortModel, ImpactWeights
from linkkit.plan.work_plan import HOURS_PER_WEEK

Kind = Literal["text", "switch", "whole", "number", "texts"]

_EXPECTED = {
    "text": "a text",
    "switch": "true or false",
    "whole": "a whole number",
    "number": "a number",
    "texts": "a list of texts",
}


@dataclass(frozen=True)
class Setting:
    """One setting.

    Attributes
    ----------
    kind : str
    default : object
        As it may stand in the file; ``inf`` and the empty text stand for none.
    unit : str
        With the range, as it is read after the help; empty where there is none.
    help : str
        What it does, in one sentence.
    source : str
        Where the default comes from, or what it rests on.
    low, high : float
        Least and greatest number.
    example : str
        A value that shows what may stand there.
    options : tuple of str
        Where only certain texts may stand there.
    """

    kind: Kind
    default: Any
    unit: str
    help: str
    source: str
    low: float = -math.inf
    high: float = math.inf
    example: str = ""
    options: tuple[str, ...] = ()

    def fault(self, value: object) -> str:
        """What is wrong with a value; empty where nothing is."""
        if not self._is_of_kind(value):
            return f"expected {_EXPECTED[self.kind]}"
        if self.options and value not in self.options:
            return f"must be one of {', '.join(self.options)}"
        if isinstance(value, int | float) and not isinstance(value, bool):
            if value == math.inf == self.default:
                return ""
            if not self.low <= value <= self.high:
                return f"must be {self.range_words()}"
        return ""

    def _is_of_kind(self, value: object) -> bool:
        if self.kind == "switch":
            return isinstance(value, bool)
        if self.kind == "text":
            return isinstance(value, str)
        if self.kind == "texts":
            return isinstance(value, list) and all(isinstance(each, str) for each in value)
        if value == math.inf == self.default:
            return True
        whole = isinstance(value, int) and not isinstance(value, bool)
        return whole if self.kind == "whole" else whole or (isinstance(value, float) and math.isfinite(value))

    def range_words(self) -> str:
        """Least and greatest value in words; empty where there are none."""
        if math.isfinite(self.low) and math.isfinite(self.high):
            return f"{self.low:g} to {self.high:g}"
        return f"{self.low:g} or more" if math.isfinite(self.low) else ""


MAIN = {
    "name": Setting("text", None, "a text", "Name of the client, as it stands on exports.", "the client"),
    "start_url": Setting(
        "text", None, "an address",
        "Public start page, from which depth is counted. Its host, with and without www., over http and https, is the site.",
        "the client",
    ),
    "crawl_url": Setting(
        "text", "", "an address",
        "Copy of the site that is crawled instead, such as a staging host; pages keep their public address. Empty: none.",
        "the client", example='"https://staging.client.example/"',
    ),
    "preset": Setting(
        "text", "", "",
        "Kind of site whose usual thresholds and link model hold where this file says nothing else. Empty: the defaults.",
        "linkkit's own", example='"shop"',
    ),
    "verify_bots": Setting(
        "switch", False, "",
        "Ask the DNS whether robots in access logs are what they claim to be; the only use of the network beside the crawl.",
        "an audit of files stays offline unless it is asked to look",
    ),
    "engine": Setting(
        "text", "embedded", "",
        "Where link-sized work is done: embedded (this process), spark, or spark:<master>; docs/spark.md says when that pays.",
        "linkkit's own", example='"spark:local[4]"',
    ),
}  # fmt: skip
"""Settings at the top of the file; ``name`` and ``start_url`` have to be there."""

SCOPE = {
    "hosts": Setting(
        "texts", [], "host names",
        "Other hosts that belong to the site. Links between the hosts are internal then; links elsewhere stay external.",
        "search engines treat a host as a site of its own", example='["shop.client.example", "blog.client.example"]',
    ),
    "folders": Setting(
        "texts", [], "folders",
        "If any are given, only pages in them, and the start page, are audited; links out of them are external.",
        "a backlink helps the whole site", example='["/en/", "shop.client.example/en/"]',
    ),
}  # fmt: skip
"""``[scope]``: what counts as the site."""

CRAWL = {
    "max_pages": Setting(
        "whole", math.inf, "URLs", "Stop after this many URLs, redirects and failures included.",
        "a crawl that is cut short leaves checks unjudged", 1,
    ),
    "max_seconds": Setting("number", math.inf, "seconds", "Stop after this time.", "as max_pages", 1),
    "max_depth": Setting(
        "whole", math.inf, "clicks", "Request only pages within so many clicks of the start page.", "as max_pages", 0
    ),
    "delay": Setting(
        "number", 0.25, "seconds",
        "Time between two requests. A longer Crawl-delay in robots.txt holds instead; after a 429 or 503 it is doubled.",
        "linkkit's own; four pages a second burden no usual server", 0,
    ),
    "concurrency": Setting(
        "whole", 8, "requests", "Requests under way at a time.", "Scrapy's default for one host", 1, 64
    ),
    "obey_robots": Setting(
        "switch", True, "", "Leave out what robots.txt forbids; such pages are listed as blocked.",
        "RFC 9309; search engines do the same",
    ),
    "user_agent": Setting(
        "text", "", "", "Name sent with each request, and read for in robots.txt. Empty: linkkit's own name.",
        "who crawls should say so",
    ),
    "include": Setting(
        "texts", [], "regular expressions", "Request only URLs in which one of these is found.", "a crawl of every URL needs neither",
        example='["/en/"]',
    ),
    "exclude": Setting(
        "texts", [], "regular expressions", "Never request URLs in which one of these is found.", "as include",
        example='["[?&]sort="]',
    ),
    "sitemap": Setting(
        "switch", True, "", "Look for sitemaps and request what they list, after everything that links reach.",
        "without it a crawl cannot find orphaned pages",
    ),
    "trap_pages": Setting(
        "whole", 200, "pages",
        "Leave a pattern of addresses alone (calendar, filters) after so many of its pages in a row that led to nothing new, and ask for"
        " each page once where a parameter changes nothing (session ids); 0 follows everything.",
        "linkkit's own; the crawl's limits name what was left out", 0,
    ),
    "render": Setting(
        "text", "auto", ", ".join(MODES),
        "Read pages as they are after their scripts have run (extra js, Chromium). With auto a sample of pages decides.",
        "search engines read both; most sites need none of it, and it takes several times as long", options=MODES,
        example='"always"',
    ),
    "render_seconds": Setting(
        "number", 10.0, "seconds", "How long the scripts of one page may take.",
        "linkkit's own; a page is done, with what is there by then, once it asks for nothing more", 1, 120,
    ),
    "render_external": Setting(
        "switch", True, "", "Let pages that are rendered load scripts, styles and data of other public hosts.",
        "frameworks often lie elsewhere; images, media, fonts and frames are never loaded",
    ),
}  # fmt: skip
"""``[crawl]``: options of `linkkit.crawl`. Credentials are never among them."""

_SIGNALS = {
    "sitemap": ("Sitemap, or a list of the addresses in it", "sitemap.xml"),
    "search_console": (
        "Search Console: performance export (zip or sheet of pages), or queries with their pages",
        "search_console.csv",
    ),
    "analytics": ("GA4: pages and screens, or landing pages", "analytics.csv"),
    "transitions": ("GA4: previous page path and page path", "transitions.csv"),
    "backlinks": ("Backlinks of Ahrefs, Semrush, Majestic, Moz or Search Console", "backlinks.csv"),
    "logs": ("Access log: combined, CloudFront or IIS", "access.log"),
    "money_pages": ("List of pages that earn money, patterns allowed", "money_pages.txt"),
    "urls": ("List of other pages that should exist", "urls.txt"),
}
SIGNALS = {
    name: Setting(
        "text", "", "name of a file", f"{words}.", "the client's data", example=f'"{file}"'
    )
    for name, (words, file) in _SIGNALS.items()
}  # fmt: skip
"""``[signals]``: files in the client's folder ``signals``; only what its content does not tell has to be named."""

COMPARE = {
    "url_mapping": Setting(
        "texts", [], "pattern => replacement",
        "Where the site moved: old address to new one, the first rule that fits counts; patterns are RE2's. --map wins over it.",
        "without it a move of the whole site is found by itself",
        example=r"""['^https://old\.example/(.*)$ => https://new.example/\1']""",
    ),
}  # fmt: skip
"""``[compare]``: how two crawls are held against each other."""


def _of_knobs(numbers: EffortModel | ImpactWeights) -> dict[str, Setting]:
    return {
        name: Setting(
            "number", getattr(numbers, name), each.unit, each.help, each.source, each.low, each.high
        )
        for name, each in numbers.knobs().items()
    }


EFFORT, IMPACT = _of_knobs(EffortModel()), _of_knobs(ImpactWeights())
WORK = {
    "hours_per_week": Setting(
        "number", HOURS_PER_WEEK, "hours", "Time in a week that people can work on it.", "linkkit's own; ask them", 1, 80
    ),
    **EFFORT,
}  # fmt: skip
"""``[work]``: what work takes (`linkkit.plan.EffortModel`); ``[impact]``: what it is worth (`linkkit.plan.ImpactWeights`)."""

BRAND = {
    "name": Setting("text", "", "", "Name on exports, if it is not the client's name.", "the client"),
    "primary_colour": Setting("text", "", "#rrggbb", "Main colour of exports.", "linkkit's own", example='"#22382d"'),
    "accent_colour": Setting("text", "", "#rrggbb", "Second colour of exports.", "linkkit's own", example='"#a9561b"'),
    "font": Setting("text", "", "", "Font of exports; the reader's machine needs it.", "linkkit's own", example='"Arial"'),
    "logo": Setting("text", "", "", "PNG or JPEG in the client's folder.", "none", example='"brand/logo.png"'),
    "logo_on_template": Setting("text", "", "", "Whether the logo is put on a template: always, never; where nothing is said, on one without a logo of its own.", "linkkit's own", example='"never"'),
    "template": Setting("text", "", "", "The agency's own .pptx in the client's folder.", "linkkit's own", example='"brand/template.pptx"'),
    "language": Setting("text", "", "", "Language of exports: en or de; en where none is named.", "linkkit's own", example='"de"'),
}  # fmt: skip
"""``[brand]``: how exports look."""
