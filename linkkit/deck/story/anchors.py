"""Chapter three told: whether the words of links say where they lead."""

from collections.abc import Iterator

from linkkit.charts.anchor_fit import LABELS, anchor_verdicts_table
from linkkit.charts.anchors import CONTENT, anchor_kinds_table, top_anchors_table
from linkkit.deck.story import terms
from linkkit.deck.story.parts import Chart, Role, Slide, Table, TableColumn
from linkkit.deck.story.telling import MOST_ROWS, Telling, described, series
from linkkit.text.kinds import POOR

CHAPTER = "anchors"
_ROLES: dict[str, Role] = {
    "descriptive": "good",
    "generic": "bad",
    "empty": "bad",
    "url": "warn",
    "pagination": "quiet",
}
_MIX: dict[str, Role] = {
    "exact title": "good",
    "partial title": "good",
    "descriptive": "good",
    "review": "second",
    "weak - review": "warn",
    "irrelevant": "warn",
    "generic": "bad",
    "address": "bad",
    "empty": "bad",
}


def anchors_slides(t: Telling) -> Iterator[Slide]:
    """The chapter's slides, the main one first."""
    yield _main(t)
    for each in (_mix(t), _texts(t)):
        if each is not None:
            yield each


def _main(t: Telling) -> Slide:
    lang, table = t.lang, anchor_kinds_table(t.audit)
    rows = table[table["place"] == CONTENT]
    where = rows if len(rows) else table
    total = int(where["links"].sum())
    poor = int(where.loc[where["kind"].isin(POOR), "links"].sum())
    if not total:
        title = lang.text("No text of a link between two pages is known")
    elif poor:
        title = lang.plural(
            "{number} of {all} links does not say where it leads",
            "{number} of {all} links do not say where they lead",
            poor,
            all=lang.number(total),
        )
    else:
        title = lang.plural(
            "The only link has words that can describe its target",
            "All {number} links have words that can describe their target",
            total,
        )
    chart = None
    if total:
        names = [lang.text(str(label)) for label in where["label"]]
        chart = Chart(
            name="anchors",
            kind="bars",
            title=title,
            categories=tuple(names),
            series=(series(lang.text("Links"), where["links"]),),
            roles=tuple(_ROLES.get(str(kind), "main") for kind in where["kind"]),
            value_title=lang.text("Links in the content") if len(rows) else lang.text("Links"),
            note=lang.text(
                "Links from page to page; for links of images the alternative text counts. Links of menus and footers are left out."
            )
            if len(rows)
            else lang.text("Links from page to page; for links of images the alternative text counts."),
            alt=described(title, names, [lang.number(links) for links in where["links"]]),
        )
    return t.main_slide(
        CHAPTER,
        title,
        _lines(t, poor, total),
        chart,
        lang.text(
            "Method: the text of a link is what a screen reader says: its label, else its words, else the alternative text of its image, else its title."
        ),
        lang.text(
            "The words of internal links tell readers and search engines what a page is about. Generic words such as “read more”, empty links and bare addresses say nothing."
        ),
    )


def _lines(t: Telling, poor: int, total: int) -> Iterator[str]:
    lang = t.lang
    if not total:
        yield lang.text("The words of a link should name the page behind it. Here there are none to read.")
    if poor and total:
        yield lang.text("That is {share} of the links counted here.", share=lang.percent(poor / total))
    ambiguous, misleading = t.number("ambiguous-anchor"), t.number("misleading-anchor")
    if ambiguous:
        yield lang.plural(
            "{number} text leads to several different pages: readers cannot tell them apart.",
            "{number} texts lead to several different pages each: readers cannot tell them apart.",
            ambiguous,
        )
    if misleading:
        yield lang.plural(
            "{number} text names another page than the one it leads to.",
            "{number} texts name another page than the one they lead to.",
            misleading,
        )
    weak = t.number("weak-anchor")
    if weak:
        yield lang.plural(
            "{number} text has hardly a word in common with the page behind it.",
            "{number} texts have hardly a word in common with the page behind them.",
            weak,
        )
    if total and not any([poor, ambiguous, misleading, weak]):
        yield lang.text("No text is generic, empty or misleading as far as it can be judged.")
    if t.audit.facts.no_text:
        yield lang.text(
            "Whether texts fit the page behind them was not judged: {reason}",
            reason=terms.reason(lang, t.audit.facts.no_text),
        )


def _mix(t: Telling) -> Slide | None:
    lang, table = t.lang, anchor_verdicts_table(t.audit)
    if table.empty:
        return None
    names = [lang.text(LABELS.get(str(row["verdict"]), str(row["label"]))) for row in table.to_dict("records")]  # fmt: skip
    good = float(table.loc[table["verdict"].map(lambda v: _MIX.get(str(v))) == "good", "share"].sum())
    title = lang.text(
        "{share} of the links in running text use words that fit the page behind them",
        share=lang.percent(good),
    )
    links = int(table["links"].sum())
    chart = Chart(
        name="anchors.mix",
        kind="bars",
        title=title,
        categories=tuple(names),
        series=(series(lang.text("Share of links"), table["share"]),),
        roles=tuple(_MIX.get(str(verdict), "quiet") for verdict in table["verdict"]),
        value_kind="share",
        value_title=lang.text("Share of the links in running text"),
        note=lang.plural(
            "{number} link, counted once for each text and target of a page.",
            "{number} links, counted once for each text and target of a page.",
            links,
        ),
        alt=described(title, names, [lang.percent(share) for share in table["share"]]),
    )
    return Slide(
        name="anchors.mix",
        chapter=CHAPTER,
        title=title,
        kicker=t.chapter(CHAPTER),
        chart=chart,
        lines=(
            lang.text(
                "A mix of the page's title, parts of it and other fitting words is natural; one text in every link is no fault."
            ),
        ),
        tone="look" if {"bad", "warn"} & set(chart.roles) else "good",
        notes=t.notes(
            CHAPTER,
            lang.text(
                "Method: the words of each link are held against title, headings, address and text of the page it leads to, and against the same words shuffled over the site's pages."
            ),
        ),
    )


def _texts(t: Telling) -> Slide | None:
    lang, table = t.lang, top_anchors_table(t.audit)
    several = table[table["targets"] >= t.audit.thresholds.ambiguous_anchor_targets]
    several = several[several["kind"] == "descriptive"]
    if several.empty:
        return None
    total = max(len(several), t.number("ambiguous-anchor"))
    title = lang.plural(
        "{number} text stands in links to different pages", "{number} texts stand in links to different pages", total
    )  # fmt: skip
    rows = tuple(
        (str(row["anchor"]), int(row["targets"]), int(row["links"]))
        for row in several.head(MOST_ROWS).to_dict("records")
    )
    return Slide(
        name="anchors.texts",
        chapter=CHAPTER,
        title=title,
        kicker=t.chapter(CHAPTER),
        table=Table(
            "anchors.texts",
            lang.text("Link texts that lead to several pages"),
            (
                TableColumn(lang.text("Link text"), "text", 3.0),
                TableColumn(lang.text("Pages it leads to"), "whole", 1.0),
                TableColumn(lang.text("Links"), "whole", 1.0),
            ),
            rows,
            total,
        ),
        todo=lang.text("Keep the words for one page and describe the others by what sets them apart."),
        tone="look",
        notes=t.notes(CHAPTER),
    )
