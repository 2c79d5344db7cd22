"""Chapter five told: where the authority that backlinks bring ends."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from linkkit.charts.authority import CAUSES, section_ledgers_table
from linkkit.charts.balance import EVEN, OVER, UNDER, link_balance_table
from linkkit.charts.stalls import BEST, WORST, landing_yield_table
from linkkit.deck.story import terms
from linkkit.deck.story.parts import Chart, Role, Series, Slide
from linkkit.deck.story.telling import Telling, described, described_columns, series
from linkkit.folding import Leak
from linkkit.metrics.authority import LEAKS, MONEY, NON_INDEXABLE, OTHER

CHAPTER = "authority"
_POINTS = 150
_EACH = 5
_SECTIONS = 8


def authority_slides(t: Telling) -> Iterator[Slide]:
    """The chapter's slides, the main one first."""
    yield _main(t)
    for each in (_ledger(t), _landing(t), _balance(t)):
        if each is not None:
            yield each


def _main(t: Telling) -> Slide:
    lang, audit = t.lang, t.audit
    ledger = audit.ledger
    lost = float(ledger[list(LEAKS)].sum())
    if audit.authority.money.any():
        title = lang.text(
            "Of 100 units of authority, {money} reach money pages and {lost} are lost",
            money=t.units(audit.captured),
            lost=t.units(lost),
        )
    else:
        title = lang.text(
            "Of 100 units of authority, {lost} are lost; no money pages are known", lost=t.units(lost)
        )
    return t.main_slide(
        CHAPTER,
        title,
        _lines(t, ledger),
        _by_section(t),
        lang.text(
            "Method: authority enters where backlinks land, in proportion to referring domains. On each page a part settles, the rest moves on along its links; links in the content weigh more than those of menus and footers."
        ),
        lang.text(
            "Weight of links that lead to no live page of the site leaks. What settles and what leaks adds up to 100 units: nothing is counted twice."
        ),
        t.model,
    )


def _lines(t: Telling, ledger: pd.Series) -> Iterator[str]:
    lang, audit = t.lang, t.audit
    lost = ledger[list(LEAKS)]
    if float(lost.sum()) > 0:
        cause = Leak(str(lost.idxmax()))
        yield lang.text(
            "Most of what is lost is lost through: {cause} ({units} of 100).",
            cause=lang.text(CAUSES[cause]),
            units=t.units(float(lost.max())),
        )
    table = landing_yield_table(audit)
    best = table[table["group"] == BEST]
    if len(best):
        yield lang.text(
            "Apart from money pages, a backlink brings most at {page}: {units} of 100 units reach money pages from there.",
            page=t.page(str(best["url"].iloc[0])),
            units=t.units(float(best["landing_yield"].iloc[0])),
        )
    stalled, gone = t.number("stalled-landing-page"), t.number("backlinks-lost")
    if stalled:
        yield lang.plural(
            "{number} page with backlinks leads to no money page.",
            "{number} pages with backlinks lead to no money page.",
            stalled,
        )
    if gone:
        yield lang.plural(
            "Backlinks to {number} address land on no live page.",
            "Backlinks to {number} addresses land on no live page.",
            gone,
        )
    if audit.authority.entry.basis == "start page":
        yield lang.text("No backlinks are known: everything is taken to enter at the start page.")
    if not audit.manifest.complete:
        yield lang.text("The crawl is incomplete: what moves on to pages that nobody crawled counts as lost.")


def _by_section(t: Telling) -> Chart | None:
    lang = t.lang
    table = section_ledgers_table(t.audit, top=_SECTIONS)
    if table.empty:
        return None
    known = bool(table[MONEY].notna().any())
    ends: list[tuple[str, Role, pd.Series]] = [
        (lang.text("Money pages"), "money", table[MONEY].fillna(0.0)),
        (lang.text("Other pages"), "quiet", table[OTHER].fillna(0.0) + table[NON_INDEXABLE].fillna(0.0)),
        (lang.text("Lost"), "bad", table[list(LEAKS)].fillna(0.0).sum(axis=1)),
    ]
    kept = ends if known else ends[1:]
    title = lang.text("Where 100 units end that land in each section")
    names = t.names(table["section"])
    drawn = tuple(series(name, values * 100, role) for name, role, values in kept)
    return Chart(
        name="authority",
        kind="stacked_bars",
        title=title,
        categories=names,
        series=drawn,
        value_kind="units",
        value_title=lang.text("Units of 100 that land in the section"),
        note=lang.text("Each bar: 100 units that land in that section. A model with damping {damping}, not confirmed by search engines.", damping=t.damping),
        alt=described_columns(title, names, drawn, t.tenths),
    )  # fmt: skip


