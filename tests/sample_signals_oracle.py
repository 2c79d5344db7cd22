"""The sample client's signal files, read with the standard library; part of `tests.sample_site_oracle`."""

import csv
import io
import re
from collections import Counter, defaultdict
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

START = "https://www.fellandford.example/"


def norm(url: str, base: str = START) -> str | None:
    """Absolute, without fragment and tracking parameters; None where it is no http(s) address."""
    parts = urlsplit(urljoin(base, url.strip()))
    if parts.scheme not in {"http", "https"}:
        return None
    query = [(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if not _tracking(k)]
    return urlunsplit((parts.scheme, parts.netloc.lower(), parts.path or "/", urlencode(query), ""))


def _tracking(name: str) -> bool:
    return name.startswith("utm_") or name in {"gclid", "fbclid", "msclkid", "mc_cid", "mc_eid"}


class Signals:
    """The signal files, read with the standard library."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.values: dict[str, dict[str, float]] = {}
        self.known: dict[str, set[str]] = {}
        self.bot_hits: Counter[str] = Counter()
        self.steps: Counter[tuple[str, str]] = Counter()
        if (folder / "search_console.csv").exists():
            self._search_console()
            self._analytics()
            self._transitions()
            self._backlinks()
            self._logs()
            self._money()

    def _add(self, signal: str, url: str, value: float) -> None:
        self.values.setdefault(signal, {})
        self.values[signal][url] = self.values[signal].get(url, 0.0) + value

    def _search_console(self) -> None:
        rows = csv.DictReader(
            io.StringIO((self.folder / "search_console.csv").read_text(encoding="utf-8-sig"))
        )
        self.known["search_console"] = set()
        for row in rows:
            url = (norm(row["Top pages"]) or "").replace("http://", "https://")
            self.known["search_console"].add(url)
            self._add("clicks", url, float(row["Clicks"]))

    def _analytics(self) -> None:
        text = (self.folder / "analytics.csv").read_text(encoding="utf-8-sig")
        lines = [line for line in text.splitlines() if line and not line.startswith("#")]
        self.known["analytics"] = set()
        for row in csv.DictReader(lines):
            path = row["Page path and screen class"]
            if path.startswith("/") and not path.startswith("//"):
                url = norm(path) or ""
                self.known["analytics"].add(url)
                self._add("sessions", url, float(row["Sessions"]))
                self._add("conversions", url, float(row["Key events"]))

    def _transitions(self) -> None:
        """Steps by address; "" where the visit begins. All searches are one page."""
        text = (self.folder / "transitions.csv").read_text(encoding="utf-8")
        for row in csv.DictReader(line for line in text.splitlines() if not line.startswith("#")):
            previous, url = (
                re.sub(r"\?q=.*", "?q=", row[name]) for name in ("Previous page path", "Page path")
            )
            source = "" if previous == "(entrance)" else norm(previous) or ""
            target = norm(url) or ""
            if url != "(not set)" and source != target:
                self.steps[source, target] += int(row["Views"])
                self.known["analytics"] |= {source, target} - {""}

    def _backlinks(self) -> None:
        domains: dict[str, set[str]] = defaultdict(set)
        with (self.folder / "backlinks.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                unfollowed = "true" in {row["Nofollow"], row["UGC"], row["Sponsored"]}
                if not row["Lost status"] and not unfollowed:
                    url = (norm(row["Target URL"]) or "").replace("http://", "https://")
                    domains[url].add(urlsplit(row["Referring page URL"]).netloc.removeprefix("www."))
        self.known["backlinks"] = set(domains)
        for url, names in domains.items():
            self._add("referring_domains", url, len(names))

    def _logs(self) -> None:
        found = re.findall(
            r'"GET (\S+) HTTP/1\.1" 200', (self.folder / "access.log").read_text(encoding="utf-8")
        )
        self.known["logs"] = {norm(path) or "" for path in found}
        for line in (self.folder / "access.log").read_text(encoding="utf-8").splitlines():
            if match := re.search(r'"GET (\S+) HTTP.*(?:Googlebot|bingbot)', line):
                self.bot_hits[norm(match[1]) or ""] += 1

    def _money(self) -> None:
        lines = (self.folder / "money_pages.txt").read_text(encoding="utf-8").splitlines()
        urls = [norm(line.split("#")[0]) or "" for line in lines if line.split("#")[0].strip()]
        self.known["list"] = set(urls)
        for url in urls:
            self._add("money", url, 1.0)
