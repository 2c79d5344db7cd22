"""Panels for the notebooks: state and callbacks only. Each has a plain function beside it that gives the same numbers."""

from linkkit.widgets.clients import ClientPanel, client_panel, new_client
from linkkit.widgets.crawl import CrawlPanel, crawl_panel, crawl_words
from linkkit.widgets.display import is_headless, picture_chart, picture_table, setup, show
from linkkit.widgets.errors import NotebookStopError
from linkkit.widgets.explorer import PageExplorer, click_path, notable_pages, page_explorer, page_inlinks
from linkkit.widgets.exporting import ExportPanel, export_chapter, export_panel
from linkkit.widgets.findings import FindingsBrowser, advice, findings_browser, findings_view, show_advice
from linkkit.widgets.importing import (
    ImportPanel,
    import_file,
    import_panel,
    import_rejects,
    import_report,
    signal_rejects,
)
from linkkit.widgets.journeys import (
    AuthorityExplorer,
    authority_explorer,
    flow_pages,
    hubs_view,
    landing_words,
    leaks_view,
    repair_list,
)
from linkkit.widgets.model import ModelPanel, StillModel, model_lines, model_panel
from linkkit.widgets.thresholds import (
    StillPanel,
    ThresholdPanel,
    chapter_chart,
    chapter_thresholds,
    retuned,
    threshold_panel,
)
from linkkit.widgets.workspace import (
    client_list,
    clients_folder,
    knowledge,
    load_audit,
    open_client,
    show_answer,
)

__all__ = [
    "AuthorityExplorer",
    "ClientPanel",
    "CrawlPanel",
    "ExportPanel",
    "FindingsBrowser",
    "ImportPanel",
    "ModelPanel",
    "NotebookStopError",
    "PageExplorer",
    "StillModel",
    "StillPanel",
    "ThresholdPanel",
    "advice",
    "authority_explorer",
    "chapter_chart",
    "chapter_thresholds",
    "click_path",
    "client_list",
    "client_panel",
    "clients_folder",
    "crawl_panel",
    "crawl_words",
    "export_chapter",
    "export_panel",
    "findings_browser",
    "findings_view",
    "flow_pages",
    "hubs_view",
    "import_file",
    "import_panel",
    "import_rejects",
    "import_report",
    "is_headless",
    "knowledge",
    "landing_words",
    "leaks_view",
    "load_audit",
    "model_lines",
    "model_panel",
    "new_client",
    "notable_pages",
    "open_client",
    "page_explorer",
    "page_inlinks",
    "picture_chart",
    "picture_table",
    "repair_list",
    "retuned",
    "setup",
    "show",
    "show_advice",
    "show_answer",
    "signal_rejects",
    "threshold_panel",
]
