"""What a client is told: numbers are the audit's, texts are short and translatable, and no site is too odd to be told of."""

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from string import Formatter
from urllib.parse import unquote

import numpy as np
import pandas as pd
import pytest

from linkkit.audit import Audit, run_audit
from linkkit.checks import CHECKS
from linkkit.checks.found import Found
from linkkit.checks.registry import CHAPTERS
from linkkit.client import Client
from linkkit.comparison.history import HISTORY
from linkkit.deck.brand import Brand
from linkkit.deck.language import Language, language
from linkkit.deck.story import Chart, Slide, Story, build_story, chapter_slides, terms
from linkkit.deck.story.depth import _worst_sections
from linkkit.deck.story.plan import _todo
from linkkit.deck.story.telling import Telling
from linkkit.deck.story.writing import cell_text
from linkkit.demo import sample_folder
from linkkit.errors import SettingsError
from linkkit.metrics.authority import LEAKS
from linkkit.plan import QuickWins, quick_wins
from linkkit.readiness import State, first_targets
from linkkit.schema import Position
from linkkit.site import Manifest, Site
from linkkit.sources.builder import SiteBuilder
from linkkit.thresholds import Thresholds, knobs
from tests.small_site import START, build_small_site, small_site, with_signals
from tests.text_site import prose_site

TODAY = date(2026, 3, 14)
ALWAYS = (
    "cover", "summary", "readiness", *CHAPTERS, "plan", "plan.order", "targets",
    "appendix.method", "appendix.definitions", "appendix.limits",
)  # fmt: skip
TITLE, LINE, TODO = 112, 165, 240


# Sites


@pytest.fixture(scope="module")
def audit(tmp_path_factory: pytest.TempPathFactory) -> Audit:
    """The small site with signals and hostile pages."""
    site = with_signals(build_small_site(), tmp_path_factory.mktemp("signals"))
    return run_audit(site, Thresholds(max_crawl_depth=2))


@pytest.fixture(scope="module")
def wins(audit: Audit) -> QuickWins:
    return quick_wins(audit, plan=audit.readiness.basis.plan)


@pytest.fixture(scope="module")
def story(audit: Audit, wins: QuickWins) -> Story:
    return build_story(audit, client="Small & Sons", today=TODAY, wins=wins)


def _site(
    pages: dict[str, list[str]], *, start: str = START, stopped_by: str | None = None, money: tuple[str, ...] = (), **facts: object
) -> Site:  # fmt: skip
    """Pages and the pages that their content links to."""
    builder = SiteBuilder(start)
    shared = {"status": 200, "content_type": "text/html", "title": "A page", "h1": "A page", "word_count": 50}
    for path in pages:
        builder.add_page(start + path, shared | {"is_money_page": path in money} | facts)
    for path, targets in pages.items():
        source = builder.target_id(start + path)
        assert source is not None
        builder.add_links(
            source, [(start + each, f"To {each}", Position.CONTENT, False, False, "main") for each in targets]
        )
    return builder.finish(
        Manifest(start_url=start, tool="test", complete=stopped_by is None, stopped_by=stopped_by)
    )


NO_LINKS = (
    "the start page has no links to the site's pages: its links may need JavaScript, or it is a frameset"
)
LONG = "x" * 3000 + "/"
ODD = {
    "one page": lambda: run_audit(_site({"": []})),
    "no links": lambda: run_audit(_site({"": [], "a/": [], "b/": []})),
    "no signals": lambda: run_audit(small_site()),
    "incomplete": lambda: run_audit(build_small_site(complete=False)),
    "javascript": lambda: run_audit(_site({"": [], "a/": ["b/"], "b/": ["a/"]}, stopped_by=NO_LINKS)),
    "nothing crawled": lambda: run_audit(_site({"": [], "a/": []}, status=None)),
    "no findings": lambda: run_audit(_site({"": ["a/"], "a/": [""]})),
    "long addresses": lambda: run_audit(_site({"": [LONG, LONG + "b/"], LONG: [""], LONG + "b/": [LONG]}, money=(LONG,))),
    "long reason": lambda: run_audit(_site({"": ["a/"], "a/": [""]}, stopped_by="a row could not be written: " + "y " * 500)),
    "prose": lambda: run_audit(
        prose_site({"/": "<main><h1>Startseite</h1><p>Zelte <a href=/zelte/>ein Zelt</a></p></main>", "/zelte/": "<main><h1>مرحبا</h1><p>Zelte und Seile <a href=/>hier</a></p></main>"}, language="de")
    ),
    "other facts": lambda: _without_facts(run_audit(small_site())),
    "unknown checks": lambda: _with_unknown_check(run_audit(small_site())),
}  # fmt: skip


