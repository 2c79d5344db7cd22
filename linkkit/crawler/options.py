"""What a crawl was asked for: checked once, kept beside the crawl, compared when it is taken up again."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any
from urllib.parse import urlsplit

from linkkit.crawler.render.decision import MODES
from linkkit.crawler.scope import Scope, check_patterns
from linkkit.crawler.secrets import Secrets, make_secrets, split_userinfo
from linkkit.crawler.traps import TRAP_PAGES
from linkkit.errors import SettingsError
from linkkit.scope import SiteScope
from linkkit.urls import UrlError, normalise, origin

ROBOTS_NAME = "linkkit"
"""Name under which robots.txt can address the crawler, unless another user agent is set."""

ENGINES = ("linkkit", "advertools")
"""Whose spider reads the pages; the rows have the same columns."""

_FIXED = {
    "start_url": "the start address",
    "public_url": "public_url",
    "include": "include",
    "exclude": "exclude",
    "hosts": "hosts",
    "folders": "folders",
    "obey_robots": "obey_robots",
    "secrets": "the kinds of headers, basic_auth and cookies",
    "render": "render",
}
"""Settings that decide which pages a crawl holds: they cannot change half way."""


def default_user_agent() -> str:
    """Who the crawler says it is."""
    try:
        number = version("linkkit")
    except PackageNotFoundError:
        number = "0"
    return f"Mozilla/5.0 (compatible; {ROBOTS_NAME}/{number}; internal link audit)"


@dataclass(frozen=True)
class CrawlOptions:
    """Checked options of `linkkit.crawler.run.run_crawl`, whose docstring explains them."""

    scope: Scope
    secrets: Secrets
    max_pages: int | None
    max_seconds: float | None
    max_depth: int | None
    delay: float
    concurrency: int
    obey_robots: bool
    user_agent: str
    robots_name: str | None
    sitemap: bool
    seeds: tuple[str, ...]
    trap_pages: int | None = TRAP_PAGES
    engine: str = "linkkit"
    render: str = "auto"
    render_seconds: float = 10.0
    render_external: bool = True

    def to_json(self) -> dict[str, Any]:
        """What settings.json holds: no secret, only which kinds were given."""
        return {
            **self.scope.to_json(),
            "obey_robots": self.obey_robots,
            "secrets": self._kinds(),
            "max_pages": self.max_pages,
            "max_seconds": self.max_seconds,
            "max_depth": self.max_depth,
            "delay": self.delay,
            "concurrency": self.concurrency,
            "user_agent": self.user_agent,
            "sitemap": self.sitemap,
            "seeds": len(self.seeds),
            "trap_pages": self.trap_pages,
            "engine": self.engine,
            "render": self.render,
            "render_seconds": self.render_seconds,
            "render_external": self.render_external,
        }

    def differences(self, earlier: Mapping[str, Any]) -> list[str]:
        """Which settings differ from an earlier run's in a way that would mix two crawls."""
        now = self.to_json()
        # A crawl of an earlier version knows no hosts and folders, and rendered nothing.
        unsaid = {"hosts": [], "folders": [], "render": now["render"]}
        return [
            f"{label}: was {earlier.get(name)!r}, is {now[name]!r}"
            for name, label in _FIXED.items()
            if earlier.get(name, unsaid.get(name)) != now[name]
        ]

    def _kinds(self) -> list[str]:
        names = self.secrets.names
        kinds = {"authorization": "basic_auth", "cookie": "cookies"}
        return sorted({kinds.get(name, "headers") for name in names})


