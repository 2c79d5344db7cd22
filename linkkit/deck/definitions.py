"""What every column and word of an export means; headings, widths and meanings are declared here and nowhere else."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from linkkit.deck.language import Language
from linkkit.folding import Leak
from linkkit.linkmodel import model_settings
from linkkit.metrics.authority import MONEY, NON_INDEXABLE, OTHER
from linkkit.schema import CheckState, Effort, Indexability, OrphanState, Severity

Kind = Literal["text", "phrase", "word", "severity", "whole", "number", "share", "fine", "flag"]
Look = Literal["", "bar", "share_bar", "depth", "status", "against_limit", "progress"]


@dataclass(frozen=True)
class Column:
    """One column of a sheet.

    Attributes
    ----------
    name : str
        Column of the table it shows, and of the CSV file.
    heading, meaning : str
        As people read it, and what it says.
    width : int
        Characters.
    kind : {"text", "phrase", "word", "severity", "whole", "number", "share", "fine", "flag"}
        How a cell is written: text as it was found; phrases are texts of linkkit's own and words its codes, both in the language of
        the export; shares (0-1) as percent, fine ones with two digits behind the point; flags as yes or nothing.
    look : {"", "bar", "share_bar", "depth", "status", "against_limit", "progress"}
        Conditional format of the column: bars up to the largest number, or up to 1; click depth against its limit; HTTP status;
        a value below the limit in the column beside it; what is done. Severities and states have their colours by their kind.
    """

    name: str
    heading: str
    width: int
    kind: Kind
    meaning: str
    look: Look = ""

    @property
    def is_number(self) -> bool:
        """Whether its cells are numbers, in a CSV file too."""
        return self.kind in {"whole", "number", "share", "fine"}


FINDING_COLUMNS = (
    Column("severity", "Severity", 10, "severity", "How much it matters before backlinks are built; see below."),
    Column("title", "What is wrong", 30, "phrase", "The check that found it, in words."),
    Column("url", "Page", 48, "text", "The page to act on; for a link or its text, the page that the link leads to."),
    Column("related_url", "Related page", 40, "text", "A second page: an example of a linking page, the pillar, the twin."),
    Column("evidence", "Evidence", 36, "text", "What was seen, so that the finding can be checked."),
    Column("value", "Value", 10, "number", "What was measured, in the unit beside it; empty where there is nothing to measure."),
    Column("unit", "Unit", 15, "phrase", "Unit of the value and the threshold."),
    Column("threshold", "Threshold", 11, "number", "The line that the value was judged against; empty for checks without one."),
    Column("impact", "Impact", 9, "share", "Importance of the page against the site's most important one; PageRank where no importance signal is known.", "share_bar"),
    Column("effort", "Effort", 9, "word", "What one fix costs; see below."),
    Column("fix", "What to do", 42, "phrase", "The change that settles it."),
    Column("chapter", "Chapter", 20, "phrase", "Part of the audit."),
    Column("why", "Why it matters", 80, "phrase", "Why it should be settled before backlinks are built."),
    Column("check_id", "Check", 26, "text", "Short name of the check, the same in every export."),
)  # fmt: skip
"""The Findings sheet: `linkkit.schema.FINDINGS` in the order that people read, and the title of the check."""

_DETAIL = ("chapter", "why", "check_id")
CHAPTER_COLUMNS = (
    *(column for column in FINDING_COLUMNS if column.name not in _DETAIL),
    Column("crawl_depth", "Crawl depth", 9, "whole", "Of the page: fewest clicks from the start page over followed links.", "depth"),
    Column("linking_pages", "Linking pages", 9, "whole", "Of the page: distinct other pages with a followed link to it."),
    Column("authority", "Authority", 10, "fine", "Of the page: share of all authority that settles on it.", "bar"),
)  # fmt: skip
"""The sheet of a chapter: its findings, and beside each what is known of its page."""

PAGE_COLUMNS = (
    Column("url", "Page", 60, "text", "Address of the page."),
    Column("title", "Title", 36, "text", "Its title element."),
    Column("findings", "Findings", 10, "whole", "Number of findings that name the page as the one to act on.", "bar"),
    Column("status", "Status", 8, "whole", "HTTP status; empty where the page did not answer or was not requested.", "status"),
    Column("indexability_reason", "Indexability", 17, "word", "Why the page can, or cannot, stand in a search index; the first reason that holds."),
    Column("section", "Section", 16, "text", "First folder of the address."),
    Column("crawl_depth", "Crawl depth", 9, "whole", "Fewest clicks from the start page over followed links; a redirect is not a click. Empty where unreachable.", "depth"),
    Column("content_depth", "Content depth", 9, "whole", "The same over links in the content only.", "depth"),
    Column("orphan_state", "Link state", 18, "word", "How the page hangs on the site's internal links; see below."),
    Column("inlinks", "Inlinks", 9, "whole", "Internal links to exactly this URL, nofollow and self-links included; as crawlers count."),
    Column("unique_inlinks", "Unique inlinks", 9, "whole", "Distinct pages with such a link."),
    Column("linking_pages", "Linking pages", 9, "whole", "Distinct other pages with a followed link, redirects and canonicals counted for where they lead; what checks judge by."),
    Column("content_inlinks", "Content inlinks", 9, "whole", "Linking pages that link in their content, not only in navigation, header, footer, sidebar or breadcrumb."),
    Column("outlinks", "Outlinks", 9, "whole", "Internal links on the page, nofollow and self-links included."),
    Column("unique_outlinks", "Unique outlinks", 9, "whole", "Distinct pages they lead to."),
    Column("pagerank", "PageRank", 10, "share", "Textbook PageRank over the internal links, as a share of the whole; for comparison with other tools.", "bar"),
    Column("link_share", "Link weight", 10, "share", "Share of the site's link weight received, under the weight model named in the summary; every linking page hands out 1.", "bar"),
    Column("authority", "Authority", 10, "share", "Share of all authority that enters the site that settles here, under the link model named in the summary.", "bar"),
    Column("landing_yield", "Landing yield", 10, "share", "Of authority that lands here, the share that settles on money pages in the end: what a backlink to this page is worth. Empty where no money pages are known.", "bar"),
    Column("entry_share", "Lands here", 10, "share", "Share of all authority that backlinks bring to this page; all of it on the start page where none are known."),
    Column("leaked", "Leaks here", 10, "share", "Share of all authority that the page loses: its links lead to no live page of the site, or it has none."),
    Column("leak_cause", "Leaks through", 14, "word", "The largest cause of that loss; see below."),
    Column("importance", "Importance", 11, "share", "Mean share of the importance signals named in the summary; empty where there are none.", "bar"),
    Column("is_money_page", "Money page", 9, "flag", "Whether the analyst listed it as a page that earns money."),
    Column("clicks_to_money", "Clicks to money", 9, "whole", "Content clicks from here to the nearest money page; empty where none can be reached."),
    Column("clicks", "Search clicks", 9, "whole", "Clicks in Search Console."),
    Column("impressions", "Impressions", 12, "whole", "Impressions in Search Console."),
    Column("sessions", "Sessions", 9, "whole", "Sessions in the analytics file."),
    Column("conversions", "Conversions", 11, "number", "Conversions in the analytics file."),
    Column("referring_domains", "Referring domains", 10, "whole", "Domains with a live backlink, added up over the URLs that fold into the page: an upper bound."),
    Column("bot_hits", "Bot hits", 9, "whole", "Requests of search engine crawlers in the access log."),
    Column("site_section", "Site section", 16, "text", "Section by breadcrumb, folder or menu; / for pages in none."),
    Column("up_by", "Links up by", 11, "word", "How the page links to the page above it, or to its section's hub; none where it does not."),
    Column("hub_clicks", "Clicks from hub", 9, "whole", "Fewest clicks from the hub of its section without leaving the section; empty where none lead."),
    Column("on_one_link", "On one link", 9, "flag", "Whether every way from the start page to it ends in one and the same link."),
    Column("hanging_pages", "Hanging pages", 9, "whole", "Indexable pages that could not be reached without this page, itself included."),
    Column("cluster", "Cluster", 16, "text", "Topic cluster that the analyst put the page in; proposals are never in an export."),
    Column("cluster_inlinks", "Cluster inlinks", 9, "whole", "Other pages of its cluster that link to it in their content."),
)  # fmt: skip
"""The Pages sheet: the main metrics. Columns without a single value are left out."""

CHECK_COLUMNS = (
    Column("chapter", "Chapter", 26, "phrase", "Part of the audit."),
    Column("title", "Check", 46, "phrase", "What it looks for."),
    Column("state", "State", 15, "word", "Outcome; see below. Only \"passed\" is an all-clear."),
    Column("findings", "Findings", 10, "whole", "Number of rows on the Findings sheet.", "bar"),
    Column("reason", "Reason", 36, "phrase", "Why it could not be judged, where it could not."),
    Column("why", "Why it matters", 64, "phrase", "Why it should be settled before backlinks are built."),
    Column("check_id", "Short name", 28, "text", "The same in every export."),
)  # fmt: skip
"""The Checks sheet: every check that the audit knows, whatever came of it."""

PLAN_COLUMNS = (
    Column("number", "No.", 6, "whole", "Order in which the links bring most: each is the best that is left after the ones above it."),
    Column("source", "Put a link on", 48, "text", "Page that gets the new link."),
    Column("target", "It leads to", 48, "text", "Page that the new link leads to."),
    Column("phrase", "Words to link", 26, "text", "Words that stand in the page's text and can become the link; empty where a new sentence is needed."),
    Column("sentence", "Sentence", 56, "text", "Where these words stand; without such words, the sentence to write next to."),
    Column("alternatives", "Other words", 26, "text", "Other words of the page that would do."),
    Column("strength", "How sure the words are", 24, "phrase", "How well the two pages fit by their text, and whether words for the link are there."),
    Column("reason", "Why these two pages", 56, "phrase", "What the fit rests on."),
    Column("relevance", "Relevance", 10, "number", "The fit by text, 0 to 1: it puts pairs in order, and is no probability."),
    Column("gain", "Brings", 10, "fine", "Share of all authority that backlinks bring which this link brings to the goal, after the links above it.", "bar"),
    Column("goal_after", "Reaches the goal then", 12, "fine", "Share of all authority that reaches the goal with this link and those above it."),
    Column("gain_low", "Brings at least", 11, "fine", "Least that the link alone brings under any model tried (damping, link weights)."),
    Column("gain_high", "Brings at most", 11, "fine", "Most that the link alone brings under any model tried."),
    Column("holds_in", "Holds in", 16, "text", "Models under which the link brings anything."),
    Column("goal", "For", 16, "phrase", "What the link was chosen for."),
)  # fmt: skip
"""The link plan: one row per new link, in the order to make them."""

TARGET_COLUMNS = (
    Column("url", "Page", 60, "text", "Page that could take backlinks."),
    Column("title", "Title", 36, "text", "Its title element."),
    Column("is_goal", "Goal page", 9, "flag", "Whether it is a page of the goal itself, such as a money page."),
    Column("landing_yield", "Landing yield", 10, "share", "Of authority that lands here, the share that settles on the goal's pages in the end.", "bar"),
    Column("rank", "Rank", 8, "whole", "By landing yield, 1 is best."),
    Column("rank_low", "Best rank", 8, "whole", "Best rank under any model and crawl tried."),
    Column("rank_high", "Worst rank", 8, "whole", "Worst rank under any model and crawl tried."),
    Column("holds_in", "Holds in", 16, "text", "Models under which it stays among the best ten of its kind (goal pages, others); empty for pages that are not among them."),
    Column("referring_domains", "Referring domains", 11, "whole", "Domains with a live backlink today."),
    Column("captured", "Brings today", 10, "fine", "Share of all that reaches the goal today that this page's own backlinks bring."),
    Column("new_domains", "New domains", 9, "whole", "New referring domains that the gain is for."),
    Column("gain", "Would bring", 10, "fine", "How much more would reach the goal with the new domains, as a share of what reaches it today (of everything where nothing does).", "bar"),
    Column("topical_fit", "Topical fit", 9, "number", "How close its text is to the closest page of the goal: cosine, 0 to 1."),
    Column("direct_links", "Direct links", 9, "whole", "Pages of the goal that it links to in its text."),
    Column("reason", "Why", 64, "phrase", "Why it stands where it does."),
)  # fmt: skip
"""Pages to build backlinks to: one row per live indexable page, best first."""

WIN_COLUMNS = (
    Column("win", "No.", 9, "text", "Short name of the piece of work, the same in tickets; numbered by value for an hour."),
    Column("title", "What to do", 46, "text", "The piece of work in a line."),
    Column("status", "Status", 14, "phrase", "To be kept up by those who do the work; choose from the list.", "progress"),
    Column("owner", "Owner", 16, "text", "Who does it; names stand on the sheet Team."),
    Column("week", "Week", 7, "whole", "Week in which it is done, by the order of work; empty where it comes later."),
    Column("severity", "Severity", 10, "severity", "The worst of the findings that it settles; info where only the link plan asks for it."),
    Column("instructions", "How", 80, "text", "Exact instructions: page, link, words, addresses."),
    Column("hours", "Hours", 8, "number", "What it takes, by the hours below."),
    Column("effort", "Effort", 26, "phrase", "What kind of work it is."),
    Column("gain", "Brings", 10, "fine", "Change of the share of all authority that reaches money pages (all indexable pages where none are known) by this alone; empty where it is not known."),
    Column("gain_note", "How that is known", 28, "phrase", "Whether the site was solved again with the change, or why it could not be simulated."),
    Column("clicks", "Search clicks", 9, "whole", "Search clicks at stake: of the pages helped, by the share of their links that is at fault."),
    Column("sessions", "Sessions", 9, "whole", "Sessions at stake, likewise."),
    Column("clicks_saved", "Clicks saved", 9, "whole", "Clicks from the start page saved over all indexable pages; a page out of reach counts as one click below the deepest."),
    Column("reached", "Come into reach", 9, "whole", "Indexable pages that a path leads to from then on."),
    Column("confidence", "Confidence", 11, "word", "High: the change is told to the letter, and simulated. Medium: simulated, but a person must confirm a proposal. Low: not simulated."),
    Column("unsure", "To be confirmed", 36, "text", "What a person must look at first, or why it cannot be simulated."),
    Column("after", "Do first", 12, "text", "Pieces of work that must be done before it."),
    Column("fixes", "Pages put right", 9, "whole", "Pages that the change puts right; of one change of a template, all that it makes."),
    Column("value", "Impact", 9, "number", "The weighted measures, 0 to 1.", "share_bar"),
    Column("per_hour", "Impact per hour", 10, "number", "What the list is ranked by.", "bar"),
    Column("chapter", "Chapter", 20, "phrase", "Part of the audit."),
    Column("checks", "Checks", 30, "text", "Short names of the checks whose findings it settles."),
    Column("examples", "Pages", 48, "text", "Pages that it changes or helps, the first ones; all stand on the sheet Pages."),
)  # fmt: skip
"""The work list: one row per quick win, in the order of work."""

WEEK_COLUMNS = (
    Column("week", "Week", 7, "whole", "From the beginning of the work."),
    Column("wins", "Wins", 7, "whole", "Pieces of work done in it."),
    Column("hours", "Hours", 8, "number", "Hours worked in it."),
    Column("reached", "Reach money pages", 12, "fine", "Share of all authority that reaches money pages at its end (all indexable pages where none are known): the site solved again with all that is done."),
    Column("gain", "More than today", 12, "fine", "The same against today."),
    Column("titles", "What is done", 110, "text", "Pieces of work, best value for an hour first."),
)  # fmt: skip
"""The weeks of a work plan."""

AFFECTED_COLUMNS = (
    Column("win", "No.", 9, "text", "Piece of work."),
    Column("url", "Page", 90, "text", "Page that it changes or helps."),
)
"""Every page of every quick win."""

VARIANT_COLUMNS = (
    Column("weights", "Link weights", 20, "phrase", "Weight model; see the link model below."),
    Column("damping", "Damping", 10, "number", "Share of what arrives on a page that it hands on."),
    Column("coverage", "Crawled", 10, "share", "Share of the pages whose links are taken as known, in the order a crawl finds them."),
    Column("captured", "Reaches money pages", 12, "fine", "Share of all authority that settles on money pages."),
    Column("lost", "Lost", 10, "fine", "Share of all authority that is lost."),
    Column("rank_correlation", "Same order", 10, "number", "Rank correlation of all pages' landing yields with this audit's: 1 is the same order."),
    Column("top_kept", "Best that stay", 10, "share", "Share of this audit's best pages for backlinks that stay among the best."),
)  # fmt: skip
"""Models and crawls that the plan was tried under: one row per variant, the audit's own first."""

