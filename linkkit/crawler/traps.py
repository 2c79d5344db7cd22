"""Addresses without end: calendars, filters, session ids, folders that repeat. Found by measure, capped, and counted.

A crawl that followed every link of an online calendar would never end. What is left out here is told in the crawl's
status, its progress and the Site's manifest; `Traps` only counts and judges, and knows nothing of the network. An address
that a sitemap or a seed names is requested whatever is said here.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from typing import Any, Self
from urllib.parse import urlsplit

from linkkit.urls import origin

TRAP_PAGES = 200
"""Pages in a row that led to nothing new after which an address pattern is left alone."""

MAX_REDIRECTS = 20
"""Redirects in a row that are followed; browsers follow as many."""

MAX_URL_LENGTH = 16_000
"""Characters of an address that is requested; servers refuse most above 8,000."""

NEW_WORDS = 2
"""Words never seen on a pattern's pages that make a page new; one is what a date brings."""

_EQUAL_VALUES, _EQUAL_PAGES, _MANY_VALUES = 3, 3, 10
_SESSION_NAMES = frozenset(
    "phpsessid jsessionid sessionid session_id sessid sid aspsessionid cfid cftoken zenid oscsid xtcsid".split()
)
_TOKEN = re.compile(r"(?=.*\d)[0-9A-Za-z_-]{16,}\Z")
_PATH_SESSION = re.compile(r";jsessionid=[^/?]*", re.IGNORECASE)
_MONTH = re.compile(
    r"\b(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?|januar|februar|maerz|m%c3%a4rz|mai|juni|juli|oktober|dezember)\b"
)
_DIGITS = re.compile(r"\d+")
_REPEATED = re.compile(r"((?:/[^/]+){1,3}?)\1\1(?=/|\Z)")
_WORD = re.compile(r"\w+")


@lru_cache(maxsize=1 << 14)
def pattern(url: str) -> str | None:
    """The pattern that addresses of one series share; None for an address that is of none.

    Numbers, names of months and tokens stand as ``#``, a run of such folders as one; any query as ``?``.

    Examples
    --------
    >>> pattern("https://client.example/calendar/2031/05/12/"), pattern("https://client.example/shop?colour=red&size=m")
    ('https://client.example/calendar/#/', 'https://client.example/shop?')
    >>> pattern("https://client.example/about/")
    """
    parts = urlsplit(url)
    folders: list[str] = []
    for folder in parts.path.lower().split("/"):
        marked = _DIGITS.sub("#", _MONTH.sub("#", folder) if _DIGITS.search(folder) else folder)
        if "#" in marked and (marked.count("#") > 1 or not re.search("[a-z]", marked)):
            marked = "#"
        if marked != "#" or not folders or folders[-1] != "#":
            folders.append(marked)
    path = "/".join(folders)
    if "#" not in path and not parts.query:
        return None
    return f"{origin(url)}{path}{'?' if parts.query else ''}"


def repeats_folders(url: str) -> bool:
    """Whether the path holds up to three folders three times in a row, or one folder four times; numbers alone may repeat.

    Examples
    --------
    >>> repeats_folders("https://client.example/a/b/a/b/a/b/"), repeats_folders("https://client.example/2011/11/11/11/")
    (True, False)
    """
    path = urlsplit(url).path
    if path.count("/") < 3:
        return False
    folders = Counter(folder for folder in path.split("/") if folder and not folder.isdigit())
    if max(folders.values(), default=0) < 3:
        return False
    return max(folders.values()) > 3 or any(
        re.search(r"[^\d/]", found[1]) for found in _REPEATED.finditer(path)
    )


def content_key(row: dict[str, Any]) -> str:
    """What tells whether two crawled pages show the same: title, headings, words; the page's own address does not count."""
    path = urlsplit(row["url"]).path.strip("/")
    texts = [row.get(name) or "" for name in ("title", "h1", "linkable", "headings")]
    if len(path) > 3:
        texts = [text.replace(row["url"], "").replace(path, "") for text in texts]
    else:
        texts = [text.replace(row["url"], "") for text in texts]
    return hashlib.blake2b(
        "\0".join([*texts, str(row.get("word_count"))]).encode(), digest_size=8
    ).hexdigest()


@dataclass
class Series:
    """Pages of one pattern.

    `inside` counts those that only pages of the pattern itself lead to, `idle` the last of them in a row that brought neither a
    new address outside the pattern nor new words; `left_out` links were not followed, `example` is one.
    """

    inside: int = 0
    idle: int = 0
    left_out: int = 0
    example: str = ""
    words: set[str] = field(default_factory=set)