@cache
def odd(kind: str) -> tuple[Audit, QuickWins, Story]:
    """One odd site, audited and told once a run."""
    made = ODD[kind]()
    wins = quick_wins(made, plan=made.readiness.basis.plan)
    return made, wins, build_story(made, today=TODAY, wins=wins)


def _without_facts(made: Audit) -> Audit:
    """As an audit that was put together without what later versions gather."""
    facts = replace(made.facts, navigation=None, hierarchy=None, authority=None, anchors=None, clusters=None)
    return Audit(made.site, made.graph, facts, made.results, made.thresholds)


def _with_unknown_check(made: Audit) -> Audit:
    """As an audit by another version, whose check is not known here, nor the unit of its value."""
    failed = next(place for place, result in enumerate(made.results) if len(result.findings))
    result = made.results[failed]
    check = replace(result.check, id="unheard-of-check", unit="furlongs", title="Furlongs")
    found = result.findings.assign(check_id="unheard-of-check", unit="furlongs", value=2.5)
    results = [replace(result, check=check, found=Found.told(found)) if place == failed else each for place, each in enumerate(made.results)]  # fmt: skip
    return Audit(made.site, made.graph, made.facts, tuple(results), made.thresholds)


# Form


def check_form(told: Story) -> None:
    """What every story keeps to, whatever it tells of."""
    names = [slide.name for slide in told.slides]
    assert len(set(names)) == len(names)
    assert set(ALWAYS) <= set(names)
    assert names[:3] == ["cover", "summary", "readiness"]
    assert all([told.title, told.scope, told.limits, told.made_with])
    charts = [slide.chart.name for slide in told.slides if slide.chart]
    tables = [slide.table.name for slide in told.slides if slide.table]
    assert len(set(charts)) == len(charts)
    assert len(set(tables)) == len(tables)
    for slide in told.slides:
        _check_slide(slide)
    assert all(0 < len(line) <= LINE for line in (*told.scope, *told.limits))


def _check_slide(slide: Slide) -> None:
    where = slide.name
    assert 0 < len(slide.title) <= TITLE, f"{where}: {len(slide.title)}: {slide.title}"
    assert not slide.title.endswith("."), where
    assert len(slide.lines) <= 4, where
    for line in slide.lines:
        assert 0 < len(line) <= LINE, f"{where}: {len(line)}: {line}"
    assert len(slide.todo) <= TODO, f"{where}: {slide.todo}"
    assert slide.kicker, where
    assert len(slide.cards) in (0, 4), where
    if slide.chart is not None:
        _check_chart(slide.chart)
    if slide.table is not None:
        assert 0 < len(slide.table.rows) <= 10, where
        assert slide.table.total >= len(slide.table.rows), where
        assert all(len(row) == len(slide.table.columns) for row in slide.table.rows), where


def _check_chart(chart: Chart) -> None:
    where = chart.name
    assert not chart.is_empty, where
    assert 0 < len(chart.title) <= TITLE, where
    assert chart.alt, where
    assert chart.value_title, where
    assert len(chart.categories) <= 12, where
    assert len(set(chart.categories)) == len(chart.categories), where
    assert len({each.name for each in chart.series}) == len(chart.series), where
    assert len(chart.roles) in (0, len(chart.categories)), where
    assert set(chart.totals) <= set(chart.categories), where
    for each in chart.series:
        values = [value for value in each.values if value is not None]
        assert all(np.isfinite(value) for value in values), where
        if chart.kind == "scatter":
            assert len(each.values) == len(each.x) == len(each.labels), where
            assert all(np.isfinite(each.x)), where
        else:
            assert len(each.values) == len(chart.categories), where
        if chart.value_kind == "share":
            assert all(0 <= value <= 1 + 1e-9 for value in values), where
        if chart.value_kind == "units":
            assert all(-100 <= value <= 100 + 1e-9 for value in values), where
    if chart.kind == "stacked_bars" and chart.value_kind == "units":
        for place in range(len(chart.categories)):
            assert sum(each.values[place] or 0 for each in chart.series) == pytest.approx(100, abs=0.1), where


def test_form(story: Story) -> None:
    check_form(story)


