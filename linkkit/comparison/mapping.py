"""Which address of the old audit is which address of the new one: rules of pattern and replacement, and how to find them.

Patterns are RE2's: they take time in proportion to the address, whatever is typed, and so know no look-ahead and no
back-reference within the pattern.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from linkkit.errors import SettingsError
from linkkit.schema import Indexability
from linkkit.sentence import Figure, plural, sentence
from linkkit.site import Site
from linkkit.urls import origin, sibling_origins, try_normalise
from linkkit.wording import percent

ARROW = "=>"
MIN_MOVED = 3
"""Pages that must have moved alike before a rule is proposed for their folder."""
SAME_PATHS = 0.5
"""Share of the old paths that must stand on another host before it is taken for the same site."""
_GROUP = re.compile(r"\$(\d)")
_EXAMPLES = 3


@dataclass(frozen=True)
class Rule:
    r"""One step of a URL mapping.

    Attributes
    ----------
    pattern : str
        Regular expression (RE2), searched in the old address.
    replacement : str
        What the match becomes; ``\1`` (or ``$1``) stands for the first group.
    why : str
        Where the rule comes from; empty for one that was given.
    """

    pattern: str
    replacement: str
    why: str = ""

    def __str__(self) -> str:
        return f"{self.pattern} {ARROW} {self.replacement}"


Rules = tuple[Rule, ...]
MappingLike = Iterable[Rule | str | tuple[str, str]] | Mapping[str, str]


def read_rules(given: MappingLike | None) -> Rules:
    r"""Rules from what people write: ``"pattern => replacement"``, pairs, or a mapping.

    Raises
    ------
    SettingsError
        If one has no arrow, is no regular expression, or its replacement names a group that the pattern does not have; all
        faults are named at once.

    Examples
    --------
    >>> read_rules([r"^http://(.*)$ => https://\1"])[0].replacement
    'https://\\1'
    """
    rules, faults = [], []
    entries = given.items() if isinstance(given, Mapping) else () if given is None else given
    for place, entry in enumerate([entries] if isinstance(entries, str) else entries, start=1):
        try:
            rules.append(_checked(_rule(entry), place))
        except SettingsError as error:
            faults.append(str(error))
    if faults:
        raise SettingsError("URL mapping:\n  " + "\n  ".join(faults))
    return tuple(rules)


def _rule(entry: Rule | str | tuple[str, str]) -> Rule:
    if isinstance(entry, Rule):
        return entry
    if not isinstance(entry, str):
        pattern, replacement = entry
        return Rule(str(pattern).strip(), _GROUP.sub(r"\\\1", str(replacement).strip()))
    pattern, arrow, replacement = entry.partition(ARROW)
    if not arrow:
        pattern, arrow, replacement = entry.partition(" -> ")
    if not arrow or not pattern.strip():
        raise SettingsError(
            f"{entry!r}: expected 'pattern {ARROW} replacement', such as '^http://(.*)$ {ARROW} https://\\1'"
        )
    return Rule(pattern.strip(), _GROUP.sub(r"\\\1", replacement.strip()))


def _checked(rule: Rule, place: int) -> Rule:
    try:
        _replace(pa.array([""]), rule)
        # Only a match makes RE2 look at the replacement.
        _replace(pa.array([""]), Rule(f"(?:{rule.pattern})|^", rule.replacement))
    except pa.ArrowInvalid as error:
        reason = str(error).removeprefix("Invalid regular expression: ")
        hint = "; look-ahead, look-behind and back-references are not known" if "(?" in rule.pattern else ""
        raise SettingsError(f"rule {place}, {rule}: {reason}{hint}. Test it on one address first.") from error
    return rule


def _replace(urls: pa.Array, rule: Rule) -> pa.Array:
    return pc.replace_substring_regex(urls, rule.pattern, rule.replacement, max_replacements=1)


def map_urls(urls: Sequence[str] | pd.Series, rules: Rules) -> list[str]:
    """Addresses after the first rule that fits each; those that no rule fits stay as they are.

    Raises
    ------
    SettingsError
        If a rule makes something that is no web address; some examples are named.
    """
    before = pa.array(list(urls), pa.string())
    after, open_ = before, pc.is_valid(before)
    for rule in rules:
        fits = pc.and_(open_, pc.match_substring_regex(before, rule.pattern))
        after = pc.if_else(fits, _replace(before, rule), after)
        open_ = pc.and_(open_, pc.invert(fits))
    changed = pc.not_equal(before, after).to_pylist()
    mapped, faults = [], []
    for old, new, moved in zip(before.to_pylist(), after.to_pylist(), changed, strict=True):
        normal = try_normalise(new) if moved else old
        if normal is None:
            faults.append(f"{old} becomes {new!r}")
        mapped.append(normal or old)
    if faults:
        shown = "\n  ".join(faults[:_EXAMPLES])
        raise SettingsError(
            f"URL mapping: {len(faults):,} x no web address comes out; a replacement must give a whole one:\n  {shown}"
        )
    return mapped


@dataclass(frozen=True)
class Moves:
    """A URL mapping onto the addresses that the new crawl knows.

    Attributes
    ----------
    rules : tuple of Rule
    known : frozenset of str
        Addresses of the new crawl.
    """

    rules: Rules
    known: frozenset[str]

    def __call__(self, urls: Sequence[str] | pd.Series) -> list[str]:
        """New addresses; one that is still known under its old form, and not under its new one, has not moved."""
        before = list(urls)
        if not self.rules:
            return before
        return [
            old if old in self.known and new not in self.known else new
            for old, new in zip(before, map_urls(before, self.rules), strict=True)
        ]


def merged_pages(urls: Sequence[str], mapped: Sequence[str]) -> pd.DataFrame:
    """Old addresses that become one new address.

    Returns
    -------
    DataFrame
        One row per old address that shares its new one: ``url`` (new), ``old_url``; sorted.
    """
    table = pd.DataFrame({"url": list(mapped), "old_url": list(urls)}, dtype="str")
    return table[table.duplicated("url", keep=False)].sort_values(["url", "old_url"]).reset_index(drop=True)


def origin_rules(old: Site, new: Site) -> Rules:
    """The move of the whole site to another scheme or host, where the crawls show one.

    A move between http and https, with and without ``www.``, is taken from the start pages; a move to another host from
    redirects that the crawls met, or from paths that stand on both hosts.

    Returns
    -------
    tuple of Rule
        At most one; none where the site stayed.
    """
    before, after = origin(old.start_url), origin(new.start_url)
    if before == after:
        return ()
    if before in sibling_origins(after):
        return (_origin_rule(before, after, sentence("http and https, with and without www., are one site")),)
    moved = _redirects(new)
    led = [each for each in _origin_pairs(moved) if each == (before, after)]
    if led:
        return (
            _origin_rule(
                before,
                after,
                plural(
                    "{number} redirect leads from one to the other",
                    "{number} redirects lead from one to the other",
                    len(led),
                ),
            ),
        )
    paths = _paths(old, before)
    share = len(paths & _paths(new, after)) / len(paths) if paths else 0.0
    if share >= SAME_PATHS:
        return (
            _origin_rule(
                before, after, sentence("{share} of the old paths stand there", share=Figure(percent(share)))
            ),
        )
    return ()


def _origin_rule(before: str, after: str, why: str) -> Rule:
    # The address of a start page may end behind the host.
    return Rule(rf"^{re.escape(before)}([/?].*)?$", rf"{after}\1", why)


def _origin_pairs(moved: pd.DataFrame) -> list[tuple[str, str]]:
    return [
        (origin(a), origin(b))
        for a, b in zip(moved["url"], moved["redirect_to"], strict=True)
        if urlsplit(a).path == urlsplit(b).path
    ]


def _paths(site: Site, home: str) -> set[str]:
    live = site.pages["url"][site.pages["is_indexable"]]
    return {url.removeprefix(home).rstrip("/") for url in live if url.startswith(home)}


def _redirects(site: Site) -> pd.DataFrame:
    pages = site.pages
    rows = pages[(pages["indexability_reason"] == Indexability.REDIRECT) & pages["redirect_to"].notna()]
    return rows[["url", "redirect_to"]]


def suggest_mapping(old: Site, new: Site) -> Rules:
    """Rules that the crawls themselves speak for: a move of the site (`origin_rules`), and folders that redirect as a whole.

    A folder is proposed where at least three of its pages, live in the old crawl, redirect in the new one to the same path
    below another folder, and none is live any more.

    Returns
    -------
    tuple of Rule
        The site's move first, then folders, most pages first.
    """
    site_move = origin_rules(old, new)
    live_before = set(map_urls(old.pages["url"][old.pages["is_indexable"]], site_move))
    live_now = set(new.pages["url"][new.pages["is_indexable"]])
    moved = _redirects(new)
    moved = moved[moved["url"].isin(live_before) & moved["redirect_to"].isin(live_now)]
    pairs = [
        pair
        for a, b in zip(moved["url"], moved["redirect_to"], strict=True)
        if (pair := _folders(a, b)) is not None
    ]
    rules = []
    for (before, after), number in Counter(pairs).most_common():
        if number < MIN_MOVED:
            break
        if not any(url.startswith(before) for url in live_now):
            rules.append(
                Rule(
                    rf"^{re.escape(before)}(.*)$",
                    rf"{after}\1",
                    plural(
                        "{number} of its pages redirects there",
                        "{number} of its pages redirect there",
                        number,
                    ),
                )
            )
    return (*site_move, *rules)


def _folders(before: str, after: str) -> tuple[str, str] | None:
    """The folders that two addresses do not share in front of what they do share."""
    if origin(before) != origin(after):
        return None
    a, b = before.split("/"), after.split("/")
    same = 0
    while same < min(len(a), len(b)) - 4 and a[-1 - same] == b[-1 - same]:
        same += 1
    # A trailing slash is an empty last part: it alone is no shared path.
    if not any(a[len(a) - same :]):
        return None
    return "/".join(a[: len(a) - same]) + "/", "/".join(b[: len(b) - same]) + "/"