READINESS_COLUMNS = (
    Column("title", "Gate", 30, "text", "What must hold before backlinks are built; the first rows tell the verdict and what a backlink brings, the last one how firm that is."),
    Column("state", "State", 16, "word", "Pass, fail, or cannot be judged, which is no all-clear; of the verdict, the verdict."),
    Column("value", "Value", 10, "share", "Share that is right; empty where nothing is counted.", "against_limit"),
    Column("limit", "Limit", 10, "share", "Share that is asked; a threshold."),
    Column("right", "Right", 9, "whole", "How many are right; empty where the value is no share of things."),
    Column("total", "Of", 9, "whole", "How many were counted; empty where the value is no share of things."),
    Column("evidence", "Evidence", 64, "text", "What was seen, or why it cannot be judged."),
    Column("distance", "To pass", 44, "text", "What to do; empty for gates that hold."),
    Column("decides", "Decides", 10, "text", "Whether the verdict rests on this gate."),
    Column("pages", "Pages to work on", 60, "text", "Worst first, one a line, the first twenty."),
    Column("threshold", "Threshold", 26, "text", "Name of the limit; see below."),
    Column("gate", "Short name", 26, "text", "The same in every export."),
)  # fmt: skip
"""The Readiness sheet."""

READINESS_VARIANT_COLUMNS = (
    Column("variant", "Variant", 36, "text", "What is varied, and to what."),
    Column("kind", "Kind", 10, "text", "Model, entry, crawl or signal."),
    Column("verdict", "Verdict", 14, "text", "The verdict there."),
    Column("flips", "Flips", 8, "text", "Whether it is another than the audit's own."),
    Column("captured", "Reaches money pages", 12, "fine", "Share of all authority that settles on money pages there."),
    Column("after", "With the plan", 12, "fine", "The same with the plan's links."),
    Column("because", "Because", 64, "text", "What decides there, where it flips."),
)  # fmt: skip
"""Variants of model, crawl and files that the verdict was tried under."""