def _ledger(t: Telling) -> Slide | None:
    """Waterfall from what enters down to what settles on money pages."""
    lang, ledger = t.lang, t.audit.ledger
    if not float(ledger.sum()) > 0:
        return None
    known = bool(t.audit.authority.money.any())
    lost = ledger[list(LEAKS)]
    lost = lost[lost > 0].sort_values(ascending=False, kind="stable")
    steps: list[tuple[str, float, Role]] = [(lang.text("enters"), 100.0, "main")]
    steps += [(_cause(t, str(cause)), -100 * float(share), "bad") for cause, share in lost.items()]
    other, outside = float(ledger[OTHER]), float(ledger[NON_INDEXABLE])
    if outside > 0:
        steps.append((lang.text("outside the index"), -100 * outside, "warn"))
    if known:
        steps.append((lang.text("other pages"), -100 * other, "quiet"))
        last, rest, role = lang.text("money pages"), float(ledger[MONEY]), "money"
    else:
        last, rest, role = lang.text("pages of the index"), other + float(ledger[MONEY]), "second"
    names = [name for name, _, _ in steps] + [last]
    values = [value for _, value, _ in steps] + [100 * rest]
    title = lang.text("{lost} of 100 units are lost on their way, {kept} stay on the site", lost=t.units(float(lost.sum())), kept=t.units(1 - float(lost.sum())))  # fmt: skip
    roles: list[Role] = [each for _, _, each in steps]
    roles.append("money" if role == "money" else "second")
    chart = Chart(
        name="authority.ledger",
        kind="waterfall",
        title=title,
        categories=tuple(names),
        series=(series(lang.text("Units of 100"), values),),
        value_kind="units",
        value_title=lang.text("Units of 100"),
        roles=tuple(roles),
        totals=(last,),
        note=t.model,
        alt=described(title, names, [lang.number(value, 1) for value in values]),
    )
    return Slide(
        name="authority.ledger",
        chapter=CHAPTER,
        title=title,
        kicker=t.chapter(CHAPTER),
        lines=(
            lang.text("Step by step: what enters the site, what each cause takes away, what is left."),
            lang.text("Red is lost: the links lead to no live page of the site. The last step before the end settles on pages that do not earn."),
        ),
        chart=chart,
        tone="fix" if float(lost.sum()) > 0.2 else "look" if float(lost.sum()) > 0 else "good",
        notes=t.notes(
            CHAPTER,
            lang.text("Links to other sites are no fault by themselves: they are part of the web, and shown for the balance."),
            t.model,
        ),
    )  # fmt: skip


def _cause(t: Telling, cause: str) -> str:
    """A cause of loss, short enough for an axis."""
    lang = t.lang
    return {
        Leak.EXTERNAL: lang.text("other sites"),
        Leak.NOFOLLOW: lang.text("nofollow"),
        Leak.BROKEN: lang.text("error pages"),
        Leak.REDIRECT_LOOP: lang.text("loops"),
        Leak.BLOCKED: lang.text("blocked pages"),
        Leak.OFF_SITE_CANONICAL: lang.text("foreign canonicals"),
        Leak.NOT_CRAWLED: lang.text("not crawled"),
        Leak.DEAD_END: lang.text("dead ends"),
    }[Leak(cause)]


