"""The tables of a Site and an Audit: columns, types, vocabularies. One place, read by everything above."""

from enum import IntEnum, IntFlag, StrEnum

import pyarrow as pa

SCHEMA_VERSION = 5


class Position(IntEnum):
    """Where on the page a link stands."""

    CONTENT = 0
    NAVIGATION = 1
    HEADER = 2
    FOOTER = 3
    SIDEBAR = 4
    BREADCRUMB = 5


class SeenIn(IntFlag):
    """In which form of its page a link stands: the HTML as served, the page after its scripts have run; 0 where nobody tells."""

    HTML = 1
    RENDERED = 2


class FoundIn(IntFlag):
    """Where a URL is known from; ``CRAWL`` where following links from the start page led to it."""

    CRAWL = 1
    SITEMAP = 2
    SEARCH_CONSOLE = 4
    ANALYTICS = 8
    BACKLINKS = 16
    LOGS = 32
    LIST = 64


class Indexability(StrEnum):
    """Why a page can, or cannot, stand in a search index. The first reason that holds is the one named."""

    INDEXABLE = "indexable"
    NOT_CRAWLED = "not_crawled"
    BLOCKED_BY_ROBOTS = "blocked_by_robots"
    NO_RESPONSE = "no_response"
    REDIRECT = "redirect"
    CLIENT_ERROR = "client_error"
    SERVER_ERROR = "server_error"
    NOT_HTML = "not_html"
    NOINDEX = "noindex"
    CANONICALISED = "canonicalised"


class OrphanState(StrEnum):
    """How a page hangs on the site's internal links (`linkkit.metrics.orphans`)."""

    LINKED = "linked"
    ORPHAN = "orphan"
    ISLAND = "island"
    NOFOLLOW_ONLY = "nofollow_only"
    NON_INDEXABLE_SOURCES_ONLY = "non_indexable_sources_only"
    CHROME_ONLY = "chrome_only"
    INCONCLUSIVE = "inconclusive"
    NOT_INDEXABLE = "not_indexable"


class Severity(StrEnum):
    """How much a finding matters before backlinks are built."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"


class Effort(StrEnum):
    """What a fix costs: one edit, one template, or new content and a decision."""

    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"


class CheckState(StrEnum):
    """Outcome of one check. *Not applicable* always carries the reason and is never an all-clear."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_APPLICABLE = "not_applicable"
    ERROR = "error"


PAGES = pa.schema(
    [
        pa.field("page_id", pa.int32(), nullable=False),
        pa.field("url", pa.string(), nullable=False),
        ("status", pa.int16()),
        ("error", pa.string()),
        ("content_type", pa.string()),
        ("title", pa.string()),
        ("h1", pa.string()),
        ("meta_description", pa.string()),
        ("word_count", pa.int32()),
        ("language", pa.string()),
        ("redirect_to", pa.string()),
        ("canonical", pa.string()),
        ("rel_next", pa.string()),
        ("rel_prev", pa.string()),
        ("breadcrumb", pa.string()),
        ("breadcrumb_source", pa.string()),
        ("robots_noindex", pa.bool_()),
        ("robots_nofollow", pa.bool_()),
        ("blocked_by_robots", pa.bool_()),
        ("is_indexable", pa.bool_()),
        ("indexability_reason", pa.string()),
        ("section", pa.string()),
        ("page_type", pa.string()),
        ("found_in", pa.int16()),
        ("discovered_depth", pa.int16()),
        ("clicks", pa.float64()),
        ("impressions", pa.float64()),
        ("sessions", pa.float64()),
        ("engagement_rate", pa.float64()),
        ("conversions", pa.float64()),
        ("backlinks", pa.float64()),
        ("referring_domains", pa.float64()),
        ("bot_hits", pa.float64()),
        ("is_money_page", pa.bool_()),
        ("importance", pa.float64()),
        ("cluster", pa.string()),
        ("is_pillar", pa.bool_()),
    ]
)

BREADCRUMB_SOURCES = ("structured data", "links")
"""Where the column ``breadcrumb`` (`linkkit.sources.breadcrumbs.packed`) of a page was read."""

LINKS = pa.schema(
    [
        ("source_id", pa.int32()),
        ("target_id", pa.int32()),
        ("anchor_id", pa.int32()),
        ("position", pa.uint8()),
        ("nofollow", pa.bool_()),
        ("is_image", pa.bool_()),
        ("container_id", pa.int32()),
        ("seen_in", pa.uint8()),
    ]
)

ANCHORS = pa.schema([("anchor_id", pa.int32()), ("text", pa.string())])

TEXT = pa.schema(
    [
        ("page_id", pa.int32()),
        ("text", pa.string()),
        ("linkable", pa.string()),
        ("headings", pa.string()),
    ]
)
"""Body text; the part of it an editor could link (one block a line, links between marks); headings, one a line."""

EXTERNAL_LINKS = pa.schema(
    [
        ("source_id", pa.int32()),
        ("position", pa.uint8()),
        ("nofollow", pa.bool_()),
        ("links", pa.int32()),
        ("targets", pa.int32()),
    ]
)

TRANSITIONS = pa.schema([("source_id", pa.int32()), ("target_id", pa.int32()), ("transitions", pa.float64())])
"""Visitors' steps from page to page, where an analytics file tells them; from `OUTSIDE` where a visit begins."""

OUTSIDE = -1
"""Stands for the world outside as the source of a step: an entrance."""

TABLES: dict[str, pa.Schema] = {
    "pages": PAGES,
    "links": LINKS,
    "anchors": ANCHORS,
    "text": TEXT,
    "external_links": EXTERNAL_LINKS,
    "transitions": TRANSITIONS,
}

ADDED: dict[int, dict[str, dict[str, int]]] = {5: {"links": {"seen_in": 0}}}
"""Columns that a schema version brought, by table, and what they hold in a Site of an older version."""

OLDEST_VERSION = min(ADDED) - 1
"""Oldest schema version of a Site that can still be opened."""


def schema_of(table: str, version: int = SCHEMA_VERSION) -> pa.Schema:
    """Columns of a table in a Site of some schema version."""
    later = {column for each, tables in ADDED.items() if each > version for column in tables.get(table, ())}
    return pa.schema([column for column in TABLES[table] if column.name not in later])


SIGNALS = (
    "clicks",
    "impressions",
    "sessions",
    "engagement_rate",
    "conversions",
    "backlinks",
    "referring_domains",
)
"""Page columns that come from the analyst's files and are empty where no file names the page."""

FINDINGS: dict[str, str] = {
    "check_id": "str",
    "chapter": "str",
    "severity": "str",
    "url": "str",
    "related_url": "str",
    "value": "float64",
    "threshold": "float64",
    "unit": "str",
    "impact": "float64",
    "effort": "str",
    "why": "str",
    "evidence": "str",
    "fix": "str",
}
"""Columns of a findings table, in order, with their pandas types; the same when there are no findings."""
