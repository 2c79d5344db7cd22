"""The command line: the same audit without Jupyter. Exit code 0 only when the job was done."""

import inspect
import logging
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from linkkit.errors import LinkkitError
from linkkit.linkmodel import Choice, LinkModel, model_settings
from linkkit.presets import presets
from linkkit.schema import Severity
from linkkit.thresholds import Knob, Thresholds, knobs
from linkkit.urls import web_address
from linkkit.wording import count

EXIT_NEW_FINDINGS = 4
"""Of a run that did its job and found something new that it was told to fail on."""

app = typer.Typer(
    name="linkkit",
    help="Audit a site's internal links before backlinks are built to it.",
    epilog="Exit codes: 0 the job was done; 1 it failed; 2 wrong usage; 3 the crawl stopped before its end; "
    f"{EXIT_NEW_FINDINGS} new findings at or above --fail-on; 130 interrupted.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)

_IMPORTED = {
    "rows": "rows",
    "matched": "match a crawled page",
    "not_crawled": "pages not crawled",
    "outside": "outside the site",
    "rejected": "not used",
}

Clients = Annotated[Path, typer.Option(help="Folder that holds the clients.")]
ClientName = Annotated[
    str | None, typer.Option("--client", help="Client's name: its folder under --clients.")
]
Url = Annotated[str | None, typer.Option("--url", help="Start page.")]
MaxPages = Annotated[int | None, typer.Option(min=1, help="Stop after this many URLs.")]
MaxSeconds = Annotated[float | None, typer.Option(min=1, help="Stop after this many seconds.")]
MaxDepth = Annotated[int | None, typer.Option(min=1, help="Stop this many clicks from the start page.")]
Delay = Annotated[float | None, typer.Option(min=0, help="Seconds between two requests (default: 0.25).")]
Concurrency = Annotated[
    int | None, typer.Option(min=1, max=64, help="Requests under way at a time (default: 8).")
]
Include = Annotated[
    list[str] | None, typer.Option(help="Crawl only URLs that match this pattern (repeatable).")
]
Exclude = Annotated[
    list[str] | None, typer.Option(help="Leave out URLs that match this pattern (repeatable).")
]
Render = Annotated[
    str | None,
    typer.Option(
        help="Read pages as they are after their scripts have run: auto (a sample decides), always or never (default: auto)."
    ),
]
UserAgent = Annotated[str | None, typer.Option(help="Name to crawl under.")]
ObeyRobots = Annotated[
    bool | None, typer.Option("--obey-robots/--ignore-robots", help="Whether robots.txt holds.")
]
CrawlUrl = Annotated[
    str | None, typer.Option(help="Crawl this copy of the site (staging host) instead of --url.")
]
BasicAuth = Annotated[
    str | None,
    typer.Option(envvar="LINKKIT_BASIC_AUTH", help="user:password of a staging site; never stored."),
]
Cookies = Annotated[
    str | None, typer.Option(envvar="LINKKIT_COOKIES", help="name=value; name=value; never stored.")
]
Header = Annotated[
    list[str] | None,
    typer.Option(help="'Name: value', repeatable; never stored (env var: LINKKIT_HEADERS, one a line)."),
]
Anew = Annotated[bool, typer.Option(help="Begin a new crawl even if the last one was interrupted.")]
EngineWord = Annotated[
    str | None,
    typer.Option(help="Where link-sized work is done: embedded, spark or spark:<master> (default: that of client.toml)."),
]  # fmt: skip
Notebooks = Annotated[bool, typer.Option(help="Execute the notebooks as well.")]
Deck = Annotated[bool, typer.Option("--deck/--no-deck", help="Write the client's deck as well.")]
Profiled = Annotated[bool, typer.Option("--profile", help="Show where the time went; kept in profile.csv.")]
Map = Annotated[
    list[str] | None,
    typer.Option(
        "--map",
        help=r"Old address to new one, where the site moved: '^https://old\.example/(.*)$ => https://new.example/\1'; repeat it.",
    ),
]
Force = Annotated[
    bool,
    typer.Option(
        "--force", help="Replace what earlier runs wrote; without it, it is kept in folders called 'earlier'."
    ),
]
FailOn = Annotated[
    Severity | None,
    typer.Option(
        help=f"End with exit code {EXIT_NEW_FINDINGS} where a finding of this severity or a worse one is new."
    ),
]


@app.callback()
def _main(
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show what happens inside.")] = False,
) -> None:
    logging.basicConfig(
        level=logging.INFO if verbose else logging.WARNING, format="%(levelname)s %(message)s"
    )


@app.command()
def crawl(
    url: Url = None,
    client: ClientName = None,
    clients: Clients = Path("clients"),
    anew: Anew = False,
    max_pages: MaxPages = None,
    max_seconds: MaxSeconds = None,
    max_depth: MaxDepth = None,
    delay: Delay = None,
    concurrency: Concurrency = None,
    include: Include = None,
    exclude: Exclude = None,
    render: Render = None,
    user_agent: UserAgent = None,
    obey_robots: ObeyRobots = None,
    crawl_url: CrawlUrl = None,
    basic_auth: BasicAuth = None,
    cookies: Cookies = None,
    header: Header = None,
) -> None:
    """Crawl a client's site, or go on with a crawl that was interrupted."""
    options = _crawl_options(locals())
    with _told():
        from linkkit.headless import client_to_crawl  # noqa: PLC0415

        with client_to_crawl(url, client, clients) as chosen:
            site = _crawl(chosen, options, anew=anew)
        _say_site(chosen, site)
        if not site.manifest.complete:
            _say(f"The crawl is incomplete: {site.manifest.stopped_by}")
            if str(site.manifest.stopped_by).split(" ")[0] not in {"page", "time", "depth"}:
                raise typer.Exit(3)


@app.command("new-client")
def new_client(
    name: Annotated[str, typer.Argument(help="Name of the client's folder.")],
    url: Annotated[str, typer.Option("--url", help="Public start page.")],
    preset: Annotated[
        str | None, typer.Option(help=f"Kind of site: {', '.join(presets())} (default: none of them).")
    ] = None,
    host: Annotated[
        list[str] | None, typer.Option(help="Another host that belongs to the site (repeatable).")
    ] = None,
    folder: Annotated[
        list[str] | None,
        typer.Option(help="Folder to audit, such as /en/, instead of the whole site (repeatable)."),
    ] = None,
    crawl_url: CrawlUrl = None,
    clients: Clients = Path("clients"),
) -> None:
    """Make a client's folder with a client.toml that explains every setting."""
    with _told():
        from linkkit.client import SETTINGS, Client  # noqa: PLC0415

        made = Client.new(
            name,
            web_address(url),
            clients=clients,
            crawl_url=web_address(crawl_url) if crawl_url else None,
            preset=preset or "",
            hosts=host or (),
            folders=folder or (),
        )
        scope = made.settings.scope.words()
        _say(f"Settings   {made.folder / SETTINGS}" + (f" ({scope})" if scope else ""))
        _say(f"Signals    {made.folder / 'signals'}: put exports, logs and lists there")
        _say(f"Next       linkkit audit --client {made.folder.name}")


@app.command("import")
def import_(
    paths: Annotated[
        list[Path],
        typer.Argument(
            help="Files or folders: crawls (advertools, Screaming Frog, Sitebulb, edge lists), exports, sitemaps, logs, lists."
        ),
    ],
    url: Url = None,
    client: ClientName = None,
    clients: Clients = Path("clients"),
    lists: Annotated[
        str, typer.Option(help="What a plain list of addresses holds: urls, money_pages or sitemap.")
    ] = "urls",
    complete: Annotated[
        bool | None,
        typer.Option(
            "--complete/--partial",
            help="Whether the crawl followed every internal link; without it, the files tell as far as they can.",
        ),
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(
            help="Column of a list of links by its own name: 'source=Page', 'target=Links to'; repeat it."
        ),
    ] = None,
) -> None:
    """Read what other tools made into a client's folder; what each file is, its content tells."""
    with _told():
        import pandas as pd  # noqa: PLC0415 - the help need not wait for it

        from linkkit.headless import client_for  # noqa: PLC0415

        chosen = client_for(url, client, clients)
        named = [each.partition("=") for each in column or ()]
        columns = {name.strip(): own.strip() for name, _, own in named}
        imported = chosen.import_files(*paths, lists=lists, complete=complete, columns=columns)
        for row in imported.report.to_dict("records"):
            counts = [
                f"{row[name]:,} {words}"
                for name, words in _IMPORTED.items()
                if row[name] is not pd.NA and (row[name] or name == "rows")
            ]
            told = f"{row['file']}: {row['recognised']}; {', '.join(counts)}"
            _say(f"{told}; {row['notes']}" if row["notes"] else told)
        for row in imported.rejects.head(10).to_dict("records"):
            at = "" if pd.isna(row["row"]) else f" row {row['row']}"
            _say(f"not used: {Path(row['file']).name}{at}: {row['value']}: {row['reason']}")
        if len(imported.rejects) > 10:
            _say(f"and {len(imported.rejects) - 10:,} more rows")
        if imported.site is not None:
            _say_site(chosen, chosen.site())


def _audit(
    url: Url = None,
    client: ClientName = None,
    clients: Clients = Path("clients"),
    recrawl: Annotated[bool, typer.Option(help="Crawl anew even if there is a crawl.")] = False,
    notebooks: Notebooks = True,
    deck: Deck = True,
    max_pages: MaxPages = None,
    max_seconds: MaxSeconds = None,
    max_depth: MaxDepth = None,
    delay: Delay = None,
    concurrency: Concurrency = None,
    include: Include = None,
    exclude: Exclude = None,
    render: Render = None,
    user_agent: UserAgent = None,
    obey_robots: ObeyRobots = None,
    crawl_url: CrawlUrl = None,
    basic_auth: BasicAuth = None,
    cookies: Cookies = None,
    header: Header = None,
    compare_to: Annotated[
        str | None,
        typer.Option(
            help="Compare with an older crawl: its date, or 'last'. The site is crawled anew unless the latest crawl was not audited yet."
        ),
    ] = None,
    map_: Map = None,
    fail_on: FailOn = None,
    engine: EngineWord = None,
    force: Force = False,
    profile: Profiled = False,
    **changed: Any,
) -> None:
    """Audit a client: crawl its site if that is still to be done, run every check, write deck, notebooks and exports."""
    options = _crawl_options(locals())
    with _told(force=force):
        from linkkit.headless import client_to_crawl, needs_crawl  # noqa: PLC0415

        compares = compare_to is not None or fail_on is not None
        with client_to_crawl(url, client, clients, engine=engine) as chosen:
            if recrawl or url or needs_crawl(chosen, compares=compares):
                _crawl(chosen, options, anew=recrawl)
        given = {name: value for name, value in changed.items() if value is not None}
        settings = {name: given.pop(name) for name in model_settings() if name in given}
        thresholds = chosen.settings.thresholds.replace(**given) if given else None
        model = chosen.settings.model.replace(**settings) if settings else None
        about: dict[str, Any] = {"thresholds": thresholds, "model": model, "profile": profile}
        audit = _run(chosen, notebooks=notebooks, makes_deck=deck, **about)
        if compares:
            _say("")
            if chosen.crawl_before() is None:
                _say("Nothing to compare with: this is the first crawl.")
                return
            _compare(chosen, compare_to, None, map_, fail_on, audit=audit)


@app.command()
def compare(
    client: ClientName = None,
    clients: Clients = Path("clients"),
    from_: Annotated[
        str, typer.Option("--from", help="Older crawl: its date, 'last' (the one before --to) or 'first'.")
    ] = "last",
    to: Annotated[str, typer.Option(help="Newer crawl: its date, or 'last'.")] = "last",
    map_: Map = None,
    fail_on: FailOn = None,
    as_reported: Annotated[
        bool,
        typer.Option(
            help="Hold findings against those of the report in its day; without it, both crawls are judged alike."
        ),
    ] = False,
    engine: EngineWord = None,
    force: Force = False,
) -> None:
    """Say what changed between two crawls of a client, and write it into its exports."""
    with _told(force=force):
        from linkkit.headless import client_for  # noqa: PLC0415

        basis = {"basis": "as_reported"} if as_reported else {}
        _compare(client_for(None, client, clients, engine=engine), from_, to, map_, fail_on, **basis)


def _compare(
    client: Any,
    old: str | None,
    new: str | None,
    rules: list[str] | None,
    fail_on: Severity | None,
    **options: Any,
) -> None:
    from linkkit.charts import comparison_lines  # noqa: PLC0415
    from linkkit.headless import compare_client  # noqa: PLC0415

    given = {**({"url_mapping": rules} if rules else {}), **options}
    run = compare_client(client, old, new, **given)
    severity = fail_on or Severity.HIGH
    for place, line in enumerate(comparison_lines(run.comparison, severity=severity)):
        _say(line if place == 0 else f"  {line}")
    _say("")
    _say(f"Comparison {client.exports}")
    bad = run.comparison.new_findings(severity)
    if fail_on is not None and len(bad):
        _say(f"New findings of severity {fail_on} or worse: {len(bad):,}")
        raise typer.Exit(EXIT_NEW_FINDINGS)


@app.command()
def deck(
    name: Annotated[
        str | None, typer.Argument(metavar="CLIENT", help="Client's name: its folder under --clients.")
    ] = None,
    client: ClientName = None,
    clients: Clients = Path("clients"),
    formats: Annotated[
        list[str] | None,
        typer.Option(
            "--format", help="What to write: pptx, html, xlsx, pictures or csv; repeat it (default: all)."
        ),
    ] = None,
    language: Annotated[
        str | None,
        typer.Option(help="Language: en or de (default: that of \\[brand] in client.toml)."),
    ] = None,
    template: Annotated[
        Path | None, typer.Option(help="The agency's own .pptx, in place of that of client.toml.")
    ] = None,
    logo: Annotated[Path | None, typer.Option(help="PNG or JPEG, in place of that of client.toml.")] = None,
    output: Annotated[
        Path | None, typer.Option(help="Folder to write to (default: the client's deck folder).")
    ] = None,
    engine: EngineWord = None,
    force: Force = False,
) -> None:
    """Write a client's deck from its latest crawl: slides, report, workbook, pictures and tables."""
    with _told(force=force):
        from linkkit.deck import FORMATS  # noqa: PLC0415
        from linkkit.headless import client_brand, client_for, export_deck  # noqa: PLC0415

        if name and client and name != client:
            raise typer.BadParameter(f"two clients are named: {name} and {client}", param_hint="CLIENT")
        chosen = client_for(None, name or client, clients, engine=engine)
        brand = client_brand(chosen, template=template, logo=logo)
        with _steps(2 + 1 + len(set(formats or FORMATS)), "Deck") as step:
            files = export_deck(
                chosen, formats=formats or FORMATS, brand=brand, language=language, folder=output, step=step
            )
        _say("")
        for file in _shown(files, output or chosen.deck):
            _say(file)


def _shown(files: Iterable[Path], folder: Path) -> Iterator[str]:
    """Files that were written, those of a folder below together."""
    below: dict[str, int] = {}
    for file in files:
        if file.parent == folder:
            yield str(file)
        else:
            below[str(file.parent)] = below.get(str(file.parent), 0) + 1
    for place, number in below.items():
        yield f"{place}: {count(number, 'file')}"


@app.command()
def demo(
    clients: Clients = Path("clients"), notebooks: Notebooks = True, deck: Deck = True, force: Force = False
) -> None:
    """Audit the sample client: serve its site on loopback, crawl it, run every check, write deck, notebooks and exports."""
    with _told(force=force):
        from linkkit.headless import sample_client  # noqa: PLC0415

        with sample_client(clients) as (client, address):
            _say(f"Sample site served on {address}")
            # Another run is served on another port: what an interrupted one left cannot be taken up.
            _crawl(client, {"crawl_url": address, "delay": 0.0}, anew=True)
        _run(client, notebooks=notebooks, makes_deck=deck)


@app.command()
def start(
    port: Annotated[int | None, typer.Option(help="Port on this machine.")] = None,
    browser: Annotated[bool, typer.Option(help="Open the browser.")] = True,
) -> None:
    """Open JupyterLab on the first notebook."""
    with _told():
        from linkkit import lab  # noqa: PLC0415

        raise typer.Exit(lab.start(Path(__file__).resolve().parent.parent, port=port, open_browser=browser))


@app.command()
def dashboard(
    client: Annotated[str, typer.Argument(help="Client's name: its folder under --clients.")],
    clients: Clients = Path("clients"),
    port: Annotated[int | None, typer.Option(help="Port on this machine.")] = None,
    browser: Annotated[bool, typer.Option(help="Open the browser.")] = True,
) -> None:
    """Show a client's panels as a page of their own, without code (needs the extra `dashboard`)."""
    with _told():
        from linkkit import lab  # noqa: PLC0415
        from linkkit.client import Client  # noqa: PLC0415

        chosen = Client.open(client, clients=clients)
        raise typer.Exit(lab.dashboard(chosen.folder.name, clients, port=port, open_browser=browser))


def _with_flags(command: Callable[..., None]) -> Callable[..., None]:
    """The command with one flag for each threshold and each setting of the link model, as these declare them."""
    flags = [_flag(name, knob, getattr(Thresholds(), name), "Thresholds") for name, knob in knobs().items()]
    flags += [
        _flag(name, each, getattr(LinkModel(), name), "Link model") for name, each in model_settings().items()
    ]

    def run(**values: Any) -> None:
        command(**values)

    own = [
        parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY)
        for parameter in inspect.signature(command).parameters.values()
        if parameter.kind is not inspect.Parameter.VAR_KEYWORD
    ]
    run.__signature__ = inspect.Signature([*own, *flags])  # type: ignore[attr-defined]
    run.__doc__ = command.__doc__
    return run


