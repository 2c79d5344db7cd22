"""What leaves the building: findings, the plan and tickets as CSV and XLSX, charts as PNG and SVG. Reads results, computes nothing."""

from linkkit.deck.basket import Basket
from linkkit.deck.bundle import export, export_chapter
from linkkit.deck.comparison import export_comparison
from linkkit.deck.files import ExportError
from linkkit.deck.findings import export_findings, export_table
from linkkit.deck.images import export_charts
from linkkit.deck.plan import export_plan
from linkkit.deck.readiness import export_readiness
from linkkit.deck.tickets import export_tickets

__all__ = [
    "Basket",
    "ExportError",
    "export",
    "export_chapter",
    "export_charts",
    "export_comparison",
    "export_findings",
    "export_plan",
    "export_readiness",
    "export_table",
    "export_tickets",
]
