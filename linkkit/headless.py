"""The whole audit of one client without Jupyter open: crawl, audit, executed notebooks, exports."""

import logging
import os
import shutil
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from linkkit import charts, deck
from linkkit.audit import Audit
from linkkit.checks.registry import CHAPTERS
from linkkit.client import SETTINGS, Client
from linkkit.comparison import Comparison
from linkkit.deck.bundle import known_formats
from linkkit.deck.files import EARLIER, export_folder, is_forced, keep_earlier, replacing
from linkkit.deck.language import language as language_of
from linkkit.demo import sample_folder, serve
from linkkit.engine import check_engine
from linkkit.environment import HEADLESS
from linkkit.errors import LinkkitError, SettingsError, StartError
from linkkit.folders import MANIFEST
from linkkit.linkmodel import LinkModel
from linkkit.steps import Profile, profiled
from linkkit.steps import step as measured
from linkkit.thresholds import Thresholds
from linkkit.urls import host, normalise

logger = logging.getLogger(__name__)

_PACKAGE = Path(__file__).resolve().parent
NOTEBOOKS = next(
    (each for each in (_PACKAGE.parent / "notebooks", _PACKAGE / "bundled" / "notebooks") if each.is_dir()),
    _PACKAGE.parent / "notebooks",
)
"""The guided notebooks: those of the checkout, else those that came with the package."""
DECK_STEPS = 1 + len(deck.FORMATS)
"""Steps of `export_deck` where audit and work are at hand: the story, and each format."""
AUDIT_STEPS = 3
"""Steps of `audit_client` without deck and notebooks."""
Step = Callable[[str], None]
"""Called with a few words when a step begins."""


@dataclass(frozen=True, eq=False)
class AuditRun:
    """What a run left behind.

    Attributes
    ----------
    client : Client
    audit : Audit
    dataset : Path
        Folder of the Site: Parquet tables and manifest.
    results : Path
        Folder of the saved audit: metrics, findings, check states.
    notebooks : tuple of Path
        Executed notebooks.
    exports : tuple of Path
        Files for those who do the work: tickets, work list.
    deck : tuple of Path
        Files for the client.
    profile : Profile, optional
        Where the time went, if that was asked for; its table lies in ``profile.csv`` in `results`.
    """

    client: Client
    audit: Audit
    dataset: Path
    results: Path
    notebooks: tuple[Path, ...]
    exports: tuple[Path, ...]
    deck: tuple[Path, ...]
    profile: Profile | None = None


def chapter_notebooks() -> tuple[Path, ...]:
    """The guided notebooks in their order.

    Raises
    ------
    LinkkitError
        If linkkit was installed without its notebooks.
    """
    found = tuple(sorted(NOTEBOOKS.glob("[0-9][0-9]_*.ipynb")))
    if not found:
        raise LinkkitError(f"no notebooks in {NOTEBOOKS}; run linkkit from a checkout of its repository")
    return found


def audit_client(
    client: Client,
    *,
    thresholds: Thresholds | None = None,
    model: LinkModel | None = None,
    notebooks: bool = True,
    makes_deck: bool = True,
    profile: bool = False,
    step: Step = lambda words: None,
) -> AuditRun:
    """Audit a client's latest crawl: save the audit, write the deck and the exports, execute the notebooks.

    Thresholds and a link model other than the client's are used for this run only. An earlier audit of the same crawl is kept in
    ``audits/earlier/``, files and notebooks that say something else now in ``earlier/`` beside the new ones; inside
    `linkkit.deck.files.replaced_for_good` they are replaced.

    With `profile`, each step is measured (`linkkit.steps`); what notebooks take is spent in a kernel of their own, so that only their
    time is told.
    """
    with profiled() if profile else nullcontext() as told:
        step("building the link graph and running the checks")
        with measured("audit"):
            audit = client.audit(thresholds, model=model)
        crawled = client.folder / "crawls" / client.crawl_names[-1]
        with measured("saving the audit"):
            results = audit.save(_free_audit(client.audits / crawled.name), overwrite=True)
        step("planning links and ranking the quick wins")
        with measured("plan and quick wins"):
            work = _work(client, audit)
        step("writing tickets and charts")
        with measured("tickets and charts"):
            exports = _exports(client, audit, work)
        with measured("deck"):
            made = export_deck(client, audit, work=work, step=step) if makes_deck else ()
        with measured("notebooks"):
            executed = run_notebooks(chapter_notebooks(), client, step=step) if notebooks else ()
    if told:
        told.save(results / "profile.csv")
    return AuditRun(client, audit, crawled / "site", results, executed, exports, made, told)