@pytest.mark.parametrize("kind", ODD)
def test_odd_sites_are_told(kind: str) -> None:
    made, _, told = odd(kind)
    check_form(told)
    by_name = {slide.name: slide for slide in told.slides}
    assert by_name["readiness"].title.startswith(
        str(sum(gate.state == "pass" for gate in made.readiness.gates))
    )
    total = len(made.findings)
    assert by_name["summary"].cards[3].detail == f"of {total} finding{'' if total == 1 else 's'}"


def test_odd_sites_say_what_is_not_known() -> None:
    def slides(kind: str) -> dict[str, Slide]:
        return {slide.name: slide for slide in odd(kind)[2].slides}

    lone = slides("one page")
    assert lone["plan"].title == "No link plan was made: no money pages are known"
    assert lone["clusters"].tone == "unknown"
    assert lone["summary"].cards[0].value == "not known"
    hidden = slides("javascript")
    assert hidden["summary"].title == "No verdict yet: the site's links are not known well enough"
    assert "JavaScript" in hidden["summary"].notes
    assert hidden["discovery"].chart is not None
    cut = slides("incomplete")
    assert "page limit 40" in cut["appendix.limits"].lines[0]
    assert cut["summary"].cards[1].tone != "good"


def test_story_in_german(audit: Audit, wins: QuickWins, story: Story) -> None:
    """As many slides, the same numbers; texts may be a third longer."""
    told = build_story(audit, client="Small & Sons", language="de", today=TODAY, wins=wins)
    assert told.date == "12. März 2026"
    for slide, english in zip(told.slides, story.slides, strict=True):
        assert slide.name == english.name
        assert len(slide.title) <= TITLE * 1.35, slide.title
        assert all(len(line) <= LINE * 1.35 for line in slide.lines), slide.lines
        if slide.chart is not None and english.chart is not None:
            assert [each.values for each in slide.chart.series] == [
                each.values for each in english.chart.series
            ]
    assert _slide(told, "summary").title != _slide(story, "summary").title


# Numbers


def _slide(told: Story, name: str) -> Slide:
    return next(slide for slide in told.slides if slide.name == name)


def _chart(told: Story, name: str) -> Chart:
    chart = _slide(told, name).chart
    assert chart is not None
    return chart


def test_numbers_are_the_audits(audit: Audit, story: Story) -> None:
    ledger = audit.ledger
    waterfall = _chart(story, "authority.ledger")
    values = dict(zip(waterfall.categories, waterfall.series[0].values, strict=True))
    assert values["enters"] == 100
    assert sum(value or 0 for name, value in values.items() if name not in waterfall.totals) == pytest.approx(values["money pages"], abs=0.1)  # fmt: skip
    assert values["money pages"] == pytest.approx(100 * audit.captured)
    lost = -sum(
        value or 0 for value, role in zip(values.values(), waterfall.roles, strict=True) if role == "bad"
    )
    assert lost == pytest.approx(100 * ledger[list(LEAKS)].sum())

    depth = _chart(story, "depth")
    own = audit.metrics[audit.graph.stands & audit.graph.indexable]
    counted = own["crawl_depth"].value_counts()
    assert depth.series[0].values[:-1] == tuple(counted.get(float(name), 0) for name in depth.categories[:-1])
    assert depth.categories[-1] == "out of reach"
    assert depth.series[0].values[-1] == own["crawl_depth"].isna().sum()
    assert sum(depth.series[1].values) == own["is_money_page"].sum()  # type: ignore[arg-type]

    reached = own["crawl_depth"].notna().sum()
    assert f" of {reached} reachable pages " in _slide(story, "depth").title

    for each in _chart(story, "navigation").series:
        assert max(value or 0 for value in each.values) >= 0.005, "no outcome in the legend that no bar has"
    kickers = [
        slide.kicker
        for slide in story.slides
        if not slide.is_detail and slide.chapter.startswith("readiness")
    ]
    assert len(set(kickers)) == len(kickers), "each stands in the report's contents by a name of its own"

    orphans = _chart(story, "discovery")
    states = audit.metrics["orphan_state"].value_counts()
    assert orphans.series[0].values[0] == states["orphan"] == 2
    assert _slide(story, "summary").cards[1].value == str(states["orphan"] + states["island"] + states["nofollow_only"])  # fmt: skip
    assert (
        _slide(story, "summary").cards[0].value
        == f"{audit.captured * 100:.1f}".removesuffix(".0") + " of 100"
    )

    gates = _slide(story, "readiness").table
    assert gates is not None
    assert [row[0] for row in gates.rows] == [gate.title for gate in audit.readiness.gates]
    shares = _chart(story, "readiness").series[0].values
    assert shares == tuple(gate.value for gate in audit.readiness.gates if not np.isnan(gate.value))

    after = _chart(story, "readiness.after")
    assert after.series[0].values == pytest.approx((100 * audit.readiness.captured, 100 * audit.readiness.after))  # fmt: skip
    plan = _chart(story, "plan").series[0].values
    assert (plan[0], plan[-1]) == pytest.approx((100 * audit.readiness.captured, 100 * audit.readiness.after))