FIRST_TARGET_COLUMNS = (
    Column("url", "Page", 60, "text", "Page that could take backlinks."),
    Column("title", "Title", 36, "text", "Its title element."),
    Column("is_goal", "Money page", 9, "text", "Whether it is a money page itself."),
    Column("referring_domains", "Referring domains", 11, "whole", "Domains with a live backlink today."),
    Column("place", "Place now", 8, "whole", "By what new domains would bring, among its kind; 1 is best."),
    Column("place_after", "Place after", 8, "whole", "The same with the plan's links."),
    Column("landing_yield", "Landing yield", 10, "share", "Of authority that lands here, the share that settles on money pages."),
    Column("landing_yield_after", "Yield after", 10, "share", "The same with the plan's links."),
    Column("gain", "Would bring", 10, "fine", "How much more would reach money pages with ten new domains, against what reaches them."),
    Column("gain_after", "Would bring after", 10, "fine", "The same with the plan's links."),
    Column("brand", "Brand", 20, "text", "Link text: the site's name."),
    Column("exact", "Exact", 36, "text", "Link text: the page's own title. Use it seldom."),
    Column("partial", "Partial", 36, "text", "Link text: what the site calls the page otherwise."),
    Column("topical", "Topical", 30, "text", "Words of its subject, to build a link text from."),
)  # fmt: skip
"""Pages to build backlinks to first: one row per page."""

