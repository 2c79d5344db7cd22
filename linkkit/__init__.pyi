from . import charts, deck, network, plan, readiness, widgets
from .audit import Audit, run_audit, run_checks
from .client import Client
from .comparison import Comparison, compare
from .crawler.archive import read_warc
from .crawler.progress import tqdm_progress
from .crawler.site import crawl
from .errors import CrawlError, EngineError, LinkkitError, SettingsError, SiteError, SourceError
from .graph import LinkGraph
from .linkmodel import LinkModel
from .metrics.stored import StoredWalks, stored_walks
from .site import Site, load
from .sources.advertools import read_crawl
from .sources.cluster_files import read_clusters
from .sources.clusters import Cluster, add_clusters
from .sources.edges import read_edges
from .sources.importing import read
from .sources.merging import merge_sites
from .sources.screaming_frog import read_screaming_frog
from .sources.signals import add_signals
from .thresholds import Thresholds

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