def test_findings_are_counted_rightly(audit: Audit, story: Story) -> None:
    for chapter in CHAPTERS:
        found = audit.findings[audit.findings["chapter"] == chapter]
        slides = [slide for slide in story.slides if slide.name == f"{chapter}.findings"]
        assert len(slides) == (1 if len(found) else 0), chapter
        for slide in slides:
            assert slide.table is not None
            assert slide.table.total == len(found)
            assert len(slide.table.rows) == min(len(found), 8)
            assert [row[1] for row in slide.table.rows] == found["url"].head(8).tolist()
            high = int((found["severity"] == "high").sum())
            assert f"{len(found)} finding" in slide.title
            assert (f"{high} of" in slide.title) == (high > 0)
    deep = _slide(story, "depth.findings").table
    assert deep is not None
    first = audit.findings[audit.findings["check_id"] == "deep-page"].iloc[0]
    assert (first["severity"], first["url"], f"{first['value']:.0f} clicks (limit 2)") in {(row[0], row[1], row[3]) for row in deep.rows}  # fmt: skip


def test_planted_findings_are_told(sample_client: Client) -> None:
    made = sample_client.audit()
    with (sample_folder() / "expected_findings.csv").open(encoding="utf-8", newline="") as file:
        planted = Counter(CHECKS[row["check_id"]].chapter for row in csv.DictReader(file))
    for chapter in CHAPTERS:
        slides = {slide.name: slide for slide in chapter_slides(made, chapter)}
        table = slides[f"{chapter}.findings"].table
        assert table is not None
        assert table.total == planted[chapter], chapter
        # What has no finding of high severity, and whose gate holds, need not be fixed first.
        high = any(row[0] == "high" for row in table.rows)
        assert high == (chapter not in {"anchors", "clusters", "navigation"})
        assert slides[chapter].tone == ("fix" if high else "look")
        for slide in slides.values():
            _check_slide(slide)
    assert "plan" not in vars(made.readiness_basis), "a chapter needs no plan"


def test_hours_and_targets(audit: Audit, wins: QuickWins, story: Story) -> None:
    table = _slide(story, "plan.order").table
    assert table is not None
    assert table.total == len(wins.table)
    assert [row[1] for row in table.rows] == wins.table["title"].head(10).tolist(), "the task, not the defect"
    assert [row[3] for row in table.rows] == wins.table["hours"].head(10).tolist()
    targets = _slide(story, "targets").table
    best = first_targets(audit.readiness, top=5)
    assert targets is not None
    assert targets.total == len(best)
    assert targets.rows[0][0] == best.loc[~best["is_goal"], "url"].iloc[0]
    gain = float(best.loc[~best["is_goal"], "gain"].iloc[0])
    assert targets.rows[0][5] == pytest.approx(100 * gain)
    said = cell_text(targets.rows[0][5], targets.columns[5].kind, story.language)
    assert _slide(story, "targets").lines[0].startswith(said), "one number, written alike"


def test_what_decides_says_that_it_does_not_hold(audit: Audit, story: Story) -> None:
    readiness = audit.readiness
    assert {gate.state for gate in readiness.decided_by} == {State.FAIL}
    said = f"Decided by what does not hold: {'; '.join(gate.title for gate in readiness.decided_by[:3])}."
    assert said in _slide(story, "summary").lines
    assert said in _slide(story, "readiness").lines


@pytest.mark.parametrize(
    ("pages", "said"),
    [
        ({"/a/": 4, "/b/": 2}, "most in /a/, 4"),
        ({"/a/": 2, "/b/": 2}, "most in /a/ and /b/, 2 each"),
        ({"/a/": 2, "/b/": 2, "/c/": 2, "/d/": 2}, "at most 2 in a section"),
    ],
)
def test_worst_sections(audit: Audit, wins: QuickWins, pages: dict[str, int], said: str) -> None:
    told = _worst_sections(Telling(audit, language("en"), wins), pd.Series(pages))
    assert told == f"Pages too deep or out of reach: {said}"


