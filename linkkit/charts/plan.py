"""Charts of the plan: which pages to build backlinks to, and what the new internal links would bring, one after the other."""

import altair as alt
import numpy as np
import pandas as pd

from linkkit.charts.answers import Answer
from linkkit.charts.theme import (
    BLUE,
    GREEN,
    GREY,
    INK,
    SKY,
    WIDTH,
    check_rows,
    empty_chart,
    finish,
    gain_scale,
)
from linkkit.charts.words import count, distinct, short_url, units, verb
from linkkit.plan import Proposal
from linkkit.plan.choosing import MONEY_PAGES, ORPHANS
from linkkit.plan.headline import goal_words, plan_headline
from linkkit.plan.link_plan import ORPHANS_FIRST, LinkPlan
from linkkit.plan.robustness import Robustness
from linkkit.wording import fine, signed, times

GOAL, OTHERS = "goal", "other"
GROUPS = (OTHERS, GOAL)
"""Others first: people link to what they can use, seldom to what somebody sells."""
FLIPS = "≈"
"""Behind what does not hold under every model tried."""
WORTH_IT = 1.05
"""Times as much from which on a plan is more than fine tuning: less than that, another damping would change as much."""
PLANNED = "this plan"
EACH = 8
"""Pages of each group that a chart of targets shows."""
_ROW = 24
_LETTERS = 38


# Which page should the next backlink point to


def targets_table(targets: pd.DataFrame, known: Robustness | None = None, *, top: int = EACH) -> pd.DataFrame:  # fmt: skip
    """The best pages for backlinks, those of the goal and others apart.

    Parameters
    ----------
    targets : DataFrame
        `linkkit.plan.backlink_targets`, or its best rows (`linkkit.plan.targets.Landings.best`).
    known : Robustness, optional
        With it the ranks under other models are told.
    top : int
        Pages of each group.

    Returns
    -------
    DataFrame
        One row per page, by group (`GROUPS`), best first: ``group``, the columns of `targets`, ``average`` (mean landing yield of all
        pages), ``rank_low``, ``rank_high`` (best and worst rank by yield over all models), ``holds_in`` (models under which it
        is among the best of its kind; NaN for pages that are not under the audit's own) and ``variants``.
    """
    average = targets["average"] if "average" in targets else targets["landing_yield"].mean()
    rows = targets.assign(group=targets["is_goal"].map({True: GOAL, False: OTHERS}), average=average)
    rows = pd.concat([rows[rows["group"] == name].head(top) for name in GROUPS], ignore_index=True)
    extra = pd.DataFrame(index=rows.index, columns=["rank_low", "rank_high", "holds_in", "variants"], dtype="float64")  # fmt: skip
    if known is not None:
        ranks = known.pages.set_index("page_id")
        best = known.targets.set_index("page_id")
        extra["rank_low"] = rows["page_id"].map(ranks["yield_rank_low"]).astype("float64")
        extra["rank_high"] = rows["page_id"].map(ranks["yield_rank_high"]).astype("float64")
        extra["holds_in"] = rows["page_id"].map(best["holds_in"]).astype("float64")
        extra["variants"] = float(len(known.variants))
    return pd.concat([rows, extra], axis=1)