def _flag(name: str, setting: Knob | Choice, default: Any, panel: str) -> inspect.Parameter:
    if isinstance(setting, Choice):
        kind: Any = str
        words = f"{setting.help} ({', '.join(setting.options)}; default: {default})"
        option = typer.Option(help=words, rich_help_panel=panel)
    else:
        kind = type(default)
        words = f"{setting.help} ({setting.unit}; default: {default:g})"
        option = typer.Option(min=setting.low, max=setting.high, help=words, rich_help_panel=panel)
    return inspect.Parameter(
        name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Annotated[kind | None, option]
    )


app.command("audit")(_with_flags(_audit))


def _run(client: Any, *, notebooks: bool, makes_deck: bool, profile: bool = False, **options: Any) -> Any:
    from linkkit.headless import AUDIT_STEPS, DECK_STEPS, audit_client, chapter_notebooks  # noqa: PLC0415

    steps = AUDIT_STEPS + DECK_STEPS * makes_deck + (len(chapter_notebooks()) if notebooks else 0)
    with _steps(steps, "Audit") as step:
        run = audit_client(
            client, notebooks=notebooks, makes_deck=makes_deck, profile=profile, step=step, **options
        )
    _say("")
    for place, line in enumerate(run.audit.headlines()):
        _say(line if place == 0 else f"  {line}")
    if note := client.scope_note(run.audit.site):
        _say(f"  note: {note}")
    skipped = run.audit.checks[run.audit.checks["state"].isin(["not_applicable", "error"])]
    for check in skipped.itertuples():
        _say(f"  not judged: {check.title} ({check.reason})")
    _say("")
    for line in run.profile.lines() if run.profile else ():
        _say(line)
    _say(f"Dataset    {run.dataset}")
    _say(f"Audit      {run.results}")
    if run.notebooks:
        _say(f"Notebooks  {run.notebooks[0].parent}")
    if run.deck:
        _say(f"Deck       {client.deck}")
    _say(f"Exports    {client.exports}")
    if (run.audit.checks["state"] == "error").any():
        raise typer.Exit(1)
    return run.audit