DEFINITION_COLUMNS = (
    Column("group", "Where", 24, "text", ""),
    Column("term", "Word", 30, "text", ""),
    Column("name", "Name in files", 26, "text", ""),
    Column("meaning", "Meaning", 100, "text", ""),
)
"""The Definitions sheet of every workbook."""

WORDS: dict[str, dict[str, str]] = {
    "Severity": {
        Severity.HIGH: "Wastes backlinks or hides a page that matters: settle it first.",
        Severity.MEDIUM: "Costs authority or clarity on more than one page: settle it before a campaign.",
        Severity.LOW: "Tidying up: worth doing when the page or template is edited anyway.",
        Severity.INFO: "Worth knowing; nothing has to be done.",
    },
    "Effort": {
        Effort.SMALL: "One edit.",
        Effort.MEDIUM: "One template, or a few pages.",
        Effort.LARGE: "New content and a decision.",
    },
    "State of a check": {
        CheckState.PASSED: "The data sufficed to judge, and nothing was found.",
        CheckState.FAILED: "There are findings.",
        CheckState.NOT_APPLICABLE: "Could not be judged; the reason is given. Never an all-clear.",
        CheckState.ERROR: "The check itself broke; nothing is known. Please report it.",
    },
    "State of a gate": {
        "pass": "It holds.",
        "fail": "It does not hold.",
        "cannot be judged": "The reason is given. Never an all-clear.",
    },
    "Verdict": {
        "ready": "Backlinks can be built now.",
        "fix first": "Gates do not hold: do what they ask, then build backlinks.",
        "not ready": "A gate is missed by far: backlinks would be wasted today.",
        "inconclusive": "What is known of the site does not suffice to say.",
    },
    "Indexability": {
        Indexability.INDEXABLE: "The page can stand in a search index.",
        Indexability.NOT_CRAWLED: "Known, but never requested: nothing can be said.",
        Indexability.BLOCKED_BY_ROBOTS: "robots.txt keeps search engines from it.",
        Indexability.NO_RESPONSE: "It did not answer.",
        Indexability.REDIRECT: "It leads on to another address.",
        Indexability.CLIENT_ERROR: "It answers with an error of the 400s, such as 404: not found.",
        Indexability.SERVER_ERROR: "It answers with an error of the 500s.",
        Indexability.NOT_HTML: "It is no HTML page, such as an image or a PDF.",
        Indexability.NOINDEX: "It asks search engines not to index it.",
        Indexability.CANONICALISED: "Its canonical names another page, which stands for it.",
    },
    "Links up by": {
        "content": "A link in its content.",
        "breadcrumb": "A breadcrumb.",
        "template": "A link of the template only: menu, header, footer or sidebar.",
        "none": "It has no link up.",
    },
    "Confidence": {
        "high": "The change is told to the letter, and simulated.",
        "medium": "Simulated, but a person must confirm a proposal.",
        "low": "Not simulated.",
    },
    "Link state": {
        OrphanState.LINKED: "Reachable by followed links, at least one of them in content.",
        OrphanState.ORPHAN: "Known from another source; no internal link from any other page was found.",
        OrphanState.ISLAND: "Has links from other pages, but none of them can be reached from the start page.",
        OrphanState.NOFOLLOW_ONLY: "Every internal link to it is nofollow.",
        OrphanState.NON_INDEXABLE_SOURCES_ONLY: "Linked only from pages that cannot stand in a search index.",
        OrphanState.CHROME_ONLY: "Linked only from navigation, header, footer, sidebar or breadcrumb.",
        OrphanState.INCONCLUSIVE: "Cannot be said: the crawl is incomplete or never requested the page.",
        OrphanState.NOT_INDEXABLE: "Not judged: the page cannot stand in an index, or stands for another.",
    },
    "Link weight model": {
        "reasonable_surfer": "A link in the content weighs 1, one elsewhere 0.1; a page shares out its whole weight. A model: "
        "search engines have not confirmed such weights.",
        "uniform": "Every link weighs the same; a page shares out its whole weight.",
        "observed_clicks": "As reasonable surfer; on pages whose visitors' steps are known, by the links they take.",
    },
    "Where authority ends": {
        MONEY: "Settles on indexable pages that earn money.",
        OTHER: "Settles on other pages that can stand in a search index.",
        NON_INDEXABLE: "Settles on live pages that cannot stand in a search index.",
        Leak.EXTERNAL: "Lost: leaves by links, or redirects, to other sites.",
        Leak.NOFOLLOW: "Lost: the share of links marked nofollow.",
        Leak.BROKEN: "Lost: links to pages that answer with an error, or not at all.",
        Leak.REDIRECT_LOOP: "Lost: links into redirects that never end.",
        Leak.BLOCKED: "Lost: links to pages that robots.txt keeps search engines from.",
        Leak.OFF_SITE_CANONICAL: "Lost: pages whose canonical hands them to another site.",
        Leak.NOT_CRAWLED: "Not known: links to pages that were never crawled.",
        Leak.DEAD_END: "Lost: what pages without any link would hand on.",
    },
    "Link model": {name: about.help for name, about in model_settings().items()},
}
"""Vocabularies of the tables, each word with its meaning."""


def spoken(word: str) -> str:
    """A code of the tables as people read it: ``not_applicable`` -> ``Not applicable``."""
    plain = word.replace("_", " ")
    return plain[:1].upper() + plain[1:]


def defined(sheet: str, columns: Sequence[Column], lang: Language) -> Iterator[tuple[str, str, str, str]]:
    """Rows of a Definitions sheet: what each column of a sheet means."""
    for column in columns:
        if column.heading:
            yield sheet, lang.text(column.heading), column.name, lang.text(column.meaning)


def worded(group: str, words: Mapping[str, str], lang: Language) -> Iterator[tuple[str, str, str, str]]:
    """Rows of a Definitions sheet: what each word of a vocabulary means."""
    for word, meaning in words.items():
        yield lang.text(group), lang.text(spoken(str(word))), str(word), lang.text(meaning)
