"""What a crawl and signals say of themselves, in the client's language: why data is incomplete, what was left out, what makes it doubtful.

The forms follow the words in `linkkit.crawler` and `linkkit.sources`.
"""

from collections.abc import Mapping
from typing import Any

from linkkit.deck.language import Language
from linkkit.deck.sentences import Sentences, as_it_is, form, one_of

LEFT_OUT = "links not followed: "
"""How a limit begins that says what the crawl left out on purpose."""

STOPPED = Sentences(
    (
        form(
            one_of(
                "interrupted",
                "killed",
                "running",
                "start page",
                "for an unknown reason",
                "page limit {number}",
                "depth limit {number}",
                "{number} addresses were left over",
                "{number} linked URLs have no row in the file",
                "said to be partial when it was read",
                "the start page has no links to the site's pages: its links may need JavaScript, or it is a frameset",
                "{number} of {others} pages look like empty shells of an application, whose links scripts add",
                "{number} of {others} pages could not be rendered, so that links that scripts add are missing",
                "only the start page was found: it is a frameset, and its links are in the frames",
                "only the start page was found: it holds a script and no link to a page of the site, so that its links need JavaScript",
                "only the start page was found: it holds {number} scripts and no link to a page of the site, so that its links need "
                "JavaScript",
                "only the start page was found: it holds neither links to other pages of the site nor scripts",
                "only the start page was found: include and exclude leave out all {number} pages it links to",
                "only the start page was found: none of the {number} pages it links to could be read",
                "robots.txt of {url} could not be read: {text}",
                "the site stopped answering: {number} requests in a row failed, and the start page: {text}",
            )
        ),
    ),
    {"text": as_it_is, "url": as_it_is},
)
"""Why a crawl is incomplete."""


def stopped_text(language: Language, reason: str) -> str:
    """Why a crawl is incomplete, in a language; as it stands where its form is not known."""
    return STOPPED.said(language, reason) or reason


LIMITS = Sentences(
    (
        form(
            one_of(
                "links not followed: {number}, of the endless pattern {text}, {rows} pages of which in a row led to nothing new, such as {url}",
                "links not followed: {number}, with addresses longer than {rows} characters, such as {url}",
                "links not followed: {number}, with addresses that repeat folders, such as {url}",
                "links not followed: {number}, behind {rows} redirects in a row, such as {url}",
                "links not followed: {number}, to pages crawled under another value of {text}, which changes nothing on them, such as {url}",
                "{number} of {others} pages could not be rendered: their links are those of the HTML as served",
                "{number} of {others} pages look like empty shells of an application, whose links scripts add; they were not rendered",
                "the site redirects addresses that do not exist to {url}: broken links cannot be told from moved pages",
                "the site answers status 200 for addresses that do not exist: broken links may be missed",
                "crawled addresses that show what the site shows for one that does not exist (soft 404): {number}, such as {text}",
            )
        ),
    ),
    {"text": as_it_is, "url": as_it_is},
)
"""What a crawl left out, and what makes its data doubtful (`linkkit.crawler.status.CrawlStatus.limits`)."""


REJECTED = Sentences(
    (
        form(
            one_of(
                "line that is no JSON (cut short)",
                "line that is no row of a crawl",
                "page whose link columns do not line up (URLs holding @@)",
                "page whose anchor texts hold @@ (links kept, anchors unknown)",
                "second row of the same URL",
                "link that is no http(s) URL",
                "link whose source is outside the site",
                "row without a URL in {name}",
                "row cut short in {name} (the first is row {number})",
                "row cut short in {name}",
            )
        ),
    ),
    {"name": as_it_is},
)
"""Why rows of a crawl were not used."""
NOTES = Sentences(
    (
        form(
            one_of(
                *(
                    "rows",
                    "matched",
                    "not crawled",
                    "outside the site",
                    "not used",
                    "crawl",
                    "complete",
                    "stopped by",
                    "pages",
                ),
                *(
                    "queued",
                    "errors",
                    "lines",
                    "unreadable",
                    "notes",
                    "rows of entrances",
                    "rows of entrances from other sites",
                ),
                *(
                    "reloads left out",
                    "searches counted as one page",
                    "files added up",
                    "pages that patterns name",
                ),
                *("lost links left out", "nofollow, ugc and sponsored links left out", "spam links left out"),
                "rows that repeat another one whole, counted once",
                *("drafts and private pages left out", "hreflang alternates that no entry lists"),
                *("hits of people", "hits of SEO tools", "hits of AI services", "hits of other robots"),
                *("hits of robots whose name the DNS does not confirm", "hits of {name}"),
                *("of these claimed by the agent alone, not verified", "addresses beyond the most requested"),
                *(
                    "addresses that only ever answered with an error or a redirect",
                    "addresses whose personal data was masked",
                ),
                *(
                    "requests of search engines' robots that went to them",
                    "rows, where Search Console cuts an export",
                    "rows of a query each (Google leaves out rare queries, so that clicks and impressions are too low)",
                ),
                "addresses in the column {name}, not read (a list of links needs the columns source and target)",
                *(
                    "max pages",
                    "max depth",
                    "max seconds",
                    "obey robots",
                    "user agent",
                    "include",
                    "exclude",
                    "hosts",
                    "folders",
                    "delay",
                ),
            )
        ),
    ),
    {"name": as_it_is},
)
"""What signals and crawls note of themselves, and the settings of a crawl."""


def limit_text(language: Language, limit: str) -> str:
    """A limit of a crawl, in a language; as it stands where its form is not known."""
    return LIMITS.said(language, limit) or limit


def crawl_limits(settings: Mapping[str, Any]) -> list[str]:
    """The limits of the crawl that a manifest's settings keep; none for other sources."""
    crawl = settings.get("crawl")
    limits = crawl.get("limits") if isinstance(crawl, Mapping) else None
    return [str(each) for each in limits] if isinstance(limits, list | tuple) else []
