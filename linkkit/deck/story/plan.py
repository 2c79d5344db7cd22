"""What to do, told: the link plan, the order of work, and the pages to build backlinks to."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from linkkit.deck.saying import wins_in
from linkkit.deck.story import terms
from linkkit.deck.story.parts import Chart, Slide, Table, TableColumn
from linkkit.deck.story.readiness import plan_sentence
from linkkit.deck.story.telling import MOST_ROWS, Telling, described, series
from linkkit.plan import LinkPlan, work_plan
from linkkit.plan.effort import WORK_WORDS, Work
from linkkit.readiness import anchor_themes, first_targets
from linkkit.readiness.targets import DOMAINS
from linkkit.wording import shorten

CHAPTER = "plan"
_WEEKS = 8
_STEPS = 11
_EACH = 5
_LETTERS = 60
_TITLE_LETTERS = 110


def plan_slides(t: Telling) -> Iterator[Slide]:
    """The link plan, the order of work, the pages to build backlinks to."""
    yield _links(t)
    yield _order(t)
    yield _targets(t)


def _kicker(t: Telling) -> str:
    return t.lang.text("What to do")


def _links(t: Telling) -> Slide:
    lang, plan = t.lang, t.plan
    if plan is None or plan.links.empty:
        if plan is not None:
            title = lang.text("No link that is missing and relevant would bring more to money pages")
        elif t.audit.authority.money.any():
            title = lang.text("No link plan was made: the site is too large to be planned as a whole")
        else:
            title = lang.text("No link plan was made: no money pages are known")
        return Slide(
            name="plan",
            chapter=CHAPTER,
            title=title,
            kicker=_kicker(t),
            lines=(plan_sentence(t),),
            tone="look" if plan is not None else "unknown",
            notes=_method(t),
        )
    links = plan.links
    title = lang.plural(
        "{number} new link brings {after} instead of {before} of 100 units to money pages",
        "{number} new links bring {after} instead of {before} of 100 units to money pages",
        len(links),
        after=t.units(plan.after),
        before=t.units(plan.before),
    )
    return Slide(
        name="plan",
        chapter=CHAPTER,
        title=title,
        kicker=_kicker(t),
        chart=_steps(t, plan, title),
        table=_links_table(t, links),
        todo=_todo(t, links),
        tone="look",
        notes=_method(t),
    )


def _method(t: Telling) -> str:
    lang = t.lang
    return "\n\n".join(
        [
            lang.text(
                "Method: among links between related pages that are missing today, the one that brings most to money pages is taken, the site is solved again, and so on. No page gets more than a few new links."
            ),
            lang.text("Gain: units of 100 that reach money pages in addition, after the links before it."),
            t.model,
        ]
    )


def _todo(t: Telling, links: pd.DataFrame) -> str:
    """What to do with the links, and what to write where a page has no words for its link."""
    lang = t.lang
    said = lang.text("Add these links in the text of their pages, from the first to the last.")
    unnamed = int((links["phrase"].fillna("") == "").sum()) if "phrase" in links else len(links)
    if not unnamed:
        return said
    if unnamed == len(links) > 1:
        every = lang.text(
            "Each needs a new sentence, for no page names its target yet: the table has words for it."
        )
        return f"{said} {every}"
    more = lang.plural(
        "{number} of them needs a new sentence, for its page does not name the target yet: the table has words for it.",
        "{number} of them need a new sentence each, for their pages do not name the target yet: the table has words for it.",
        unnamed,
    )
    return f"{said} {more}"


def _links_table(t: Telling, links: pd.DataFrame) -> Table:
    lang = t.lang
    shown = links.head(MOST_ROWS)
    names = anchor_themes(t.audit, shown["target_id"].to_numpy(dtype=np.int64))["exact"]
    rows = [
        (
            str(row["source"]),
            str(row["target"]),
            _words(t, str(row.get("phrase") or ""), str(name)),
            100 * float(row["gain"]),
        )
        for row, name in zip(shown.to_dict("records"), names, strict=True)
    ]

    def excerpt(shown: str) -> str:
        return lang.text(
            "The first {shown} of {all}, best first; the workbook lists them all.",
            shown=shown,
            all=lang.number(len(links)),
        )

    return Table(
        "plan",
        lang.text("New links, best first"),
        (
            TableColumn(lang.text("On the page"), "url", 3.0),
            TableColumn(lang.text("Link to"), "url", 3.0),
            TableColumn(lang.text("With the words"), "text", 2.4),
            TableColumn(lang.text("Gain (units of 100)"), "number", 1.0),
        ),
        tuple(rows),
        len(links),
        excerpt(lang.number(len(rows))) if len(links) > len(rows) else "",
        excerpt("{shown}"),
    )


def _words(t: Telling, phrase: str, name: str) -> str:
    """Words that can become the link: those that stand on the page, else the target's own name in a new sentence."""
    if phrase:
        return shorten(phrase, _LETTERS)
    if name:
        return t.lang.text("{words} (new sentence)", words=shorten(name, _LETTERS))
    return t.lang.text("new sentence")


