"""What a client's folder keeps of the past: older crawls, saved audits, plans; and comparing with them."""

import logging
from pathlib import Path
from typing import Any

import pandas as pd

from linkkit.audit import Audit
from linkkit.comparison.choosing import pair_of
from linkkit.comparison.comparison import Comparison, compare
from linkkit.comparison.history import history
from linkkit.comparison.saved import Judged
from linkkit.errors import SettingsError, SiteError
from linkkit.folders import MANIFEST
from linkkit.linkmodel import LinkModel
from linkkit.plan.planning import Proposal
from linkkit.plan.saved import FILE, SavedPlan, last_plan
from linkkit.site import Site, load
from linkkit.thresholds import Thresholds

logger = logging.getLogger(__name__)


class ClientPast:
    """The part of `linkkit.client.Client` that looks back."""

    folder: Path
    settings: Any

    @property
    def crawls(self) -> tuple[Path, ...]:
        """Crawl folders, oldest first."""
        raise NotImplementedError

    def audit(
        self,
        thresholds: Thresholds | None = None,
        *,
        model: LinkModel | None = None,
        crawl: str | None = None,
    ) -> Audit:
        """Audit the latest crawl, or an older one."""
        raise NotImplementedError

    @property
    def crawl_names(self) -> tuple[str, ...]:
        """Names of the crawls that can be read, oldest first: the dates they began on."""
        return tuple(path.name for path in self.crawls if (path / "site" / MANIFEST).is_file())

    def crawl_before(self, crawl: str | None = None) -> str | None:
        """Name of the crawl before one, or before the latest; None where there is none."""
        names = self.crawl_names
        earlier = names[:-1] if crawl is None else tuple(name for name in names if name < crawl)
        return earlier[-1] if earlier else None

    def raw_site(self, crawl: str) -> Site:
        """One crawl as it was, without the client's signals and clusters.

        Raises
        ------
        SiteError
            If there is no such crawl (those there are get listed).
        """
        if crawl not in self.crawl_names:
            known = ", ".join(self.crawl_names) or "none yet"
            raise SiteError(f"client {self.settings.name!r} has no crawl {crawl!r}; known: {known}")
        return load(self.folder / "crawls" / crawl / "site", engine=self.settings.engine)

    @property
    def audits(self) -> Path:
        """Folder of the saved audits, one for each crawl."""
        return self.folder / "audits"

    def compare(
        self,
        old: str | None = None,
        new: str | None = None,
        *,
        audit: Audit | None = None,
        old_audit: Audit | None = None,
        **options: Any,
    ) -> Comparison:
        """Compare two crawls, both judged by the client's settings and signals of today.

        The audit that was saved for the old crawl, and the last plan made before the new one, are taken into account; files of
        them that cannot be read are left out, and named in the log.

        Parameters
        ----------
        old, new : str, optional
            Names of crawls; the one before `new`, and the latest, without them.
        audit : Audit, optional
            Of the new crawl, where it is at hand already.
        old_audit : Audit, optional
            Of the old one.
        **options
            Of `linkkit.compare`, such as ``url_mapping``, which wins over that of ``client.toml``.

        Raises
        ------
        SiteError
            If there are no two crawls yet, or no such crawl.
        """
        before, after = pair_of(self.crawl_names, old, new, self.settings.name)
        now = audit or self.audit(crawl=after)
        mapping = self.settings.url_mapping
        given: dict[str, Any] = ({"url_mapping": mapping} if mapping else {}) | {
            "reported": self._reported(before),
            "plan": last_plan(self.plans(), after),
            "names": (before, after),
        }
        then = old_audit or self.audit(now.thresholds, model=now.graph.model, crawl=before)
        return compare(then, now, **given | options)

    def _reported(self, crawl: str) -> Judged | None:
        """The audit that was saved for a crawl; None where there is none, or none that can be read."""
        if not (self.audits / crawl).is_dir():
            return None
        try:
            return Judged.load(self.audits / crawl)
        except SiteError as error:
            logger.warning("the saved audit is left out of the comparison: %s", error)
            return None

    def history(self) -> pd.DataFrame:
        """One row per saved audit, oldest first (`linkkit.comparison.history`)."""
        return history(self.audits, max_crawl_depth=self.settings.thresholds.max_crawl_depth)

    def plans(self) -> tuple[SavedPlan, ...]:
        """Link plans kept for this client, those of the oldest crawl first; files that are no plan are left out, and named in the log."""
        read = []
        for file in sorted((self.folder / "plans").glob(FILE)):
            try:
                read.append(SavedPlan.load(file))
            except SettingsError as error:
                logger.warning("left out: %s", error)
        return tuple(read)

    def save_plan(self, proposal: Proposal, *, is_accepted: bool = True) -> Path:
        """Keep a link plan, made on the latest crawl, so that a later crawl can be held against it; gives the file."""
        if not self.crawl_names:
            raise SiteError(f"client {self.settings.name!r} has no crawl yet that a plan could rest on")
        return SavedPlan.of(proposal, self.crawl_names[-1], is_accepted=is_accepted).save(
            self.folder / "plans"
        )