def _free_audit(target: Path) -> Path:
    """The folder for an audit; one that is there is moved aside, unless it may be replaced."""
    if target.exists() and not is_forced():
        written = datetime.fromtimestamp(target.stat().st_mtime, UTC).strftime("%H%M%S-%f")
        kept = target.parent / EARLIER / f"{target.name}-{written}"
        kept.parent.mkdir(exist_ok=True)
        target.rename(kept)
    return target


def export_deck(
    client: Client,
    audit: Audit | None = None,
    *,
    work: deck.Work | None = None,
    folder: Path | None = None,
    formats: Collection[str] = deck.FORMATS,
    brand: deck.Brand | None = None,
    language: str | None = None,
    step: Step = lambda words: None,
) -> tuple[Path, ...]:
    """Write the client's deck: in its brand and language, with the slides and comments of its basket.

    Parameters
    ----------
    client : Client
    audit : Audit, optional
        Of the latest crawl, without it.
    work : Work, optional
        Made by the client's hours and weights without it.
    folder : Path, optional
        The client's ``deck/`` without it.
    formats : collection of str
        Some of `linkkit.deck.FORMATS`.
    brand : Brand, optional
        That of ``client.toml`` without it.
    language : str, optional
        That of the brand without it.
    step : callable
        Told in a few words what is being done.

    Returns
    -------
    tuple of Path
        Every file written.

    Raises
    ------
    SiteError
        If nothing was crawled or imported yet.
    SettingsError
        If ``[brand]``, the basket, a format or the language has a fault; that is told first.
    ExportError
        If a folder that is named cannot be made, which is told first too, or a file cannot be written; what was there before stays.
    """
    look = brand or deck.Brand.of(client.settings.brand, client.folder)
    # Before an audit that takes its time.
    known_formats(formats)
    language_of(language or look.language)
    basket = deck.Basket.load(client.folder)
    if folder is not None:
        export_folder(folder)
    if audit is None:
        step("building the link graph and running the checks")
        audit = client.audit()
    if work is None:
        step("planning links and ranking the quick wins")
        work = _work(client, audit)
    return tuple(
        deck.export(
            audit,
            folder or client.deck,
            brand=look,
            language=language,
            client=client.settings.name,
            work=work,
            history=client.history(),
            basket=basket,
            formats=formats,
            step=step,
        )
    )


def client_brand(client: Client, *, template: Path | None = None, logo: Path | None = None) -> deck.Brand:
    """The client's brand, with another template or logo, which may lie anywhere.

    Raises
    ------
    SettingsError
        If ``[brand]`` has a fault, or a file is not there or of another kind.
    """
    brand = deck.Brand.of(client.settings.brand, client.folder)
    for option, file, kinds in (
        ("template", template, (".pptx",)),
        ("logo", logo, (".png", ".jpg", ".jpeg")),
    ):
        if file is None:
            continue
        if not file.is_file():
            raise SettingsError(f"--{option} {file}: there is no such file")
        if file.suffix.lower() not in kinds:
            raise SettingsError(f"--{option} {file}: a file of kind {' or '.join(kinds)} is expected")
        brand = replace(brand, **{option: file})  # type: ignore[arg-type]
    return brand


