"""Chapter four told: links that lead to errors, over redirects, or to pages that cannot stand in an index."""

from collections.abc import Iterator

from linkkit.checks import CHECKS
from linkkit.deck.story.parts import Chart, Role, Slide
from linkkit.deck.story.telling import MOST_CATEGORIES, Telling, described, series

CHAPTER = "links"
_ROLES: dict[str, Role] = {"high": "bad", "medium": "warn", "low": "second", "info": "quiet"}
_AMISS = ("link-to-broken", "link-to-redirect", "redirect-loop")
_ASTRAY = (*_AMISS, "link-to-noindex", "link-to-canonicalised")


def links_slides(t: Telling) -> Iterator[Slide]:
    """The chapter's slide."""
    lang, table = t.lang, t.by_check(CHAPTER)
    astray = t.number(*_ASTRAY)
    if astray:
        title = lang.plural(
            "Internal links lead to {number} address that they should not point to",
            "Internal links lead to {number} addresses that they should not point to",
            astray,
        )
    elif not table.empty:
        title = lang.plural(
            "Links lead straight to live pages; {number} finding of another kind is left",
            "Links lead straight to live pages; {number} findings of other kinds are left",
            int(table["findings"].sum()),
        )
    elif t.tone(CHAPTER) == "unknown":
        title = lang.text("Whether links lead to live pages could not be judged in full")
    else:
        title = lang.text("Every internal link leads straight to a live page that can stand in an index")
    chart = None
    if not table.empty:
        shown = table.head(MOST_CATEGORIES)
        names = [_kind(t, check) for check in shown["check_id"]]
        chart = Chart(
            name="links",
            kind="bars",
            title=title,
            categories=tuple(names),
            series=(series(lang.text("Findings"), shown["findings"]),),
            roles=tuple(_ROLES[severity] for severity in shown["severity"]),
            value_title=lang.text("Findings"),
            note=lang.text(
                "One finding for each address that links should not point to, or page to mend; worst severity first, red: high."
            ),
            alt=described(title, names, [lang.number(number) for number in shown["findings"]]),
        )
    yield t.main_slide(
        CHAPTER,
        title,
        _lines(t),
        chart,
        lang.text(
            "Method: each address that an internal link points to was requested; redirects were followed to their end, canonicals and robots directives read."
        ),
        lang.text(
            "What a link to an error page hands on is lost. A redirect loses nothing by itself, but breaks with the next change."
        ),
    )


def _kind(t: Telling, check: str) -> str:
    """What is wrong with links, short enough for an axis."""
    lang = t.lang
    short = {
        "link-to-broken": lang.text("to error pages"),
        "link-to-redirect": lang.text("to redirects"),
        "redirect-loop": lang.text("into redirect loops"),
        "link-to-noindex": lang.text("to noindex pages"),
        "link-to-canonicalised": lang.text("to pages that name another"),
        "canonical-conflict": lang.text("conflicting canonicals"),
        "link-to-blocked": lang.text("to blocked pages"),
        "nofollow-link": lang.text("with nofollow"),
        "url-twin": lang.text("two addresses, one page"),
        "too-many-links": lang.text("too many on a page"),
    }
    if check in short:
        return short[check]
    return lang.text(CHECKS[check].title) if check in CHECKS else check.replace("-", " ")


def _lines(t: Telling) -> Iterator[str]:
    lang = t.lang
    total = int(t.audit.metrics["linked_from_others"].sum())
    found = t.findings(CHAPTER)
    wrong = int(found.loc[found["check_id"].isin(_AMISS), "value"].sum())
    if total:
        yield lang.text(
            "{wrong} of {all} internal links lead to an error, over a redirect or in a circle.",
            wrong=lang.number(wrong),
            all=lang.number(total),
        )
    else:
        yield lang.text("No page links to another one: there is no link that could lead to an error.")
    broken, loops = t.number("link-to-broken"), t.number("redirect-loop")
    if broken:
        yield lang.plural(
            "{number} linked address answers with an error: what its links hand on is lost.",
            "{number} linked addresses answer with an error: what their links hand on is lost.",
            broken,
        )
    if loops:
        yield lang.plural(
            "{number} address redirects in a circle: neither visitors nor crawlers arrive.",
            "{number} addresses redirect in a circle: neither visitors nor crawlers arrive.",
            loops,
        )
    nofollow = t.number("nofollow-link")
    if nofollow:
        yield lang.plural(
            "Links to {number} page carry nofollow and hand nothing on.",
            "Links to {number} pages carry nofollow and hand nothing on.",
            nofollow,
        )
    twins = t.number("url-twin")
    if twins:
        yield lang.plural(
            "{number} page answers at two addresses, which share what its links bring.",
            "{number} pages answer at two addresses each, which share what their links bring.",
            twins,
        )