def _steps(t: Telling, plan: LinkPlan, title: str) -> Chart:
    """What reaches money pages after so many links of the plan."""
    lang = t.lang
    shares = [plan.before, *plan.links["goal_after"].astype(float)]
    places = np.unique(np.linspace(0, len(shares) - 1, min(len(shares), _STEPS)).round().astype(int)).tolist()
    names = tuple(
        lang.text("today")
        if place == 0
        else lang.plural("{number} link", "{number} links", place)
        for place in places
    )  # fmt: skip
    values = [100 * shares[place] for place in places]
    return Chart(
        name="plan",
        kind="columns",
        title=title,
        categories=names,
        series=(series(lang.text("Units of 100 that reach money pages"), values),),
        value_kind="units",
        value_title=lang.text("Units of 100 that reach money pages"),
        category_title=lang.text("Links of the plan that are made"),
        roles=tuple("quiet" if place == 0 else "money" for place in places),
        note=t.model,
        alt=described(title, names, [lang.number(value, 1) for value in values]),
    )


# Order of work


def _order(t: Telling) -> Slide:
    lang, wins = t.lang, t.wins
    table = wins.table
    if table.empty:
        return Slide(
            name="plan.order",
            chapter=CHAPTER,
            title=lang.text("There is nothing to do: no finding asks for work"),
            kicker=_kicker(t),
            tone="good",
        )
    shown = wins_in(lang, wins).head(MOST_ROWS)
    hours = float(shown["hours"].sum())
    title = lang.plural(
        "Start here: {number} task, {hours} hours",
        "Start here: {number} tasks, {hours} hours in all",
        len(shown),
        hours=lang.number(hours, 1),
    )
    rows = tuple(
        (
            int(row["rank"]),
            shorten(str(row["title"]), _TITLE_LETTERS),
            lang.text(WORK_WORDS[Work(row["work"])]),
            float(row["hours"]),
            100 * float(row["gain"]) if terms.is_known(row["gain"]) else None,
        )
        for row in shown.to_dict("records")
    )
    note = lang.text(
        "The first {shown} of {all} by value for an hour of work; the workbook lists them all.",
        shown=lang.number(len(shown)),
        all=lang.number(len(table)),
    )
    return Slide(
        name="plan.order",
        chapter=CHAPTER,
        title=title,
        kicker=_kicker(t),
        chart=_weeks(t),
        table=Table(
            "plan.order",
            lang.text("Order of work"),
            (
                TableColumn(lang.text("No."), "whole", 0.5),
                TableColumn(lang.text("What to do"), "text", 5.4),
                TableColumn(lang.text("Kind of work"), "text", 1.8),
                TableColumn(lang.text("Hours"), "number", 0.7),
                TableColumn(lang.text("Gain (units of 100)"), "number", 0.9),
            ),
            rows,
            len(table),
            note,
        ),
        tone="look",
        notes="\n\n".join(
            [
                lang.text("Method: every finding and every link of the plan is a piece of work; what the same edit settles is one piece. Pieces stand in the order of their value for an hour: authority gained, traffic at stake, clicks saved, severity."),
                lang.text("Hours are estimates for one person; they can be set to those of the client's own team. Gains are those of each piece alone."),
                t.model,
            ]
        ),
    )  # fmt: skip