def _exports(client: Client, audit: Audit, work: deck.Work) -> tuple[Path, ...]:
    """What those need who do the work: tickets, a work list, the charts of every notebook."""
    pictures = {
        name: chart
        for chapter in (None, *CHAPTERS)
        for name, chart in charts.chapter_charts(audit, chapter).items()
    }
    written = deck.export_charts(pictures, client.exports / "charts")
    if work.order is not None:
        wins, name, language = work.order.wins, client.settings.name, client_brand(client).language
        drawn = charts.quick_wins_charts(wins, work.order, enters=charts.entry_words(audit))
        written += deck.export_tickets(
            wins, client.exports, plan=work.order, charts=drawn, client=name, language=language
        )
    return tuple(written)


def _work(client: Client, audit: Audit) -> deck.Work:
    settings = client.settings
    return deck.Work.of(
        audit,
        hours_per_week=settings.hours_per_week,
        weights=settings.impact,
        effort=settings.effort,
    )


def run_notebooks(
    notebooks: Sequence[Path], client: Client, *, step: Step = lambda words: None
) -> tuple[Path, ...]:
    """Execute notebooks for a client into ``<client>/notebooks/``, trusted, so that their charts show when opened.

    One kernel runs them all, emptied in between: most of a notebook's time is what it imports.

    Raises
    ------
    LinkkitError
        If a cell fails; the executed notebook with the fault in it is kept and named.
    """
    from jupyter_client.manager import KernelManager  # noqa: PLC0415 - the notebook machinery takes a second to import

    folder = client.folder / "notebooks"
    folder.mkdir(parents=True, exist_ok=True)
    quiet = logging.getLogger(f"{__name__}.kernel")
    quiet.setLevel(logging.ERROR)
    kernel = KernelManager(kernel_name="python3", log=quiet)
    kernel.start_kernel(
        extra_arguments=["--log-level=ERROR"], cwd=str(NOTEBOOKS.parent), env={**os.environ, HEADLESS: "1"}
    )
    try:
        return tuple(
            _run_notebook(notebook, folder / notebook.name, client, kernel, step) for notebook in notebooks
        )
    finally:
        kernel.shutdown_kernel(now=True)


def _run_notebook(notebook: Path, target: Path, client: Client, kernel: Any, step: Step) -> Path:
    import nbformat  # noqa: PLC0415 - as above
    from nbclient import NotebookClient  # noqa: PLC0415
    from nbclient.exceptions import CellExecutionError  # noqa: PLC0415
    from nbformat.sign import NotebookNotary  # noqa: PLC0415
    from papermill.iorw import load_notebook_node  # noqa: PLC0415
    from papermill.parameterize import parameterize_notebook  # noqa: PLC0415

    step(f"notebook {notebook.stem}")
    parameters = {"CLIENT": client.folder.name, "CLIENTS": str(client.folder.parent.resolve())}
    content = parameterize_notebook(load_notebook_node(str(notebook)), parameters, kernel_name="python3")
    # What an earlier notebook left in the kernel must not carry this one.
    content.cells.insert(0, nbformat.v4.new_code_cell("%reset -f"))
    try:
        NotebookClient(content, km=kernel, timeout=None, log=logger).execute()
    except CellExecutionError as error:
        raise LinkkitError(
            f"notebook {notebook.name}: {error.ename}: {error.evalue}; see {target}"
        ) from error
    finally:
        del content.cells[0]
        if target.exists() and not is_forced():
            # Somebody may have worked in it.
            keep_earlier(target)
        nbformat.write(content, target)
    # A notebook that nobody signed shows no widgets; this one was written by our own run.
    NotebookNotary().sign(nbformat.read(target, as_version=4))
    return target


@dataclass(frozen=True, eq=False)
class ComparisonRun:
    """What a comparison left behind.

    Attributes
    ----------
    comparison : Comparison
    exports : tuple of Path
        CSV files, workbook and charts.
    """

    comparison: Comparison
    exports: tuple[Path, ...]