def targets_chart(table: pd.DataFrame, *, domains: float = 10, goal: str = MONEY_PAGES, basis: str = "referring domains", model: str = "", source: str = "") -> alt.Chart:  # fmt: skip
    """Dots and bars: landing yield against the site's average, and what new domains would bring; goal pages and others apart.

    Parameters
    ----------
    table : DataFrame
        `targets_table`.
    domains : float
        New referring domains that the gains are for.
    basis : str
        What the numbers behind the addresses count (``audit.authority.entry.basis``).
    """
    if table.empty:
        return empty_chart("No live page could take a backlink.", title="There is no page to build backlinks to", notes=(model, source))  # fmt: skip
    shown = check_rows(table).copy()
    known = basis != "start page"
    shown["flips"] = (shown["holds_in"] < shown["variants"]).to_numpy()
    shown["label"] = distinct([
        short_url(url, _LETTERS) + (f" · {now:,.0f}" if known else "") + (f" {FLIPS}" if flips else "")
        for url, now, flips in zip(shown["url"], shown["referring_domains"], shown["flips"], strict=True)
    ])  # fmt: skip
    shown["units"], shown["site"] = shown["landing_yield"] * 100, shown["average"] * 100
    shown["percent"] = shown["gain"] * 100
    shown["yield_note"] = [units(share) for share in shown["landing_yield"]]
    shown["gain_note"] = [f"+{share * 100:.1f} %" for share in shown["gain"]]
    shown["fit_note"] = ["" if np.isnan(fit) else f"{fit:.2f}" for fit in shown["topical_fit"]]
    most = (float(shown["units"].max()), float(shown["percent"].max()))
    panels = [
        _target_rows(shown[shown["group"] == group], group, most, domains, goal)
        for group in GROUPS
        if (shown["group"] == group).any()
    ]
    counted = f"Behind each address its {basis} today. " if known else ""
    flipped = f"{FLIPS} Not among the best of its kind under every model tried. " if shown["flips"].any() else ""  # fmt: skip
    fit = "Topical fit: how close its text is to the closest page of the goal (0 to 1)." if shown["fit_note"].any() else ""  # fmt: skip
    return finish(
        alt.vconcat(*panels, spacing=18),
        title=targets_headline(table, domains, goal),
        notes=(f"{counted}Grey line: the site's average page. {flipped}{fit}", model, source),
        description="; ".join(
            f"{label}: yield {lands} of 100, {gain}"
            for label, lands, gain in zip(
                shown["label"], shown["yield_note"], shown["gain_note"], strict=True
            )
        ),
    )


def targets_headline(table: pd.DataFrame, domains: float, goal: str) -> str:
    """Which page the next backlinks should point to, in a sentence."""
    others = table[table["group"] == OTHERS]
    rows = others if len(others) else table
    best = rows.iloc[0]
    first = "Backlinks" if rows is table else f"Outside the {goal_words(goal)}, backlinks"
    return (
        f"{first} are worth most on {short_url(str(best['url']), 44)}: {units(float(best['landing_yield']))} of 100 units reach {goal_words(goal)} "
        f"(average page {units(float(best['average']))}); {count(domains, 'new domain')} would bring {float(best['gain']) * 100:.1f}\u00a0% more"
    )


def group_words(group: str, goal: str) -> str:
    """A group of `targets_table` as a heading."""
    if group == OTHERS:
        return "Other pages: articles, guides, tools, lists"
    words = goal_words(goal)
    return f"{words[0].upper()}{words[1:]}"