def _weeks(t: Telling) -> Chart | None:
    """What reaches money pages week by week."""
    lang = t.lang
    if not t.audit.authority.money.any():
        return None
    planned = work_plan(t.wins, weeks=_WEEKS)
    weeks = planned.weeks
    if len(weeks) < 2:
        return None
    names = tuple(
        lang.text("today") if week == 0 else lang.text("week {number}", number=lang.number(week))
        for week in weeks["week"]
    )
    values = [100 * float(share) for share in weeks["reached"]]
    title = lang.plural(
        "After {number} week of {hours}, {after} of 100 units reach money pages",
        "After {number} weeks of {hours}, {after} of 100 units reach money pages",
        int(weeks["week"].iloc[-1]),
        hours=lang.plural("{number} hour", "{number} hours", planned.hours_per_week),
        after=t.units(float(weeks["reached"].iloc[-1])),
    )
    return Chart(
        name="plan.order",
        kind="line",
        title=title,
        categories=names,
        series=(series(lang.text("Units of 100 that reach money pages"), values, "money"),),
        value_kind="units",
        value_title=lang.text("Units of 100 that reach money pages"),
        note=lang.text("The site solved again at the end of each week with all that is done."),
        alt=described(title, names, [lang.number(value, 1) for value in values]),
    )


# Where to build backlinks


def _targets(t: Telling) -> Slide:
    lang = t.lang
    table = first_targets(t.audit.readiness, top=_EACH)
    if table.empty:
        return Slide(
            name="targets",
            chapter=CHAPTER,
            title=lang.text("Which pages backlinks should point to cannot be said: no money pages are known"),
            kicker=_kicker(t),
            todo=lang.text("List the pages that earn money, one address, path or pattern a line."),
            tone="unknown",
        )
    others = table[~table["is_goal"]]
    best = (others if len(others) else table).iloc[0]
    page = t.page(str(best["url"]))
    title = (
        lang.text("Apart from money pages, build backlinks to {page} first", page=page)
        if len(others)
        else lang.text("Build backlinks to {page} first", page=page)
    )
    shown = pd.concat([others, table[table["is_goal"]]]).head(MOST_ROWS)
    rows = tuple(
        (
            str(row["url"]),
            lang.text("money page") if row["is_goal"] else lang.text("other page"),
            float(row["referring_domains"]) if terms.is_known(row["referring_domains"]) else None,
            100 * float(row["landing_yield"]),
            100 * float(row["landing_yield_after"]) if terms.is_known(row["landing_yield_after"]) else None,
            100 * float(row["gain"]),
        )
        for row in shown.to_dict("records")
    )
    names = t.pages(shown["url"].astype(str))
    drawn = (
        series(lang.text("Today"), shown["landing_yield"] * 100, "quiet"),
        series(lang.text("With the plan"), shown["landing_yield_after"] * 100, "money"),
    )
    chart = Chart(
        name="targets",
        kind="bars",
        title=title,
        categories=names,
        series=drawn,
        value_kind="units",
        value_title=lang.text("Of 100 units that land there, so many reach money pages"),
        note=lang.text(
            "Each bar: of 100 units that land on that page alone. A model with damping {damping}, not confirmed by search engines.",
            damping=t.damping,
        ),
        alt=described(title, names, [lang.number(value, 1) for value in shown["landing_yield"] * 100]),
    )
    return Slide(
        name="targets",
        chapter=CHAPTER,
        title=title,
        kicker=_kicker(t),
        lines=(
            lang.text("{share} more would reach money pages with {domains} new referring domains there.", share=terms.fine_percent(lang, float(best["gain"])), domains=lang.number(DOMAINS)),
        ),
        chart=chart,
        table=Table(
            "targets",
            lang.text("Pages to build backlinks to"),
            (
                TableColumn(lang.text("Page"), "url", 3.4),
                TableColumn(lang.text("Kind"), "text", 1.2),
                TableColumn(lang.text("Referring domains"), "whole", 1.0),
                TableColumn(lang.text("Reaches money pages today (units of 100)"), "units", 1.1),
                TableColumn(lang.text("With the plan"), "units", 1.1),
                TableColumn(lang.text("Gain with new domains (%)"), "units", 1.1),
            ),
            rows,
            len(table),
            lang.text("Gain: how much more reaches money pages with {domains} new referring domains to that page alone.", domains=lang.number(DOMAINS)),
        ),
        tone="look",
        notes="\n\n".join(
            [
                lang.text("Method: for each page, the share of a unit of authority landing there that settles on money pages in the end. Pages of both kinds are compared by what the same number of new referring domains would bring."),
                lang.text("People link to what they can use, seldom to what somebody sells: pages that are no money pages stand first."),
                t.model,
            ]
        ),
    )  # fmt: skip
