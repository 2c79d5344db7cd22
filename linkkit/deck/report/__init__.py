"""The report in one file: a story as a page that needs nothing else, runs nothing from outside and prints."""

from linkkit.deck.report.drawing import Look, draw
from linkkit.deck.report.rendering import report_html, write_report

__all__ = ["Look", "draw", "report_html", "write_report"]