def _target_rows(rows: pd.DataFrame, group: str, most: tuple[float, float], domains: float, goal: str) -> alt.HConcatChart:  # fmt: skip
    """One group: addresses, dots of yield, bars of gain, topical fit."""
    order = list(rows["label"])
    height = _ROW * len(order)
    tips = [alt.Tooltip("url:N", title="Page"), alt.Tooltip("title:N", title="Title"), alt.Tooltip("reason:N", title="Why"),
            alt.Tooltip("topical_fit:Q", title="Topical fit", format=".2f")]  # fmt: skip
    base = alt.Chart(rows)
    named = alt.Y("label:N", sort=order, title=None, axis=alt.Axis(domain=False, tickSize=0, labelPadding=8, minExtent=270, maxExtent=270))  # fmt: skip
    bare = alt.Y("label:N", sort=order, title=None, axis=None)
    lands = alt.X("units:Q", title=f"Reach {goal_words(goal)}, of 100 units", scale=alt.Scale(domain=[0, max(most[0] * 1.22, 0.1)], nice=False), axis=alt.Axis(tickCount=4))  # fmt: skip
    stems = base.mark_rule(color=SKY, strokeWidth=2).encode(y=named, x=lands, x2=alt.X2("site:Q"))
    dots = base.mark_circle(size=90, opacity=1, color=BLUE if group == OTHERS else GREEN).encode(y=named, x=lands, tooltip=tips)  # fmt: skip
    said = base.mark_text(align="left", dx=9, fontSize=11.5, color=INK).encode(y=named, x=lands, text=alt.Text("yield_note:N"))  # fmt: skip
    average = alt.Chart(rows.head(1)).mark_rule(color=GREY, strokeWidth=1.5).encode(x=alt.X("site:Q"))
    brings = alt.X("percent:Q", title=f"More with {count(domains, 'new domain')}, in %", scale=alt.Scale(domain=[0, max(most[1] * 1.36, 0.1)], nice=False), axis=alt.Axis(tickCount=3))  # fmt: skip
    bars = base.mark_bar(height=alt.RelativeBandSize(0.6), color=SKY).encode(y=bare, x=brings, tooltip=tips)
    gains = base.mark_text(align="left", dx=5, fontSize=11.5, color=INK).encode(y=bare, x=brings, text=alt.Text("gain_note:N"))  # fmt: skip
    parts = [
        alt.layer(average, stems, dots, said).properties(width=210, height=height),
        alt.layer(bars, gains).properties(width=170, height=height),
    ]
    if rows["fit_note"].any():
        # A column of numbers: its heading stands where the other columns have their axis.
        where = alt.X("place:Q", title="Topical fit", scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(labels=False, ticks=False, domain=False, grid=False))  # fmt: skip
        parts.append(
            alt.Chart(rows.assign(place=0.5)).mark_text(fontSize=11.5, color=INK).encode(y=bare, x=where, text=alt.Text("fit_note:N")).properties(width=56, height=height)
        )  # fmt: skip
    row: alt.HConcatChart = alt.hconcat(*parts, spacing=14).properties(
        title=alt.TitleParams(text=group_words(group, goal), fontSize=13, offset=4, anchor="start")
    )
    return row


# Which few links make it worth most


def plan_answer(proposal: Proposal, enters: str = "authority that backlinks bring") -> Answer:
    """The answer of the notebook on the plan: what it brings, under which model, how sure that is."""
    plan = proposal.plan
    if plan is None:
        return Answer("unknown", proposal.lacks)
    words = f"{plan_headline(plan, enters)} ({plan.model[0].lower()}{plan.model[1:]})."
    if plan.links.empty:
        return Answer("good", words)
    worth = plan.before <= 0 or plan.multiple >= WORTH_IT or bool((plan.links["goal"] == ORPHANS).any())
    return Answer("fix" if worth else "look", words, holds_words(proposal))


def holds_words(proposal: Proposal) -> str:
    """How many of a plan's links gain under every model, in a sentence; empty where there are none."""
    held = proposal.holds
    if held is None or held.empty:
        return ""
    every, models = int((~held["flips"]).sum()), int(held["variants"].iloc[0])
    head = f"All {len(held):,} links" if every == len(held) else f"{every:,} of {count(len(held), 'link')}"
    if len(held) == 1:
        head = "The link" if every else "Not even one link"
    gain = "gains" if len(held) == 1 else verb(every, "gains")
    return f"{head} {gain} under all {models} models tried (damping 0.5 to 0.95, both weight models)."