def check_options(
    url: str,
    *,
    max_pages: int | None = None,
    max_seconds: float | None = None,
    max_depth: int | None = None,
    delay: float = 0.25,
    concurrency: int = 8,
    obey_robots: bool = True,
    user_agent: str | None = None,
    include: Iterable[str] | str = (),
    exclude: Iterable[str] | str = (),
    headers: Mapping[str, str] | None = None,
    basic_auth: tuple[str, str] | None = None,
    cookies: Mapping[str, str] | str | None = None,
    sitemap: bool = True,
    seeds: Iterable[str] = (),
    public_url: str | None = None,
    hosts: Iterable[str] = (),
    folders: Iterable[str] = (),
    trap_pages: int = TRAP_PAGES,
    engine: str = "linkkit",
    render: str = "auto",
    render_seconds: float = 10.0,
    render_external: bool = True,
) -> CrawlOptions:
    """Check the arguments of a crawl.

    Raises
    ------
    SettingsError
        Naming the argument, what was found and what was expected.
    """
    address, userinfo = split_userinfo(url.strip())
    if basic_auth is not None and userinfo is not None:
        raise SettingsError("basic_auth: user and password are in the address as well; give them once")
    start_url = _address("url", address)
    public = None if public_url is None else _address("public_url", split_userinfo(public_url.strip())[0])
    _at_least("max_pages", max_pages, 1)
    _at_least("max_seconds", max_seconds, 1)
    _at_least("max_depth", max_depth, 0)
    _at_least("delay", delay, 0)
    _at_least("concurrency", concurrency, 1)
    _at_least("trap_pages", trap_pages, 0)
    if user_agent is not None and (not user_agent.strip() or "\n" in user_agent or "\r" in user_agent):
        raise SettingsError(f"user_agent: expected one line of text, found {user_agent!r}")
    if engine not in ENGINES:
        raise SettingsError(f"engine: expected one of {', '.join(ENGINES)}, found {engine!r}")
    if render not in MODES:
        raise SettingsError(f"render: expected one of {', '.join(MODES)}, found {render!r}")
    _at_least("render_seconds", render_seconds, 1)
    if isinstance(seeds, str):
        raise SettingsError(f"seeds: expected a list of addresses, found one text {seeds!r}")
    if public is not None and origin(public) == origin(start_url):
        public = None
    wanted = SiteScope.of(public or start_url, hosts, folders)
    scope = Scope(
        start_url,
        public,
        check_patterns("include", include),
        check_patterns("exclude", exclude),
        wanted.hosts,
        wanted.folders,
    )
    return CrawlOptions(
        scope=scope,
        secrets=make_secrets(headers, basic_auth if userinfo is None else userinfo, cookies),
        max_pages=max_pages,
        max_seconds=max_seconds,
        max_depth=max_depth,
        delay=delay,
        concurrency=concurrency,
        obey_robots=obey_robots,
        user_agent=user_agent or default_user_agent(),
        robots_name=None if user_agent else ROBOTS_NAME,
        sitemap=sitemap,
        seeds=tuple(dict.fromkeys(str(seed) for seed in seeds)),
        trap_pages=trap_pages or None,
        engine=engine,
        render=render,
        render_seconds=render_seconds,
        render_external=bool(render_external),
    )