@dataclass
class Parameter:
    """What the values of a query parameter change: `equal` holds, for each address without it, content and number of values."""

    equal: dict[str, tuple[str, int]] = field(default_factory=dict)
    matters: bool = False

    @property
    def is_idle(self) -> bool:
        """Whether many values were seen to change nothing, on many addresses or very many on one."""
        if self.matters:
            return False
        counts = [count for _, count in self.equal.values()]
        return (
            max(counts, default=0) >= _MANY_VALUES or sum(n >= _EQUAL_VALUES for n in counts) >= _EQUAL_PAGES
        )


@dataclass
class Traps:
    """What a crawl leaves out, and why.

    Attributes
    ----------
    limit : int or None
        Pages of a pattern in a row without anything new that close it; None: nothing is ever closed.
    is_seen : callable
        Whether an address was requested.
    """

    limit: int | None = TRAP_PAGES
    is_seen: Callable[[str], bool] = field(default=lambda url: False, repr=False, compare=False)
    _series: dict[str, Series] = field(default_factory=dict)
    _inside: set[str] = field(default_factory=set)  # waiting addresses that only their own pattern leads to
    _parameters: dict[str, Parameter] = field(default_factory=dict)
    _idle: set[str] = field(default_factory=set)  # parameters known to change nothing
    _asked: set[str] = field(default_factory=set)  # addresses requested under such a parameter, without it
    _moved: set[str] = field(
        default_factory=set
    )  # addresses that redirect to themselves under such a parameter
    _counts: dict[str, list[Any]] = field(default_factory=dict)  # reason -> links not followed, an example

    def admits(self, url: str, source: str) -> bool:
        """Whether a new address that a page links to is to be requested; it is counted where it is not."""
        if len(url) > MAX_URL_LENGTH:
            return self._leave("long", url)
        if self.limit is None:
            return True
        if repeats_folders(url):
            return self._leave("folders", url)
        if self._is_repeat(url):
            return False
        own = pattern(url)
        if own is not None and own == pattern(source):
            if self._is_closed(own, url):
                return False
            self._inside.add(url)
        return True

    def admits_redirect(self, url: str, source: str, hops: int) -> bool:
        """Whether a redirect to a new address is to be followed, `hops` of them in a row; it is counted where not."""
        if hops > MAX_REDIRECTS:
            return self._leave("redirects", url)
        if self.limit is not None and self._bare(url)[0] == self._bare(source)[0]:
            # A site that gives each visitor a session id: the page is behind it.
            self._moved.add(source)
            return True
        return self.admits(url, source)

    def still_admits(self, url: str) -> bool:
        """Whether an address that waited is still to be requested."""
        if self.limit is None:
            return True
        own = pattern(url)
        if self._is_repeat(url) or (url in self._inside and own and self._is_closed(own, url)):
            self._inside.discard(url)
            return False
        return True

    def requested(self, url: str) -> None:
        """Note that an address is being requested."""
        bare, names = self._bare(url)
        if names and self.limit is not None:
            self._asked.add(bare)

    def linked(self, url: str, source: str) -> None:
        """Note a link to a known address: one from outside its pattern takes it out of the series."""
        if url in self._inside and pattern(source) != pattern(url):
            self._inside.discard(url)

    def crawled(self, row: dict[str, Any], new_outside: int) -> None:
        """Note a crawled page, and how many addresses outside its pattern it was the first to lead to."""
        if self.limit is None:
            return
        url = row["url"]
        is_inside = url in self._inside
        self._inside.discard(url)
        self._note_parameters(row)
        own = pattern(url)
        if own is None or not is_inside:
            return
        series = self._series.setdefault(own, Series())
        series.inside += 1
        # Most patterns stay small: words are kept of those only that grow.
        new_words = set(_words(row)) - series.words if series.inside > self.limit // 2 else set()
        is_new = new_outside > 0 or len(new_words) >= NEW_WORDS
        series.words |= new_words
        series.idle = 0 if is_new else series.idle + 1

    @property
    def left_out(self) -> int:
        """Links not followed."""
        return sum(each.left_out for each in self._series.values()) + sum(n for n, _ in self._counts.values())

    def limits(self) -> list[str]:
        """What was left out, a sentence each."""
        said = [
            f"links not followed: {each.left_out}, of the endless pattern {_shortened(name)}, {self.limit} pages of which in a row led"
            f" to nothing new, such as {_shortened(each.example)}"
            for name, each in self._series.items()
            if each.left_out
        ]
        for reason, (count, example) in self._counts.items():
            said.append(f"links not followed: {count}, {_reason(reason)}, such as {_shortened(example)}")
        return said

    def to_json(self) -> dict[str, Any]:
        """Everything, as plain JSON types."""
        return {
            "limit": self.limit,
            "series": {
                name: asdict(each) | {"words": sorted(each.words)} for name, each in self._series.items()
            },
            "inside": sorted(self._inside),
            "parameters": {name: asdict(each) for name, each in self._parameters.items()},
            "idle": sorted(self._idle),
            "asked": sorted(self._asked),
            "moved": sorted(self._moved),
            "counts": self._counts,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Read back what `to_json` gave."""
        return cls(
            limit=data["limit"],
            _series={
                name: Series(**each | {"words": set(each["words"])}) for name, each in data["series"].items()
            },
            _inside=set(data["inside"]),
            _parameters={
                name: Parameter({url: (key, n) for url, (key, n) in each["equal"].items()}, each["matters"])
                for name, each in data["parameters"].items()
            },
            _idle=set(data["idle"]),
            _asked=set(data["asked"]),
            _moved=set(data["moved"]),
            _counts=data["counts"],
        )

    def _is_closed(self, own: str, url: str) -> bool:
        series = self._series.get(own)
        if series is None or self.limit is None or series.idle < self.limit:
            return False
        series.left_out += 1
        series.example = series.example or url
        return True

    def _is_repeat(self, url: str) -> bool:
        """Whether the page was crawled under another value of a parameter that changes nothing."""
        bare, names = self._bare(url)
        is_known = bare in self._asked or (self.is_seen(bare) and bare not in self._moved)
        if not names or not is_known:
            return False
        self._leave(f"parameter {names[0]}", url)
        return True

    def _bare(self, url: str) -> tuple[str, list[str]]:
        """The address without parameters that change nothing, and their names."""
        head, mark, query = url.partition("?")
        bare, sessions = _PATH_SESSION.subn("", head)
        names = ["jsessionid"] if sessions else []
        kept = []
        for pair in query.split("&") if mark else ():
            name, _, value = pair.partition("=")
            if name in self._idle or (name.lower() in _SESSION_NAMES and _TOKEN.match(value)):
                names.append(name)
            else:
                kept.append(pair)
        return _joined(bare, kept), names

    def _note_parameters(self, row: dict[str, Any]) -> None:
        url = row["url"]
        self.requested(url)
        head, mark, query = url.partition("?")
        if not mark or row.get("status") != 200 or row.get("redirect_to"):
            return
        pairs = query.split("&")
        key = content_key(row)
        for place, pair in enumerate(pairs[:8]):
            name, _, value = pair.partition("=")
            found = self._parameters.setdefault(name, Parameter())
            if found.matters or not value:
                continue
            rest = _joined(head, pairs[:place] + pairs[place + 1 :])
            known = found.equal.get(rest)
            if known is not None and known[0] != key:
                found.matters, found.equal = True, {}
                continue
            found.equal[rest] = (key, known[1] + 1 if known else 1)
            if found.is_idle and name not in self._idle:
                self._idle.add(name)
                # What was crawled under the parameter need not be crawled again.
                self._asked |= {self._bare(each)[0] for each in found.equal}

    def _leave(self, reason: str, url: str) -> bool:
        count = self._counts.setdefault(reason, [0, url])
        count[0] += 1
        return False


def _joined(head: str, pairs: list[str]) -> str:
    return f"{head}?{'&'.join(pairs)}" if pairs else head


def _reason(reason: str) -> str:
    kind, _, name = reason.partition(" ")
    return {
        "long": f"with addresses longer than {MAX_URL_LENGTH:,} characters",
        "folders": "with addresses that repeat folders",
        "redirects": f"behind {MAX_REDIRECTS} redirects in a row",
        "parameter": f"to pages crawled under another value of {_shortened(name)}, which changes nothing on them",
    }[kind]


def _shortened(url: str) -> str:
    return url if len(url) <= 200 else f"{url[:200]}..."


def _words(row: dict[str, Any]) -> Iterator[str]:
    """Words that a page shows: title, headings, running text and names of links."""
    texts: Iterable[str | None] = (
        *(row.get(name) for name in ("title", "h1", "headings", "linkable")),
        *(link[1] for link in row.get("links") or ()),
    )
    for text in texts:
        yield from _WORD.findall((text or "").casefold())