def test_links_that_all_need_a_sentence(audit: Audit, wins: QuickWins) -> None:
    links = pd.DataFrame({"phrase": ["", "", "the words"]})
    telling = Telling(audit, language("en"), wins)
    assert "2 of them need a new sentence each" in _todo(telling, links)
    assert "Each needs a new sentence" in _todo(telling, links.head(2))


def test_history() -> None:
    rows = [
        {"audit": f"2026-0{month}-01", "high": high, "medium": 4, "captured": share, "is_complete": True, "settings_changed": False, "fault": ""}
        for month, high, share in ((1, 9, 0.1), (2, 7, np.nan), (3, 4, 0.3))
    ]  # fmt: skip
    faulty = {
        "audit": "2026-04-01",
        "is_complete": False,
        "settings_changed": False,
        "fault": "cannot be read",
    }
    history = pd.DataFrame([*rows, faulty], columns=list(HISTORY)).astype(
        {"high": "Int64", "medium": "Int64"}
    )
    made, wins, _ = odd("no findings")
    told = build_story(made, history=history, today=TODAY, wins=wins)
    check_form(told)
    slide = _slide(told, "history")
    assert slide.title == "Findings of high severity fell from 9 to 4"
    assert slide.lines == ("Reach money pages: 30 of 100 units, 10 in the first audit.",)
    assert _chart(told, "history").series[0].values == (9, 7, 4)
    assert "history" not in [
        each.name for each in build_story(made, history=history.head(1), today=TODAY, wins=wins).slides
    ]


def test_thresholds_that_differ_are_told(audit: Audit, wins: QuickWins, story: Story) -> None:
    assert story.thresholds == (
        "max_crawl_depth: 2 clicks instead of 3. Deepest that a page may lie below the start page.",
    )
    assert _slide(story, "appendix.thresholds").table is not None
    assert story.date == "12 March 2026"
    assert story.made_with.endswith("on 14 March 2026")
    assert story.footer == "Small & Sons · https://shop.example/ · 12 March 2026"
    parts = audit.with_thresholds(audit.thresholds.with_sections({"/blog/": {"max_crawl_depth": 5}}))
    told = build_story(parts, today=TODAY, wins=wins)
    assert any(
        line.startswith("max_crawl_depth in /blog/: 5 clicks instead of 2. Deepest")
        for line in told.thresholds
    )


def test_language_must_be_known(audit: Audit) -> None:
    with pytest.raises(SettingsError, match="exports are written in"):
        build_story(audit, brand=Brand(language="xx"))


# Language: every word of a story is looked up, or the site's own

MARKED = re.compile(r"«[^«»]*»")


@dataclass(frozen=True)
class Marking(Language):
    """English words that were looked up, in marks; numbers and dates, written as in German, are marked too."""

    def text(self, message: str, **values: object) -> str:
        return _marked(message, values)

    def plural(self, one: str, many: str, number: float, **values: object) -> str:
        return _marked(one if number == 1 else many, {"number": self.number(number), **values})

    def number(self, value: float, digits: int = 0) -> str:
        return f"«{super().number(value, digits)}»"

    def localised(self, number: str) -> str:
        return f"«{super().localised(number)}»"

    def listed(self, items: Sequence[str]) -> str:
        return f"«{super().listed([f'»{item}«' for item in items])}»"

    def date(self, day: date) -> str:
        return f"«{super().date(day)}»"


def _marked(message: str, values: dict[str, object]) -> str:
    """Each literal part of the message in marks; values stand between them, marked or not by themselves."""
    if not values:
        return f"«{message}»"
    parts = []
    for literal, name, _, _ in Formatter().parse(message):
        parts.append(f"«{literal}»" if literal else "")
        parts.append(str(values[name]) if name else "")
    return "".join(parts)