def scrapy_settings(options: CrawlOptions, folder: str, log: str, *, renders: bool = False) -> dict[str, Any]:
    """Scrapy settings of a run; whatever Scrapy's defaults or a project file nearby would say otherwise."""
    return {
        "LINKKIT_FOLDER": folder,
        "LINKKIT_SECRET_ORIGINS": " ".join(options.scope.secret_origins),
        "LINKKIT_START": origin(options.scope.start_url),
        "LINKKIT_HOSTS": " ".join(options.scope.hosts),
        "TWISTED_DNS_RESOLVER": "linkkit.crawler.resolver.GuardedResolver",
        "SPIDER_MIDDLEWARES": {
            "linkkit.crawler.middleware.LinkkitMiddleware": 950,
            # They look at every row and have nothing to do: the frontier keeps depths, and every answer counts.
            **{
                f"scrapy.spidermiddlewares.{name}": None
                for name in (
                    "depth.DepthMiddleware",
                    "httperror.HttpErrorMiddleware",
                    "referer.RefererMiddleware",
                    "urllength.UrlLengthMiddleware",
                )
            },
        },
        "DOWNLOADER_MIDDLEWARES": {
            **({"linkkit.crawler.render.middleware.RenderMiddleware": 10} if renders else {}),
            "linkkit.crawler.polite.PoliteMiddleware": 20,
            "linkkit.crawler.robots.RobotsMiddleware": 100,
            "linkkit.crawler.polite.PaceMiddleware": 560,
            "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
            # They look at every request and have nothing to do: the frontier stays on the site's hosts, secrets are added above.
            **{
                f"scrapy.downloadermiddlewares.{name}": None
                for name in (
                    "httpauth.HttpAuthMiddleware",
                    "offsite.OffsiteMiddleware",
                    "stats.DownloaderStats",
                )
            },
        },
        # Counters that nobody reads, and a line of the log for each page that is not written.
        "STATS_CLASS": "scrapy.statscollectors.DummyStatsCollector",
        "LOG_FORMATTER": "linkkit.crawler.log.FaultsOnly",
        "FEED_STORAGES": {"": "linkkit.crawler.feed.LineStorage"},
        "FEED_EXPORTERS": {"jl": "linkkit.crawler.feed.LineExporter"},
        "TWISTED_REACTOR": "twisted.internet.asyncioreactor.AsyncioSelectorReactor",
        "LOG_FILE": log,
        "LOG_LEVEL": "INFO",
        "USER_AGENT": options.user_agent,
        "ROBOTSTXT_OBEY": options.obey_robots,
        **({"ROBOTSTXT_USER_AGENT": options.robots_name} if options.robots_name else {}),
        # The frontier decides what is requested and in which order.
        "CONCURRENT_REQUESTS": options.concurrency,
        "CONCURRENT_REQUESTS_PER_DOMAIN": options.concurrency,
        "DOWNLOAD_DELAY": options.delay,
        "DOWNLOAD_DELAY_JITTER": 0,
        "AUTOTHROTTLE_ENABLED": False,
        "DEPTH_LIMIT": 0,
        "URLLENGTH_LIMIT": 0,
        "SCHEDULER_MEMORY_QUEUE": "scrapy.squeues.FifoMemoryQueue",
        # Each page request says dont_redirect; robots.txt may lie behind a redirect.
        "REDIRECT_ENABLED": True,
        "METAREFRESH_ENABLED": False,
        "HTTPERROR_ALLOW_ALL": True,
        # Like a search engine's crawler: no session, and no cookie of one page changes the next.
        "COOKIES_ENABLED": False,
        "HTTPCACHE_ENABLED": False,
        # A row an answer: a hundred tasks to share one among cost more than the row.
        "CONCURRENT_ITEMS": 1,
        # Or Scrapy reads and parses the spider's source to warn of a mistake that is not in it.
        "WARN_ON_GENERATOR_RETURN_VALUE": False,
        "RETRY_TIMES": 2,
        "DOWNLOAD_TIMEOUT": 30,
        "DNS_TIMEOUT": 15,
        "DOWNLOAD_MAXSIZE": 16 << 20,
        "DOWNLOAD_WARNSIZE": 0,
        # What pages ask for while they are rendered: as in a browser, at once. It is fetched once for all pages.
        "DOWNLOAD_SLOTS": {"linkkit-assets": {"concurrency": 8, "delay": 0.0}},
        "PLAYWRIGHT_DOWNLOAD_TIMEOUT": 1000,
        "PLAYWRIGHT_DEFAULT_NAVIGATION_TIMEOUT": int(options.render_seconds * 1000),
        "TELNETCONSOLE_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,
        "MEMUSAGE_ENABLED": False,
        "FEED_STORE_EMPTY": True,
    }


def _address(name: str, url: str) -> str:
    try:
        if "://" not in url and not url.startswith("//"):
            hint = f"https://{url}"
            raise SettingsError(f"{name}: {url!r} has no scheme; did you mean {hint!r}?")
        normal = normalise(url)
    except UrlError as error:
        raise SettingsError(
            f"{name}: {error}; expected an address such as https://www.client.example/"
        ) from error
    if not urlsplit(normal).hostname:
        raise SettingsError(f"{name}: {url!r} has no host")
    return normal


def _at_least(name: str, value: float | None, least: float) -> None:
    if value is not None and (
        isinstance(value, bool) or not isinstance(value, int | float) or not value >= least
    ):
        raise SettingsError(f"{name}: expected a number of at least {least}, found {value!r}")