def _landing(t: Telling) -> Slide | None:
    """Pages from which a backlink brings most and least."""
    lang, table = t.lang, landing_yield_table(t.audit, each=_EACH)
    if table.empty:
        return None
    best, worst = table[table["group"] == BEST], table[table["group"] == WORST]
    rows = pd.concat([best, worst], ignore_index=True)
    if rows.empty:
        return None
    names = t.pages(rows["url"].astype(str))
    title = lang.text("Apart from money pages, a backlink is worth most at {page}", page=t.page(str(best["url"].iloc[0])))  # fmt: skip
    chart = Chart(
        name="authority.landing",
        kind="bars",
        title=title,
        categories=names,
        series=(series(lang.text("Units of 100 that reach money pages"), rows["landing_yield"].astype(float) * 100),),
        value_kind="units",
        value_title=lang.text("Of 100 units that land there, so many reach money pages"),
        roles=tuple("good" if group == BEST else "warn" for group in rows["group"]),
        note=lang.text("The pages from which most, and least, reaches money pages; money pages themselves are left out."),
        alt=described(title, names, [lang.number(float(share) * 100, 1) for share in rows["landing_yield"]]),
    )  # fmt: skip
    return Slide(
        name="authority.landing",
        chapter=CHAPTER,
        title=title,
        kicker=t.chapter(CHAPTER),
        lines=(
            lang.text("The same backlink is worth more or less by where it lands: what counts is how its page leads on."),
        ),
        chart=chart,
        tone=None,
        notes=t.notes(CHAPTER, lang.text("Landing yield: of authority that lands on a page, the share that settles on money pages in the end."), t.model),
    )  # fmt: skip


def _balance(t: Telling) -> Slide | None:
    """Scatter of links received against importance."""
    lang, table = t.lang, link_balance_table(t.audit, most=_POINTS)
    if table.empty:
        return None
    over, under = t.number("over-linked-page"), t.number("under-linked-page")
    if under:
        title = lang.plural(
            "{number} money page gets far fewer links than it is worth",
            "{number} money pages get far fewer links than they are worth",
            under,
        )
    elif over:
        title = lang.plural(
            "{number} page gets far more links than it is worth",
            "{number} pages get far more links than they are worth",
            over,
        )
    else:
        title = lang.text("Links and importance of pages are in proportion")
    kinds: list[tuple[str, str, Role]] = [
        (UNDER, lang.text("Too few links"), "bad"),
        (OVER, lang.text("More links than it is worth"), "warn"),
        (EVEN, lang.text("In proportion"), "quiet"),
    ]
    drawn = []
    for state, name, role in kinds:
        rows = table[table["state"] == state]
        if rows.empty:
            continue
        labels = tuple(t.page(str(url), 28) if state != EVEN and place < 6 else "" for place, url in enumerate(rows["url"]))  # fmt: skip
        drawn.append(
            Series(
                name,
                tuple(rows["link_share"].astype(float)),
                role,
                x=tuple(np.nan_to_num(rows["importance"].astype(float)).tolist()),
                labels=labels,
            )
        )
    signals = lang.listed([terms.signal_name(lang, name) for name in t.audit.facts.importance_signals])
    chart = Chart(
        name="authority.balance",
        kind="scatter",
        title=title,
        categories=(),
        series=tuple(drawn),
        value_kind="share",
        value_title=lang.text("Share of the site's link weight"),
        category_title=lang.text("Share of the site's importance"),
        x_kind="share",
        note=lang.text("Importance: mean share of {signals}.", signals=signals),
        alt="; ".join([title, *(f"{each.name}: {lang.number(len(each.values))}" for each in drawn)]),
    )
    lines = []
    if under:
        lines.append(lang.text("A page below the others in its column gets fewer links than pages that are worth as much."))  # fmt: skip
    if over:
        lines.append(lang.plural("{number} page gets far more links than it is worth; links to it could point elsewhere.", "{number} pages get far more links than they are worth; links to them could point elsewhere.", over))  # fmt: skip
    return Slide(
        name="authority.balance",
        chapter=CHAPTER,
        title=title,
        kicker=t.chapter(CHAPTER),
        lines=tuple(lines),
        chart=chart,
        tone="fix" if under else "look" if over else "good",
        notes=t.notes(
            CHAPTER,
            lang.text("Method: each dot is an indexable page. To the right: more important by the signals named; upwards: more link weight received."),
            t.model,
        ),
    )  # fmt: skip