def _texts(told: Story) -> Iterator[tuple[str, str]]:
    yield "story", told.title
    for line in (*told.scope, *told.limits, *told.thresholds, told.made_with, told.date):
        yield "story", line
    for slide in told.slides:
        cards = [text for card in slide.cards for text in (card.label, card.value, card.detail)]
        for text in (slide.title, slide.kicker, *slide.lines, *cards, slide.todo, slide.notes):
            yield slide.name, text
        if (chart := slide.chart) is not None:
            names = [text for each in chart.series for text in (each.name, *each.labels)]
            for text in (chart.title, chart.value_title, chart.category_title, chart.note, chart.alt, chart.line_title, *chart.categories, *names):  # fmt: skip
                yield f"{slide.name} (chart)", text
        if (table := slide.table) is not None:
            yield f"{slide.name} (table)", table.title
            yield f"{slide.name} (table)", table.note
            for column in table.columns:
                yield f"{slide.name} (table)", column.heading
            for row in table.rows:
                for column, cell in zip(table.columns, row, strict=True):
                    if isinstance(cell, str) and column.kind != "severity":
                        yield f"{slide.name} (table)", cell


def _unmarked(text: str) -> list[str]:
    """Words outside of all marks."""
    while (rest := MARKED.sub(" ", text)) != text:
        text = rest
    return [word for word in re.split(r"[\s…]+", text) if re.search(r"\w", word)]


def _own_words(made: Audit, *more: str) -> str:
    """Everything that the site itself says, as one text."""
    pages = made.site.pages
    said = [*pages["url"], *map(unquote, pages["url"]), *pages["title"].fillna(""), *pages["h1"].fillna("")]
    said += [*pages["cluster"].dropna(), *made.facts.anchor_uses["anchor"], *made.metrics["site_section"]]
    return " ".join([*map(str, said), *knobs(), made.manifest.tool, made.manifest.linkkit, *more])


def check_translatable(made: Audit, told: Story, *more: str) -> None:
    own = _own_words(made, told.client, *more)
    wrong = {
        f"{where}: {word!r} in {text[:160]!r}"
        for where, text in _texts(told)
        for word in _unmarked(text)
        if word.strip(";:,.()·→%") and word.strip(";:,.()") not in own
    }
    assert not wrong, "\n".join(sorted(wrong)[:20])


def test_every_word_is_looked_up(audit: Audit, wins: QuickWins, story: Story) -> None:
    told = build_story(audit, client="Small & Sons", language=Marking("de"), today=TODAY, wins=wins)
    check_translatable(audit, told)
    assert [where for where, _ in _texts(told)] == [where for where, _ in _texts(story)]


@pytest.mark.parametrize("kind", ["one page", "incomplete", "javascript", "prose", "other facts"])
def test_every_word_of_odd_sites_is_looked_up(kind: str) -> None:
    made, wins, _ = odd(kind)
    check_translatable(made, build_story(made, language=Marking("de"), today=TODAY, wins=wins))


def test_terms_hold_what_is_looked_up(audit: Audit, wins: QuickWins) -> None:
    """Every message without values that does not stand in the story's own modules is one of the terms."""
    asked: set[str] = set()

    class Listening(Language):
        def text(self, message: str, **values: object) -> str:
            asked.add(message)
            return super().text(message, **values)

    build_story(audit, language=Listening("en"), today=TODAY, wins=wins)
    folder = Path(terms.__file__).parent
    source = " ".join(file.read_text("utf-8") for file in folder.glob("*.py"))
    missing = {message for message in asked if f'"{message}"' not in source} - set(terms.terms())
    assert not missing


def test_reasons_are_for_clients() -> None:
    lang = Language("en")
    assert (
        terms.reason(lang, "no data on is_money_page, the sitemap") == "No data on money pages, the sitemap"
    )
    assert terms.stopped(lang, "page limit 40") == "page limit 40"
    assert terms.stopped(lang, None) == "the reason is not known"


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (1, "clicks", "1 click"),
        (3, "linking pages", "3 linking pages"),
        (0.125, "of visits", "12.5\N{NO-BREAK SPACE}% of the visits"),
        (0.5, "share", "50\N{NO-BREAK SPACE}%"),
        (404, "status", "status 404"),
        (12.34, "x its importance", "12.3 times its importance"),
        (2, "furlongs", "2 furlongs"),
    ],
)
def test_quantities(value: float, unit: str, said: str) -> None:
    assert terms.quantity(Language("en"), value, unit) == said


def test_fine_percent_is_never_a_false_whole() -> None:
    lang = Language("en")
    assert terms.fine_percent(lang, 0.945) == "94.5\N{NO-BREAK SPACE}%"
    assert terms.fine_percent(lang, 1.0) == lang.percent(1.0)
    assert terms.fine_percent(lang, 0.9999) == lang.percent(0.9999)
    assert terms.fine_percent(lang, 0.0001) == lang.percent(0.0001)
