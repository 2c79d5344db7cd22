"""Where a notebook begins: the client, its latest crawl, its audit, and what is known and missing."""

import time
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
from IPython.display import HTML, display

from linkkit.audit import Audit
from linkkit.charts import answer, source_note
from linkkit.charts.words import count, quantity
from linkkit.client import SETTINGS, Client
from linkkit.errors import LinkkitError
from linkkit.presets import changed as differing
from linkkit.presets import preset, usual
from linkkit.settings import SIGNAL_FILES
from linkkit.site import Site
from linkkit.steps import told
from linkkit.thresholds import Thresholds
from linkkit.widgets.errors import NotebookStopError
from linkkit.widgets.layout import answer_html, note_html

_PAUSE = 0.4
"""Seconds between two words on what is being done."""
_NAMES = {
    "sitemap": "Sitemap",
    "search_console": "Search Console",
    "analytics": "Analytics (GA4)",
    "transitions": "Page transitions (GA4)",
    "backlinks": "Backlinks",
    "logs": "Server logs",
    "money_pages": "Money pages",
    "urls": "Other lists of pages",
}
_HELPS = {
    "sitemap": "pages that exist but that nothing links to",
    "search_console": "orphans that people find; which pages matter",
    "analytics": "orphans that people visit; which pages matter",
    "transitions": "which links visitors follow, and where they turn back",
    "backlinks": "where authority enters, and whether it is stuck",
    "logs": "pages that search engines still request",
    "money_pages": "which pages the links should lead to",
    "urls": "pages from any other list",
}


def open_client(name: str, clients: str | Path = "clients") -> Client:
    """Open a client by name, from a notebook anywhere in the checkout.

    Parameters
    ----------
    name : str
        Its folder's name.
    clients : path
        Folder of all clients; relative to the checkout, wherever the notebook runs.

    Raises
    ------
    NotebookStopError
        If there is no such client; the message says which there are.
    """
    try:
        return Client.open(name, clients=clients_folder(clients))
    except LinkkitError as error:
        raise NotebookStopError(str(error)) from error


def clients_folder(clients: str | Path = "clients") -> Path:
    """Folder of all clients: an absolute path as it is, a relative one below the checkout that holds ``notebooks/``."""
    given = Path(clients).expanduser()
    if given.is_absolute():
        return given
    here = Path.cwd()
    root = next((each for each in (here, *here.parents) if (each / "notebooks").is_dir()), here)
    return root / given


def load_audit(client: Client) -> Audit:
    """Audit the client's latest crawl and say in two lines what it rests on; until then, what is being done.

    Raises
    ------
    NotebookStopError
        If nothing was crawled yet; the message says what to do.
    """
    waiting = _Waiting(f"Reading the latest crawl of {client.settings.name}")
    try:
        with told(waiting.tell):
            audit = client.audit()
    except LinkkitError as error:
        waiting.show("")
        raise NotebookStopError(str(error)) from error
    waiting.show(provenance_html(client, audit))
    return audit


class _Waiting:
    """A line that says what is being done and for how long, until the result takes its place."""

    def __init__(self, words: str) -> None:
        self._began = self._said = time.monotonic()
        self._shown = display(HTML(note_html(f"{words} ...")), display_id=True)

    def tell(self, name: str) -> None:
        """Name the step that begins, about twice a second at most."""
        now = time.monotonic()
        if now - self._said >= _PAUSE:
            self._said = now
            self.show(note_html(f"Auditing: {name} ({now - self._began:.0f} s)"))

    def show(self, html: str) -> None:
        """Put this in the line's place."""
        # Outside of a notebook there is nothing to replace.
        if self._shown is not None:
            self._shown.update(HTML(html))


