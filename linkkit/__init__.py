"""linkkit: is a site ready for backlinks, and if not, what few changes make every backlink worth more?"""

from linkkit.audit import Audit, run_audit, run_checks
from linkkit.client import Client
from linkkit.crawl import crawl
from linkkit.errors import CrawlError, LinkkitError, SettingsError, SiteError, SourceError
from linkkit.graph import LinkGraph
from linkkit.site import Site, load
from linkkit.sources.advertools import read_crawl
from linkkit.sources.clusters import Cluster, add_clusters
from linkkit.sources.edges import read_edges
from linkkit.sources.signals import add_signals
from linkkit.thresholds import Thresholds