def plan_chart(steps: pd.DataFrame, *, goal: str = MONEY_PAGES, title: str = "", model: str = "", source: str = "") -> alt.Chart:  # fmt: skip
    """Stairs: how much more reaches the goal after each link of a plan.

    Parameters
    ----------
    steps : DataFrame
        `linkkit.plan.plan_steps`.
    title : str
        `plan_headline`.
    """
    if len(steps) < 2:
        return empty_chart("There is no link to add.", title=title or "No link plan", notes=(model, source))
    shown = check_rows(steps).copy()
    today = float(shown["goal_share"].iloc[0])
    shown["more"] = (shown["goal_share"] - today) * 100
    shown["share"] = shown["goal_share"] * 100
    shown["added"] = shown["gain"] * 100
    shown["link"] = ["today" if not s else f"{short_url(s)} → {short_url(t)}" for s, t in zip(shown["source"], shown["target"], strict=True)]  # fmt: skip
    last = len(shown) - 1
    base = alt.Chart(shown).encode(
        x=alt.X("number:Q", title="Links made, in the plan's order", scale=alt.Scale(domain=[0, last * 1.12], nice=False), axis=alt.Axis(values=_whole_steps(last), format="d", grid=False)),
        y=alt.Y("more:Q", title=f"More units that reach {goal_words(goal)}, of 100", axis=alt.Axis(tickCount=5), scale=gain_scale(float(shown["more"].min()), float(shown["more"].max()))),
    )  # fmt: skip
    stairs = base.mark_area(interpolate="step-after", color=SKY, opacity=0.35)
    edge = base.mark_line(interpolate="step-after", color=BLUE, strokeWidth=2)
    dots = base.mark_circle(size=46, color=BLUE, opacity=1).encode(
        tooltip=[alt.Tooltip("number:Q", title="Links made"), alt.Tooltip("link:N", title="The last one"),
                 alt.Tooltip("share:Q", title="Reach the goal, of 100", format=".2f"),
                 alt.Tooltip("added:Q", title="More by this link", format=".3f")],
    )  # fmt: skip
    final = float(shown["goal_share"].iloc[last])
    ends = shown.iloc[[last]].assign(note=[signed(final - today)])
    end = alt.Chart(ends).mark_text(align="left", dx=9, fontSize=13, fontWeight=600, color=INK).encode(x=alt.X("number:Q"), y=alt.Y("more:Q"), text=alt.Text("note:N"))  # fmt: skip
    is_rising = bool((shown["gain"] > -1e-12).all())
    halfway = f"Half of the gain comes from the first {count(_half(shown['more']), 'link')}." if last > 2 and is_rising and shown["more"].iloc[-1] > 0 else ""  # fmt: skip
    dips = (
        ""
        if is_rising
        else "Links to pages out of reach come first: they take a little from others, and give to pages that got nothing."
    )
    return finish(
        alt.layer(stairs, edge, dots, end).properties(width=WIDTH - 40, height=240),
        title=title,
        notes=(f"Today {fine(today)} of 100, {fine(final)} with all links. {halfway}{dips}", model, source),
        description="; ".join(
            f"{number} links: {share:.2f} of 100"
            for number, share in zip(shown["number"], shown["share"], strict=True)
        ),
    )


def _whole_steps(last: int) -> list[int]:
    step = max(1, round(last / 10))
    return list(range(0, last + 1, step))


def _half(more: pd.Series) -> int:
    """How many links bring half of what all bring."""
    return int((more.to_numpy() >= float(more.iloc[-1]) / 2 - 1e-12).argmax())


