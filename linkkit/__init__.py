"""linkkit: is a site ready for backlinks, and if not, what few changes make every backlink worth more?"""

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

from linkkit.audit import Audit, run_audit, run_checks
from linkkit.client import Client
from linkkit.compare import Comparison, compare
from linkkit.crawl import crawl, read_warc, tqdm_progress
from linkkit.errors import CrawlError, EngineError, LinkkitError, SettingsError, SiteError, SourceError
from linkkit.graph import LinkGraph
from linkkit.linkmodel import LinkModel
from linkkit.metrics.stored import StoredWalks, stored_walks
from linkkit.site import Site, load
from linkkit.sources.advertools import read_crawl
from linkkit.sources.cluster_files import read_clusters
from linkkit.sources.clusters import Cluster, add_clusters
from linkkit.sources.edges import read_edges
from linkkit.sources.importing import read
from linkkit.sources.merging import merge_sites
from linkkit.sources.screaming_frog import read_screaming_frog
from linkkit.sources.signals import add_signals
from linkkit.thresholds import Thresholds

if TYPE_CHECKING:
    from linkkit import charts, deck, network, plan, readiness, widgets

__all__ = [
    "Audit",
    "Client",
    "Cluster",
    "Comparison",
    "CrawlError",
    "EngineError",
    "LinkGraph",
    "LinkModel",
    "LinkkitError",
    "SettingsError",
    "Site",
    "SiteError",
    "SourceError",
    "StoredWalks",
    "Thresholds",
    "add_clusters",
    "add_signals",
    "charts",
    "compare",
    "crawl",
    "deck",
    "load",
    "merge_sites",
    "network",
    "plan",
    "read",
    "read_clusters",
    "read_crawl",
    "read_edges",
    "read_screaming_frog",
    "read_warc",
    "readiness",
    "run_audit",
    "run_checks",
    "stored_walks",
    "tqdm_progress",
    "widgets",
]


def __getattr__(name: str) -> ModuleType:
    """Import what draws and exports when it is first asked for: it doubles the time an import takes."""
    if name in {"charts", "deck", "network", "plan", "readiness", "widgets"}:
        return import_module(f"linkkit.{name}")
    raise AttributeError(f"module 'linkkit' has no attribute {name!r}")