def provenance_html(client: Client, audit: Audit) -> str:
    """Client, source, size, and the thresholds and link model where they differ from their defaults."""
    pages = audit.site.pages
    size = (
        f"{count(len(pages), 'known URL')}, {count(int(pages['is_indexable'].sum()), 'indexable page')}, "
        f"{count(int(audit.manifest.rows.get('links', 0)), 'internal link')}."
    )
    changed = "; ".join(_changes(audit.thresholds))
    lines = [f"{client.settings.name}. {source_note(audit)}", size]
    lines.append(
        f"Thresholds of this client: {changed}." if changed else "All thresholds are at their defaults."
    )
    if audit.thresholds.preset:
        chosen = preset(audit.thresholds.preset)
        lines.append(f"Preset {chosen.name}: {chosen.about}")
    lines += [f"Note: {warning}." for warning in (*audit.warnings, client.scope_note(audit.site)) if warning]
    if audit.graph.model.non_default():
        lines.append(f"Link model of this client: {audit.graph.model.words().removeprefix('Model: ')}.")
    return "".join(note_html(line) for line in lines)


def _changes(thresholds: Thresholds) -> Iterator[str]:
    """Values that differ from the default or the preset's, and those of sections."""
    began = usual(thresholds)
    for name, (value, default) in thresholds.non_default().items():
        base = getattr(began, name)
        by = f" by preset {thresholds.preset}" if value == base else ""
        by = f" (preset {thresholds.preset}: {base:g})" if base not in (value, default) else by
        yield f"{name.replace('_', ' ')} {value:g} instead of {default:g}{by}"
    for name, (value, base) in differing(thresholds, began).items():
        if name not in thresholds.non_default():
            yield f"{name.replace('_', ' ')} {value:g} (preset {thresholds.preset}: {base:g})"
    for prefix, name, value, elsewhere in thresholds.section_values():
        yield f"{name.replace('_', ' ')} {value:g} in {prefix} instead of {elsewhere:g}"


def show_answer(audit: Audit, chapter: str | None = None) -> None:
    """Show a chapter's answer, or the whole audit's."""
    display(HTML(answer_html(answer(audit, chapter))))


def knowledge(site: Site) -> pd.DataFrame:
    """What is known of a site and what is missing.

    Returns
    -------
    DataFrame
        One row per source, the crawl first: ``Source``, ``State`` (``there``, ``incomplete``, ``missing``), ``Detail``,
        ``Tells us``.
    """
    manifest = site.manifest
    rejected = "; ".join(f"{number:,} x {reason}" for reason, number in manifest.rejected.items())
    crawl = f"{count(len(site.pages), 'URL')}" + (
        f", stopped by {manifest.stopped_by}" if not manifest.complete else ""
    )
    rows = [
        (
            f"Crawl ({manifest.tool})",
            "there" if manifest.complete else "incomplete",
            crawl + (f"; left out: {rejected}" if rejected else ""),
            "pages, links, anchor texts",
        )
    ]
    for name in SIGNAL_FILES:
        told = manifest.signals.get(name)
        detail = (
            ""
            if told is None
            else ", ".join(quantity(value, key) for key, value in told.items() if value or key == "rows")
        )
        rows.append((_NAMES[name], "missing" if told is None else "there", detail, _HELPS[name]))
    return pd.DataFrame(rows, columns=["Source", "State", "Detail", "Tells us"])


def client_list(clients: str | Path = "clients") -> pd.DataFrame:
    """Every client: ``Client`` (folder), ``Name``, ``Start page``, ``Crawls`` (count), ``Latest``."""
    rows = []
    for settings in sorted(clients_folder(clients).glob(f"*/{SETTINGS}")):
        try:
            client = Client.open(settings.parent.name, clients=settings.parent.parent)
        except LinkkitError as error:
            rows.append((settings.parent.name, "client.toml has faults", str(error), 0, ""))
            continue
        crawls = client.crawls
        rows.append(
            (
                client.folder.name,
                client.settings.name,
                client.settings.start_url,
                len(crawls),
                crawls[-1].name if crawls else "none yet",
            )
        )
    return pd.DataFrame(rows, columns=["Client", "Name", "Start page", "Crawls", "Latest"])