def comparison_chart(plan: LinkPlan | None, *, model: str = "", source: str = "") -> alt.Chart:
    """Bars: what as many links bring that are chosen in other ways, the range of random choices as a line."""
    if plan is None or plan.links.empty:
        return empty_chart("There is no plan to compare.", title="No link plan", notes=(model, source))
    made = int(plan.comparison["links"].iloc[0])
    goal, aside = plan.goal, ""
    if plan.goal == ORPHANS_FIRST and (plan.links["goal"] == ORPHANS).any():
        # Where these take all links there is nothing else to compare.
        goal = ORPHANS if (plan.links["goal"] == ORPHANS).all() else MONEY_PAGES
        aside = "" if goal == ORPHANS else "Links to pages out of reach are made in any case; compared is the rest. "  # fmt: skip
    # Beside links to pages out of reach, which are made in any case, only the rest is compared.
    before = float((plan.comparison["after"] - plan.comparison["gain"]).iloc[0])
    table = plan.comparison.assign(
        label=[_METHODS.get(name, name) for name in plan.comparison["method"]],
        more=(plan.comparison["after"] - before) * 100,
        least=(plan.comparison["low"] - before) * 100,
        best=(plan.comparison["high"] - before) * 100,
        is_plan=plan.comparison["method"] == PLANNED,
    ).sort_values("more", ascending=False, kind="stable")
    table["note"] = [
        f"{more:+.2f}" + (f"  ({low:+.2f} to {high:+.2f})" if high - low > 1e-9 else "")
        for more, low, high in zip(table["more"], table["least"], table["best"], strict=True)
    ]
    order = list(table["label"])
    scale = gain_scale(float(table["least"].min()), float(table["best"].max()), room=0.3)
    base = alt.Chart(check_rows(table)).encode(
        y=alt.Y("label:N", sort=order, title=None, axis=alt.Axis(domain=False, tickSize=0, labelPadding=8))
    )
    at = alt.X("more:Q", title=f"More units that reach {goal_words(goal)}, of 100", scale=scale)
    bars = base.mark_bar(height=alt.RelativeBandSize(0.6)).encode(
        x=at, color=alt.condition("datum.is_plan", alt.value(GREEN), alt.value(GREY)),
        tooltip=[alt.Tooltip("label:N", title="Chosen"), alt.Tooltip("more:Q", title="More units of 100", format=".3f"),
                 alt.Tooltip("least:Q", title="Least", format=".3f"), alt.Tooltip("best:Q", title="Most", format=".3f")],
    )  # fmt: skip
    ranges = base.transform_filter("datum.best > datum.least").mark_rule(color=INK, strokeWidth=2).encode(x=alt.X("least:Q", scale=scale), x2=alt.X2("best:Q"))  # fmt: skip
    said = base.mark_text(align="left", dx=7, fontSize=12, color=INK).encode(x=alt.X("best:Q", scale=scale), text=alt.Text("note:N"))  # fmt: skip
    return finish(
        alt.layer(bars, ranges, said).properties(width=WIDTH - 210, height=34 * len(table)),
        title=comparison_headline(table, made),
        notes=(
            f"{aside}Each way chooses {count(made, 'link')} from the same {count(plan.candidates, 'candidate')} under the same limits. Black line: the range of 20 random choices.",
            model,
            source,
        ),
        description="; ".join(f"{label}: {note}" for label, note in zip(table["label"], table["note"], strict=True)),
    )  # fmt: skip


_METHODS = {
    PLANNED: "This plan",
    "from the pages with most authority": "From the strongest pages",
    "by hand-set weights": "By hand-set weights",
    "at random": "At random (mean)",
}


def comparison_headline(table: pd.DataFrame, made: int) -> str:
    """What planning is worth against the best of the other ways, in a sentence; `table` has ``is_plan`` and ``more``."""
    own = float(table.loc[table["is_plan"], "more"].iloc[0])
    others = table[~table["is_plan"]]
    best = others.sort_values("more", ascending=False, kind="stable").iloc[0]
    words = str(best["label"])
    if made == 0 or own - float(best["more"]) < 0.005:
        return f"As many links chosen otherwise bring as much: {words.lower()}"
    if float(best["more"]) <= 0:
        return f"{count(made, 'planned link')} {verb(made, 'brings')} {own:+.2f} units of 100; chosen otherwise as many bring nothing"
    return (
        f"{count(made, 'planned link')} {verb(made, 'brings')} {times(own / float(best['more']))} times as much as the same "
        f"number chosen the next best way ({words[0].lower()}{words[1:]})"
    )
