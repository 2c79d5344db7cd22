"""Every knob of the audit, declared once.

From these fields come the sliders, the command line's flags, the reader of ``client.toml``, and the list of values
that differ from the default, which is printed on every export.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from dataclasses import replace as dataclass_replace
from typing import Any

import numpy as np
import numpy.typing as npt

from linkkit.errors import SettingsError
from linkkit.urls import UrlError, folder, lies_in


@dataclass(frozen=True)
class Knob:
    """What a user needs to know of one threshold: range, step, unit, meaning, and where the default comes from."""

    low: float
    high: float
    step: float
    unit: str
    help: str
    source: str


def _knob(default: float, low: float, high: float, step: float, unit: str, text: str, source: str) -> Any:
    return field(default=default, metadata={"knob": Knob(low, high, step, unit, text, source)})


@dataclass(frozen=True)
class SectionThresholds:
    """Thresholds that differ in one part of a site.

    Attributes
    ----------
    prefix : str
        The part: a folder on any host (``/blog/``) or of one host (``https://blog.client.example/``), as
        `linkkit.urls.folder` spells it.
    values : tuple of (name, value)
        Those thresholds that have a value of their own there.
    """

    prefix: str
    values: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Thresholds:
    """Where each check draws its line. Immutable; use `replace` for other values.

    Beside the numbers it holds ``sections``, parts of the site where some of them differ (`with_sections`), and
    ``preset``, the name of the set that the values began from, which takes no part in comparisons.

    Raises
    ------
    SettingsError
        If a value is not a number within its range; all faults are named at once.
    """

    max_crawl_depth: int = _knob(
        3, 1, 10, 1, "clicks", "Deepest that a page may lie below the start page.",
        "Screaming Frog and Semrush warn beyond 3 clicks; search engines publish no limit",
    )  # fmt: skip
    weak_linking_pages: int = _knob(
        1, 0, 10, 1, "pages", "A page linked from this many other pages, or fewer, is weakly linked.",
        "Ahrefs, Semrush and Sitebulb flag pages with one followed inlink",
    )  # fmt: skip
    rendered_only_share: float = _knob(
        0.5, 0.05, 1.0, 0.05, "share", "From this share of its linking pages on whose link only rendering shows, a page hangs on JavaScript.",
        "linkkit's own: search engines that render do so later, if they do; few other robots run scripts at all",
    )  # fmt: skip
    ambiguous_anchor_targets: int = _knob(
        2, 2, 20, 1, "targets", "From this many different targets on, one anchor text is ambiguous.",
        "an anchor should tell its target apart; WCAG 2.4.9",
    )  # fmt: skip
    weak_anchor_caught: float = _knob(
        0.8, 0.3, 0.99, 0.01, "share", "An anchor is weak if it fits its target no better than this share of the anchors that are shuffled over the pages.",
        "linkkit's own; at 0.8 it calls 0.2 and 0.3 % of the links of two documentation sites weak, chattier sites more",
    )  # fmt: skip
    single_anchor_pages: int = _knob(
        15, 3, 200, 1, "pages", "A page that at least this many pages link to in running text should be named in more than one way.",
        "linkkit's own; search engines name no limit, and repeating a page's title does no harm",
    )  # fmt: skip
    max_anchor_wordings: int = _knob(
        3, 1, 30, 1, "wordings", "More good anchors than this for one page, no two of which share a word, leave its subject unclear.",
        "linkkit's own; words in common hold the others together",
    )  # fmt: skip
    max_redirect_hops: int = _knob(
        1, 1, 10, 1, "redirects", "More hops than this make a redirect chain.",
        "every hop is a request; crawlers give up after 5 to 10",
    )  # fmt: skip
    too_many_links_ratio: float = _knob(
        3.0, 1.5, 20.0, 0.5, "x the median", "Unique outlinks, against the median page of the same template.",
        "search engines name no limit; a page far from its own template is worth a look",
    )  # fmt: skip
    too_many_links_min: int = _knob(
        100, 10, 2000, 10, "links", "Pages with no more unique outlinks than this are never called too many.",
        "SEOnaut 100; Screaming Frog 1,000",
    )  # fmt: skip
    over_linked_ratio: float = _knob(
        5.0, 1.5, 50.0, 0.5, "x", "Share of link weight received, against share of importance.",
        "linkkit's own; the ratio is shown so that it can be judged",
    )  # fmt: skip
    over_linked_min_share: float = _knob(
        0.01, 0.001, 0.2, 0.001, "share", "Pages that receive less of the site's link weight are never over-linked.",
        "linkkit's own; below one per cent there is little to win back",
    )  # fmt: skip
    over_linked_min_drain: float = _knob(
        0.0001, 0.0, 0.05, 0.0001, "share", "Pages that keep no more of all authority from money pages are rightly central.",
        "linkkit's own; 0.01 %, beyond what solving the model leaves uncertain",
    )  # fmt: skip
    under_linked_ratio: float = _knob(
        10.0, 1.5, 100.0, 0.5, "x", "Share of importance, against share of link weight received.",
        "linkkit's own; the ratio is shown so that it can be judged",
    )  # fmt: skip
    max_landing_clicks: int = _knob(
        2, 1, 10, 1, "clicks", "Content clicks from a page with backlinks to the nearest money page.",
        "linkkit's own; at damping 0.85 a third click leaves at most 61 % of the authority",
    )  # fmt: skip
    min_referring_domains: int = _knob(
        1, 1, 100, 1, "domains", "A page is a landing page for backlinks from this many referring domains on.",
        "linkkit's own",
    )  # fmt: skip
    max_leaked_share: float = _knob(
        0.01, 0.001, 0.5, 0.001, "share", "Share of all authority that one page may lose through its links.",
        "linkkit's own; below one per cent there is little to win back on one page",
    )  # fmt: skip
    min_section_pages: int = _knob(
        5, 3, 100, 1, "pages", "Sections of fewer pages need no hub page of their own.",
        "linkkit's own; a list of fewer links fits into the page above",
    )  # fmt: skip
    max_hub_clicks: int = _knob(
        2, 1, 10, 1, "clicks", "Clicks from a section's hub, within the section, by which it should lead to each of its pages.",
        "linkkit's own; hub, one page between, page: with the hub in the menu, the field's three clicks from the start page",
    )  # fmt: skip
    min_hanging_pages: int = _knob(
        2, 2, 1000, 1, "pages", "A single link is named from this many pages on that only it leads to.",
        "linkkit's own; a page that hangs alone is a weak page already",
    )  # fmt: skip
    bot_waste_hits: int = _knob(
        5, 1, 10_000, 1, "requests", "Search engines' robots may ask for a page outside the index this often in the log.",
        "linkkit's own; set it by the days that the log covers",
    )  # fmt: skip
    near_duplicate_similarity: float = _knob(
        0.8, 0.6, 1.0, 0.01, "similarity", "From this likeness of two pages' texts on (1: the same words) they compete.",
        "measured: on six sites at most 0.2 % of the links that editors set join pages this much alike",
    )  # fmt: skip
    min_entrances: int = _knob(
        50, 1, 100_000, 1, "visits", "Visits that begin on a page, from which on it should lead to a money page.",
        "linkkit's own; set it by the days that the report covers",
    )  # fmt: skip
    max_journey_clicks: int = _knob(
        3, 1, 10, 1, "clicks", "Clicks within which a visit should get to a money page.",
        "linkkit's own; sessions of content sites have two to three page views on average",
    )  # fmt: skip
    min_money_chance: float = _knob(
        0.015, 0.0, 0.5, 0.005, "share", "Of the visits that begin on a page, this share should get to a money page within those clicks.",
        "linkkit's own; the order of usual conversion rates, 1 to 3 %: who does not get there cannot convert",
    )  # fmt: skip
    min_shortcut_steps: int = _knob(
        30, 2, 100_000, 1, "steps", "Estimated visitors, from which on a way over another page deserves a link of its own.",
        "linkkit's own; set it by the days that the report covers",
    )  # fmt: skip
    min_shortcut_share: float = _knob(
        0.3, 0.05, 1.0, 0.05, "share", "Of those who pass the page between, at least this share goes on to the same page.",
        "linkkit's own; below it the page between is a crossroads, and ways over it say little",
    )  # fmt: skip
    min_unlinked_steps: int = _knob(
        20, 2, 100_000, 1, "steps", "Steps without any link found, from which on a link is missing or was not crawled.",
        "linkkit's own; set it by the days that the report covers",
    )  # fmt: skip
    min_missed_steps: int = _knob(
        15, 2, 10_000, 1, "steps", "Steps that a link's weight would give it, from which on it is strange that nobody took it.",
        "linkkit's own; by chance alone it happens to fewer than one link in a million (Poisson, mean 15)",
    )  # fmt: skip
    max_search_share: float = _knob(
        0.2, 0.01, 1.0, 0.01, "share", "Of the steps out of a page, a larger share into the site's search says that links are missing.",
        "linkkit's own; analysts speak of the share of searches after a page, nobody publishes a limit",
    )  # fmt: skip
    min_search_steps: int = _knob(
        20, 2, 100_000, 1, "steps", "Steps from a page into the site's search, below which their share says nothing.",
        "linkkit's own; set it by the days that the report covers",
    )  # fmt: skip
    min_money_in_reach: float = _knob(
        0.95, 0.5, 1.0, 0.01, "share", "Readiness: of the money pages, at least this share lies within the clicks that a page may be deep.",
        "linkkit's own; one money page in twenty may lie deeper, of fewer than twenty none",
    )  # fmt: skip
    min_important_linked: float = _knob(
        1.0, 0.5, 1.0, 0.01, "share", "Readiness: of the important pages, at least this share has a followed link from a page in reach.",
        "Google: every page you care about should have a link from at least one other page",
    )  # fmt: skip
    important_page_ratio: float = _knob(
        1.0, 0.0, 20.0, 0.5, "x", "Readiness: a page is important from this multiple of the average page's importance on; money pages and pages with backlinks always.",
        "linkkit's own; above the average by the signals there are",
    )  # fmt: skip
    min_descriptive_anchors: float = _knob(
        0.9, 0.5, 1.0, 0.01, "share", "Readiness: of the links in the content, at least this share says where it leads.",
        "linkkit's own; Lighthouse's link-text fails a page at the first generic text",
    )  # fmt: skip
    min_straight_links: float = _knob(
        0.98, 0.5, 1.0, 0.01, "share", "Readiness: of all internal links, at least this share leads to no error and over no redirect.",
        "linkkit's own; crawlers flag each broken link, and on large sites a few are always there",
    )  # fmt: skip
    min_captured_of_plan: float = _knob(
        0.8, 0.1, 1.0, 0.01, "share", "Readiness: of what would reach money pages with the link plan, at least this share reaches them today.",
        "linkkit's own; where the plan's few links would bring a quarter more, they come before backlinks",
    )  # fmt: skip
    min_sections_with_hub: float = _knob(
        0.9, 0.0, 1.0, 0.01, "share", "Readiness: of the sections large enough to need one, at least this share has a hub page.",
        "linkkit's own; one section in ten may do without",
    )  # fmt: skip
    min_reached_pages: float = _knob(
        0.5, 0.1, 1.0, 0.01, "share", "Readiness: where links lead to a smaller share of the known pages, they are rather not seen than not there.",
        "linkkit's own; such a crawl was mostly kept out, or the links need JavaScript",
    )  # fmt: skip
    not_ready_gap: float = _knob(
        0.25, 0.05, 0.9, 0.01, "share", "Readiness: a gate missed by more than this share of all that it counts makes a site not ready.",
        "linkkit's own; a quarter of all is no matter of a few edits",
    )  # fmt: skip

    sections: tuple[SectionThresholds, ...] = ()
    preset: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        faults = [fault for name in knobs() if (fault := _fault(name, getattr(self, name)))]
        if faults:
            raise SettingsError("thresholds:\n  " + "\n  ".join(faults))

    def replace(self, **values: float) -> "Thresholds":
        """The same thresholds with some values changed.

        Raises
        ------
        SettingsError
            If a name is unknown (the known ones are listed) or a value out of range; all faults are named at once.
        """
        unknown = [name for name in values if name not in knobs()]
        known = {name: value for name, value in values.items() if name not in unknown}
        faults = (
            [f"unknown threshold {', '.join(unknown)}; known are {', '.join(knobs())}"] if unknown else []
        )
        try:
            changed = dataclass_replace(self, **known)  # type: ignore[arg-type]
        except SettingsError as error:
            faults.append(str(error))
        if faults:
            raise SettingsError("\n".join(faults))
        return changed

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any], base: "Thresholds | None" = None) -> "Thresholds":
        """Thresholds from the ``[thresholds]`` table of a ``client.toml``; names not given stay as in `base`, or default.

        Raises
        ------
        SettingsError
            As `replace`, and if it is no table.
        """
        if not isinstance(values, Mapping):
            raise SettingsError(f"thresholds = {values!r}: a table of names and numbers is expected")
        return (base or cls()).replace(**values)

    def with_sections(self, sections: Mapping[str, Any]) -> "Thresholds":
        """The same thresholds, some with other values in parts of the site, in place of those that were there.

        A page takes a threshold from the longest prefix that it lies in and that names the threshold.

        Parameters
        ----------
        sections : mapping of prefix to (mapping of threshold to value)
            A prefix is a folder: ``/blog/``, or ``https://blog.client.example/`` where only that host is meant.

        Raises
        ------
        SettingsError
            If a prefix is no folder, is the whole site or is given twice, or a threshold is unknown or out of range; all
            faults are named at once.
        """
        faults: list[str] = []
        found: dict[str, SectionThresholds] = {}
        for given, values in sections.items():
            where = f'sections."{given}"'
            try:
                prefix = folder(given)
            except UrlError as error:
                faults.append(f"{where}: {error}")
                continue
            if prefix == "/":
                faults.append(f"{where}: / is the whole site; its values belong under [thresholds]")
            elif prefix in found:
                faults.append(f"{where}: {prefix} is given twice")
            if not isinstance(values, Mapping):
                faults.append(f"{where}: thresholds = {values!r}: a table of names and numbers is expected")
                continue
            if unknown := [name for name in values if name not in knobs()]:
                faults.append(
                    f"{where}: unknown threshold {', '.join(unknown)}; known are {', '.join(knobs())}"
                )
            own = {name: values[name] for name in knobs() if name in values}
            faults += [f"{where}: {fault}" for name, value in own.items() if (fault := _fault(name, value))]
            found[prefix] = SectionThresholds(prefix, tuple(own.items()))
        if faults:
            raise SettingsError("\n".join(faults))
        kept = sorted((each for each in found.values() if each.values), key=lambda each: each.prefix)
        return dataclass_replace(self, sections=tuple(kept))

    def of_section(self, prefix: str) -> "Thresholds":
        """What holds in a part of the site: the values of the prefixes around it, the longest last; no sections in it."""
        values: dict[str, float] = {}
        for each in sorted(self.sections, key=lambda each: len(each.prefix)):
            if each.prefix == prefix or lies_in(_address(prefix), each.prefix):
                values |= dict(each.values)
        return dataclass_replace(self, **values, sections=())  # type: ignore[arg-type]

    def places(self, urls: Iterable[str]) -> npt.NDArray[np.intp]:
        """For each normalised URL, which of ``sections`` it lies in (the longest prefix); -1 where in none."""
        order = sorted(range(len(self.sections)), key=lambda place: -len(self.sections[place].prefix))
        prefixes = [(place, self.sections[place].prefix) for place in order]
        return np.array(
            [next((place for place, prefix in prefixes if lies_in(url, prefix)), -1) for url in urls],
            dtype=np.intp,
        )

    def limits(self, name: str, urls: Iterable[str]) -> npt.NDArray[np.float64]:
        """The value of one threshold for each normalised URL, sections applied."""
        own = [getattr(self.of_section(each.prefix), name) for each in self.sections]
        # A place of -1 takes the last entry: what holds in no section.
        return np.array([*own, getattr(self, name)], dtype=np.float64)[self.places(urls)]

    def to_json(self) -> dict[str, Any]:
        """Every value by its name as plain JSON types; those of sections as ``max_crawl_depth in /blog/``, and the preset.

        Examples
        --------
        >>> Thresholds().with_sections({"/blog/": {"max_crawl_depth": 5}}).to_json()["max_crawl_depth in /blog/"]
        5
        """
        values: dict[str, Any] = {name: getattr(self, name) for name in knobs()}
        values |= {f"{name} in {prefix}": value for prefix, name, value, _ in self.section_values()}
        return values | ({"preset": self.preset} if self.preset else {})

    def section_values(self) -> list[tuple[str, str, float, float]]:
        """Where sections differ from the rest of the site: (prefix, threshold, value there, value elsewhere)."""
        return [
            (each.prefix, name, value, getattr(self, name))
            for each in self.sections
            for name, value in each.values
        ]

    def non_default(self) -> dict[str, tuple[float, float]]:
        """Values that differ from the default: name -> (value, default)."""
        default = Thresholds()
        return {
            name: (getattr(self, name), getattr(default, name))
            for name in knobs()
            if getattr(self, name) != getattr(default, name)
        }


def knobs() -> dict[str, Knob]:
    """Every threshold's name and description, in order."""
    return {each.name: each.metadata["knob"] for each in fields(Thresholds) if "knob" in each.metadata}


def _address(prefix: str) -> str:
    return prefix if "://" in prefix else f"https://any.example{prefix}"


def _fault(name: str, value: Any) -> str:
    """What is wrong with a value; empty where nothing is."""
    knob, whole = knobs()[name], _is_whole(name)
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float)
        or not math.isfinite(value)
        or (whole and value != int(value))
    ):
        return f"{name} = {value!r}: a {'whole ' if whole else ''}number is expected"
    if not knob.low <= value <= knob.high:
        return f"{name} = {value!r}: must lie between {knob.low:g} and {knob.high:g} {knob.unit}"
    return ""


def _is_whole(name: str) -> bool:
    return any(each.name == name and each.type in ("int", int) for each in fields(Thresholds))
