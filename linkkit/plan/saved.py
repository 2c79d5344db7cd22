"""A link plan on disk: what was proposed, on which crawl, and what it was to bring, so that a later crawl can be held against it."""

import math
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import tomlkit

from linkkit.errors import SettingsError
from linkkit.plan.planning import Proposal

_TEXTS = ("source", "target", "goal", "phrase", "sentence")
_NUMBERS = ("gain", "goal_after", "relevance")
FILE = "*.toml"


@dataclass(frozen=True, eq=False)
class SavedPlan:
    """A link plan as it was saved.

    Attributes
    ----------
    made : str
        When, ISO 8601 in UTC.
    crawl : str
        Name of the crawl it was made on.
    is_accepted : bool
        Whether an analyst accepted it; an unattended run keeps its own proposal as well, which counts where nobody did.
    goal : tuple of str
        What it aimed at, as `linkkit.plan.link_plan` takes it.
    before, after : float
        Share of all authority that reached the goal, and was to reach it with every link.
    model : mapping
        Settings of the link model that differ from the default.
    entry : str
        What authority was taken to enter by.
    links : DataFrame
        One row per link, in their order: ``source``, ``target``, ``goal``, ``phrase``, ``sentence``, ``gain``, ``goal_after``,
        ``relevance``.
    """

    made: str
    crawl: str
    is_accepted: bool
    goal: tuple[str, ...]
    before: float
    after: float
    model: dict[str, Any]
    entry: str
    links: pd.DataFrame

    @classmethod
    def of(cls, proposal: Proposal, crawl: str, *, is_accepted: bool = True) -> "SavedPlan":
        """A proposal, to be saved.

        Raises
        ------
        SettingsError
            If there is no plan in it.
        """
        plan, goal = proposal.plan, proposal.settings.goal
        if plan is None:
            raise SettingsError(f"there is no plan to keep: {proposal.lacks}")
        links = plan.links.reindex(columns=[*_TEXTS, *_NUMBERS])
        return cls(
            made=datetime.now(UTC).isoformat(timespec="seconds"),
            crawl=crawl,
            is_accepted=is_accepted,
            goal=(goal,) if isinstance(goal, str) else tuple(goal),
            before=plan.before,
            after=plan.after,
            model={name: value for name, (value, _) in proposal.audit.graph.model.non_default().items()},
            entry=proposal.audit.authority.entry.basis,
            links=_typed(links),
        )

    def save(self, folder: Path | str) -> Path:
        """Write it to a folder, as a TOML file that people can read; all or nothing.

        An accepted plan gets a file of its own; the proposal of an unattended run takes the place of the last one for its crawl.
        """
        target = Path(folder)
        target.mkdir(parents=True, exist_ok=True)
        stamp = self.made.replace(":", "").replace("-", "")[:15]
        name = f"{self.crawl}-accepted-{stamp}" if self.is_accepted else f"{self.crawl}-proposed"
        file = target / f"{name}.toml"
        partial = file.with_suffix(".partial")
        partial.write_text(self._toml(), "utf-8", errors="replace")
        partial.replace(file)
        return file

    def _toml(self) -> str:
        document = tomlkit.document()
        document.add(tomlkit.comment("A link plan; `linkkit compare` holds later crawls against it."))
        for name in ("made", "crawl", "is_accepted", "before", "after", "entry"):
            document.add(name, tomlkit.item(getattr(self, name)))
        document.add("goal", tomlkit.item(list(self.goal)))
        document.add("model", tomlkit.item(dict(self.model)))
        tables = tomlkit.aot()
        for row in self.links.to_dict("records"):
            table = tomlkit.table()
            for column, value in row.items():
                if isinstance(value, str) or math.isfinite(value):
                    table.add(str(column), value)
            tables.append(table)
        document.add("links", tables)
        return tomlkit.dumps(document)

    @classmethod
    def load(cls, file: Path | str) -> "SavedPlan":
        """Read a plan that `save` wrote.

        Raises
        ------
        SettingsError
            If the file is missing, no TOML, or no plan.
        """
        path = Path(file)
        try:
            stored = tomllib.loads(path.read_text("utf-8"))
        except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
            raise SettingsError(f"{path}: no plan can be read ({error})") from error
        links = stored.get("links", [])
        if not isinstance(links, list) or not all(
            isinstance(link, dict) and {"source", "target"} <= set(link) for link in links
        ):
            raise SettingsError(f"{path}: [[links]] with source and target are expected")
        goal = stored.get("goal", [])
        return cls(
            made=str(stored.get("made", "")),
            crawl=str(stored.get("crawl", "")),
            is_accepted=bool(stored.get("is_accepted", False)),
            goal=(goal,) if isinstance(goal, str) else tuple(map(str, goal)),
            before=stored_number(stored.get("before")),
            after=stored_number(stored.get("after")),
            model=dict(stored.get("model", {})),
            entry=str(stored.get("entry", "")),
            links=_typed(pd.DataFrame(links, columns=[*_TEXTS, *_NUMBERS])),
        )


def _typed(links: pd.DataFrame) -> pd.DataFrame:
    kinds = dict.fromkeys(_NUMBERS, "float64") | dict.fromkeys(_TEXTS, "str")
    texts = links.astype(dict.fromkeys(_TEXTS, "object")).fillna(dict.fromkeys(_TEXTS, ""))
    return texts.astype(kinds).reset_index(drop=True)


def stored_number(value: object) -> float:
    """A number as a file holds it; NaN for what is none."""
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else float("nan")


def last_plan(plans: Iterable[SavedPlan], crawl: str) -> SavedPlan | None:
    """The plan that a crawl can be held against: the last one made on an earlier crawl, an accepted one before proposals."""
    earlier = [plan for plan in plans if plan.crawl < crawl]
    return max(earlier, key=lambda plan: (plan.is_accepted, plan.crawl, plan.made), default=None)