def compare_client(
    client: Client,
    old: str | None = None,
    new: str | None = None,
    *,
    audit: Audit | None = None,
    **options: Any,
) -> ComparisonRun:
    """Compare two crawls of a client and write what changed into its exports.

    Parameters
    ----------
    client : Client
    old, new : str, optional
        Names of crawls; the one before `new`, and the latest, without them.
    audit : Audit, optional
        Of the new crawl, where it is at hand already.
    **options
        Of `linkkit.compare`, such as ``url_mapping``.
    """
    comparison = client.compare(old, new, audit=audit, **options)
    pictures = charts.comparison_charts(comparison)
    files = deck.export_comparison(
        comparison,
        client.exports,
        charts=pictures,
        client=client.settings.name,
        language=client_brand(client).language,
    )
    return ComparisonRun(comparison, tuple(files))


def needs_crawl(client: Client, *, compares: bool) -> bool:
    """Whether a run has to crawl first: nothing was crawled yet, or the latest crawl of its own was audited and is to be compared.

    An import is never crawled over: only the tool that made it can make the next one.
    """
    if not client.crawl_names:
        return True
    latest = client.folder / "crawls" / client.crawl_names[-1]
    return compares and (latest / "crawl").is_dir() and (client.audits / latest.name / MANIFEST).is_file()


@contextmanager
def sample_client(clients: Path) -> Iterator[tuple[Client, str]]:
    """The sample client, set up in `clients`, with its site served on loopback; gives the address to crawl.

    Settings that the user changed stay; the signal files are written anew.

    Raises
    ------
    LinkkitError
        If linkkit was installed without its sample data.
    """
    sample = sample_folder()
    folder = clients / "sample"
    (folder / "signals").mkdir(parents=True, exist_ok=True)
    if not (folder / SETTINGS).exists():
        shutil.copyfile(sample / SETTINGS, folder / SETTINGS)
    for file in (sample / "signals").iterdir():
        with replacing(folder / "signals" / file.name) as partial:
            shutil.copyfile(file, partial)
    client = Client.open("sample", clients=clients)
    with serve(sample / "site", public_url=client.settings.start_url) as address:
        yield client, address


def client_for(url: str | None, name: str | None, clients: Path, *, engine: str | None = None) -> Client:
    """The client that is meant: by name, made if it is new and a URL is given; the host is the name without one.

    Parameters
    ----------
    url, name : str, optional
    clients : Path
        Folder of all clients.
    engine : str, optional
        In place of that of ``client.toml`` (`Client.on`).

    Raises
    ------
    SettingsError
        If neither is given, the client exists with another start URL, or there is no such engine; nothing is made then.
    """
    if engine is not None:
        # Before a folder is made.
        check_engine(engine)
        return client_for(url, name, clients).on(engine)
    if not url and not name:
        raise SettingsError("no client is named: give --client, or --url where the command takes it")
    if not url:
        return Client.open(str(name), clients=clients)
    start = normalise(url if "://" in url else f"https://{url}")
    folder = name or host(start).removeprefix("www.")
    if not (clients / folder / SETTINGS).exists():
        return Client.new(folder, start, clients=clients)
    client = Client.open(folder, clients=clients)
    if normalise(client.settings.start_url) != start:
        raise SettingsError(
            f"client {folder!r} has the start URL {client.settings.start_url}, not {start}; choose another --client, "
            f"or change start_url in {client.folder / SETTINGS}"
        )
    return client


@contextmanager
def client_to_crawl(
    url: str | None, name: str | None, clients: Path, *, engine: str | None = None
) -> Iterator[Client]:
    """`client_for`, for a command that crawls: a client made for it is gone again where its start page cannot be crawled from.

    Else the right address after a mistyped one would be refused as another client's. What was there before stays, and so does what
    somebody else put into the folder since.
    """
    before = {each.name for each in clients.iterdir()} if clients.is_dir() else set()
    client = client_for(url, name, clients, engine=engine)
    try:
        yield client
    except StartError:
        if client.folder.name not in before:
            _take_away(client)
        raise


def _take_away(client: Client) -> None:
    """Delete what `Client.new` and a crawl without a page made."""
    shutil.rmtree(client.folder / "crawls", ignore_errors=True)
    if any(path.is_file() for path in client.folder.rglob("*") if path.name != SETTINGS):
        return
    shutil.rmtree(client.folder, ignore_errors=True)
