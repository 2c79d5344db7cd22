"""Page-sized numbers, computed once per Site: pure functions of the Site and its LinkGraph."""

from linkkit.metrics.agreement import agreement
from linkkit.metrics.table import compute_metrics

__all__ = ["agreement", "compute_metrics"]