@contextmanager
def _steps(total: int, name: str) -> Iterator[Callable[[str], None]]:
    """A bar of so many steps; told in a few words which one begins."""
    from tqdm.auto import tqdm  # noqa: PLC0415

    form = "{desc} {n}/{total} |{bar}| {elapsed} {postfix}"
    with tqdm(total=total, desc=name, unit="step", bar_format=form) as bar:
        begun = False

        def step(words: str) -> None:
            nonlocal begun
            if begun:
                bar.update()
            begun = True
            bar.set_postfix_str(words)

        yield step
        bar.set_postfix_str("done")
        bar.update()


def _crawl(client: Any, options: dict[str, Any], *, anew: bool = False) -> Any:
    from linkkit.crawler.progress import tqdm_progress  # noqa: PLC0415

    return client.crawl(progress=tqdm_progress(), anew=anew, **options)


def _crawl_options(given: dict[str, Any]) -> dict[str, Any]:
    names = (
        "max_pages max_seconds max_depth delay concurrency include exclude render user_agent obey_robots crawl_url cookies"
    ).split()
    options = {name: given[name] for name in names if given[name] not in (None, [])}
    if auth := given["basic_auth"]:
        if ":" not in auth:
            raise typer.BadParameter("expected user:password", param_hint="--basic-auth")
        options["basic_auth"] = tuple(auth.split(":", 1))
    # Typer would split the variable at every space.
    lines = given["header"] or os.environ.get("LINKKIT_HEADERS", "").split("\n")
    if pairs := [line.partition(":") for line in lines if line.strip()]:
        if not all(colon and name.strip() for name, colon, _ in pairs):
            raise typer.BadParameter("expected 'Name: value'", param_hint="--header")
        options["headers"] = {name.strip(): value.strip() for name, _, value in pairs}
    return options


@contextmanager
def _told(*, force: bool = False) -> Iterator[None]:
    """Errors made for people are shown as their message; Ctrl-C ends quietly, with what to do next."""
    try:
        if force:
            from linkkit.deck.files import replaced_for_good  # noqa: PLC0415

            with replaced_for_good():
                yield
        else:
            yield
    except (LinkkitError, OSError) as error:  # a folder that cannot be written, a full disk
        typer.echo(f"linkkit: {error}", err=True)
        raise typer.Exit(1) from error
    except KeyboardInterrupt:
        typer.echo("\nlinkkit: interrupted; the same command goes on where the crawl stopped", err=True)
        raise typer.Exit(130) from None


def _say_site(client: Any, site: Any) -> None:
    _say(f"{len(site.pages):,} URLs, {site.manifest.rows['links']:,} links -> {client.crawls[-1] / 'site'}")


def _say(text: str) -> None:
    # Terminals interpret control characters that a page title may hold.
    typer.echo("".join(char if char.isprintable() else " " for char in text))


def main() -> None:
    """Entry point of ``python -m linkkit``."""
    sys.exit(app())
