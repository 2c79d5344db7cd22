"""The link model: every choice that a number on authority depends on, declared once and named wherever one is shown.

Search engines publish none of these numbers. Placement weights in particular are a model: Google has not confirmed them.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from dataclasses import replace as dataclass_replace
from typing import Any, Literal

from linkkit.errors import SettingsError
from linkkit.thresholds import Knob

WeightModel = Literal["reasonable_surfer", "uniform", "observed_clicks"]


@dataclass(frozen=True)
class Choice:
    """What a user needs to know of a setting that takes one of a few words."""

    options: Mapping[str, str]
    help: str
    source: str


def _choice(default: str, options: Mapping[str, str], text: str, source: str) -> Any:
    return field(default=default, metadata={"choice": Choice(options, text, source)})


def _number(default: float, low: float, high: float, step: float, unit: str, text: str, source: str) -> Any:
    return field(default=default, metadata={"knob": Knob(low, high, step, unit, text, source)})


@dataclass(frozen=True)
class LinkModel:
    """How link weight, authority and its entry are modelled. Immutable; use `replace` for other values.

    Raises
    ------
    SettingsError
        If a number is out of range or a word unknown; all faults are named at once.
    """

    weights: WeightModel = _choice(  # noqa: RUF009 - a field, as those below
        "reasonable_surfer",
        {
            "reasonable_surfer": "content links weigh 1, links in menus, footers and the like, and repeated links, less",
            "uniform": "every link of a page weighs the same",
            "observed_clicks": "as reasonable_surfer; on pages whose visitors' steps are known, by the links they take",
        },
        "What a link weighs against the others of its page.",
        "Reasonable surfer: US patent 7,716,225 (Google, 2010); uniform: Page et al. 1999",
    )
    damping: float = _number(
        0.85, 0.5, 0.95, 0.05, "share", "Share of a page's authority that moves on along its links; the rest settles there.",
        "0.85 everywhere since Page et al. 1999; readiness is tested from 0.5 to 0.95",
    )  # fmt: skip
    chrome_weight: float = _number(
        0.1, 0.01, 1.0, 0.01, "x a content link", "Weight of a link in menu, header, footer, sidebar or breadcrumb.",
        "linkkit's own; the direction is the patent's, the number nobody's",
    )  # fmt: skip
    boilerplate_weight: float = _number(
        0.1, 0.01, 1.0, 0.01, "x a content link", "Weight of a content link that the template repeats from page to page.",
        "linkkit's own; as chrome_weight",
    )  # fmt: skip
    boilerplate_share: float = _number(
        0.5, 0.1, 1.0, 0.05, "share of pages", "Of a template's pages, from this share on a repeated link is boilerplate.",
        "linkkit's own; measured on documentation sites",
    )  # fmt: skip
    boilerplate_min_pages: int = _number(
        10, 2, 1000, 1, "pages", "Templates with fewer pages are judged together.",
        "linkkit's own",
    )  # fmt: skip
    duplicates: Literal["strongest", "sum"] = _choice(
        "strongest",
        {
            "strongest": "several links from one page to another count as the strongest of them",
            "sum": "each of several links from one page to another counts",
        },
        "What several links from one page to another are worth.",
        "crawlers count unique links; no search engine tells",
    )
    nofollow: Literal["evaporate", "drop", "keep"] = _choice(
        "evaporate",
        {
            "evaporate": "a nofollow link takes its share of the page's authority, which is lost",
            "drop": "nofollow links are as if they were not there",
            "keep": "nofollow links count like any other",
        },
        "What becomes of the share of a nofollow link.",
        "Evaporation: Matt Cutts 2009; a hint since 2019",
    )
    external: Literal["share", "ignore"] = _choice(
        "share",
        {
            "share": "links to other sites take their share of the page's authority",
            "ignore": "links to other sites are as if they were not there",
        },
        "Whether links to other sites take a share of authority.",
        "Page et al. 1999",
    )
    canonicals: Literal["fold", "keep"] = _choice(
        "fold",
        {
            "fold": "a page whose canonical names another indexable page counts as that page",
            "keep": "pages stand for themselves whatever their canonical says",
        },
        "What a canonical to another page of the site does.",
        "Google: rel=canonical is a strong signal, not a directive",
    )
    off_site_canonicals: Literal["leak", "keep"] = _choice(
        "leak",
        {
            "leak": "authority that reaches a page whose canonical names another site leaves with it",
            "keep": "such a page stands for itself",
        },
        "What a canonical to another site does.",
        "Google: a cross-domain canonical hands over to the page it names",
    )
    entry: Literal["log", "additive"] = _choice(
        "log",
        {
            "log": "ln(1 + referring domains): the tenth domain brings less than the first",
            "additive": "every referring domain brings the same",
        },
        "How much authority the referring domains of a page bring.",
        "linkkit's own; domain counts of one site range over orders of magnitude",
    )

    def __post_init__(self) -> None:
        faults = []
        for each in fields(self):
            value = getattr(self, each.name)
            choice: Choice | None = each.metadata.get("choice")
            if choice is not None:
                if not isinstance(value, str) or value not in choice.options:
                    faults.append(f"{each.name} = {value!r}: one of {', '.join(choice.options)} is expected")
                continue
            knob: Knob = each.metadata["knob"]
            whole = each.type in ("int", int)
            if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or (whole and value != int(value)):  # fmt: skip
                faults.append(f"{each.name} = {value!r}: a {'whole ' if whole else ''}number is expected")
            elif not knob.low <= value <= knob.high:
                faults.append(
                    f"{each.name} = {value!r}: must lie between {knob.low:g} and {knob.high:g} {knob.unit}"
                )
        if faults:
            raise SettingsError("link model:\n  " + "\n  ".join(faults))

    def replace(self, **values: Any) -> "LinkModel":
        """The same model with some settings changed.

        Raises
        ------
        SettingsError
            If a name is unknown (the known ones are listed) or a value out of range.
        """
        known = [each.name for each in fields(self)]
        if unknown := [name for name in values if name not in known]:
            raise SettingsError(
                f"unknown setting of the link model {', '.join(unknown)}; known are {', '.join(known)}"
            )
        return dataclass_replace(self, **values)

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any], base: "LinkModel | None" = None) -> "LinkModel":
        """The model from the ``[model]`` table of a ``client.toml``; names not given stay as in `base`, or default.

        Raises
        ------
        SettingsError
            As `replace`, and if it is no table.
        """
        if not isinstance(values, Mapping):
            raise SettingsError(f"model = {values!r}: a table of names and values is expected")
        return (base or cls()).replace(**values)

    def non_default(self) -> dict[str, tuple[Any, Any]]:
        """Settings that differ from the default: name -> (value, default)."""
        default = LinkModel()
        return {
            each.name: (getattr(self, each.name), getattr(default, each.name))
            for each in fields(self)
            if getattr(self, each.name) != getattr(default, each.name)
        }

    def words(self) -> str:
        """The model in one line, for the foot of a chart.

        Examples
        --------
        >>> LinkModel(damping=0.7, nofollow="keep").words()
        'Model: reasonable surfer weights, damping 0.7 (default 0.85), nofollow keep (default evaporate)'
        """
        changed = self.non_default()
        default = f" (default {changed['damping'][1]:g})" if "damping" in changed else ""
        parts = [f"Model: {self.weights.replace('_', ' ')} weights", f"damping {self.damping:g}{default}"]
        parts += [
            f"{name.replace('_', ' ')} {str(value).replace('_', ' ')} (default {str(usual).replace('_', ' ')})"
            for name, (value, usual) in changed.items()
            if name not in {"weights", "damping"}
        ]
        return ", ".join(parts)


def model_settings() -> dict[str, Knob | Choice]:
    """Every setting's name and description, in order."""
    return {each.name: each.metadata.get("choice") or each.metadata["knob"] for each in fields(LinkModel)}
