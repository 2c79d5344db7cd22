"""What leaves the building: the client's deck, workbook and report, the plan and tickets, tables and pictures. Reads results, computes nothing."""

from linkkit.deck.basket import Basket
from linkkit.deck.brand import Brand
from linkkit.deck.bundle import FORMATS, export, export_chapter, export_tables
from linkkit.deck.comparison import export_comparison
from linkkit.deck.files import ExportError
from linkkit.deck.findings import export_findings, export_table
from linkkit.deck.images import export_charts
from linkkit.deck.language import languages
from linkkit.deck.plan import export_plan
from linkkit.deck.readiness import export_readiness
from linkkit.deck.tickets import export_tickets
from linkkit.deck.workbook import Work

__all__ = [
    "FORMATS",
    "Basket",
    "Brand",
    "ExportError",
    "Work",
    "export",
    "export_chapter",
    "export_charts",
    "export_comparison",
    "export_findings",
    "export_plan",
    "export_readiness",
    "export_table",
    "export_tables",
    "export_tickets",
    "languages",
]
