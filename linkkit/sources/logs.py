"""Access logs: combined format (Apache, nginx), CloudFront and IIS (W3C extended), plain or gzip.

One pass of DuckDB over the lines, in bounded memory: only addresses with their counts are kept.
"""

import re
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

import duckdb

from linkkit.errors import SourceError
from linkkit.sources.bots import BOTS, BotGroup
from linkkit.sources.reading import Reading
from linkkit.sources.tabular import leading_bytes

Verifier = Callable[[Iterable[tuple[str, str]]], set[tuple[str, str]]]
MAX_ADDRESSES = 1_000_000
"""Addresses kept of one log; those requested most. The others are counted."""
CLAIMED = "of these claimed by the agent alone, not verified"
"""Note that counts the hits whose robot nobody verified."""
_MEMORY = "400MB"
_ASSET = (
    r"(?i)\.(?:css|js|mjs|png|jpe?g|gif|svg|webp|avif|ico|bmp|woff2?|ttf|otf|eot|map|json|xml|txt|mp[34]|webm|ogg|webmanifest)"
    r"(?:[?;]|$)"
)
# The host stands first where a server writes one log for several sites ("vhost_combined").
_COMBINED = (
    r'^(?:([A-Za-z0-9.-]+\.[A-Za-z]{2,}):\d+ )?(\S+) \S+ .*?\[[^\]]*\] "(\w+) (\S+)[^"]*" (\d{3}) \S+'
    r' "(?:[^"\\]|\\.)*" "((?:[^"\\]|\\.)*)"'
)
_COMMON = r'^(?:\S+ )?\S+ \S+ .*?\[[^\]]*\] "[^"]*" \d{3} \S+\s*$'
_FIELDS = re.compile(rb"^#Fields:[ \t]*(.+?)[ \t]*\r?$", re.MULTILINE)
_ROBOTS = "|".join(f"(?:{bot.agent})" for bot in BOTS)


def is_log(start: bytes) -> bool:
    """Whether the (unpacked) first bytes are those of an access log."""
    if _FIELDS.search(start[:4096]) and b"sc-status" in start[:8192]:
        return True
    lines = [line for line in start.decode("latin-1").splitlines()[:50] if line.strip()]
    hits = sum(bool(re.match(_COMBINED, line) or re.match(_COMMON, line)) for line in lines)
    return hits >= 1 and hits * 2 >= len(lines)


def read_log(path: Path, *, verify: Verifier | None = None) -> Reading:
    """Read which pages search engines' robots requested.

    Only GET requests of pages count; images, styles and scripts are left out.

    Parameters
    ----------
    path : Path
    verify : callable, optional
        Says which (address, robot) claims hold, such as `linkkit.sources.bots.verify_by_dns`; without it, user agents are
        believed, and the reading's kind says so.

    Returns
    -------
    Reading
        Signal ``logs``; one row per address: ``url``, ``bot_hits`` (requests of search engines' robots, whatever the
        answer), ``ok_hits`` (requests of anybody that were answered with a page).

    Raises
    ------
    SourceError
        If no line can be read, user agents are missing, or the columns change within the file.
    """
    with tempfile.TemporaryDirectory(prefix="linkkit-log-") as spill, duckdb.connect() as base:
        base.execute("SET memory_limit = $limit", {"limit": _MEMORY})
        base.execute("SET temp_directory = $folder", {"folder": spill})
        base.execute("SET preserve_insertion_order = false")
        base.execute("SET enable_progress_bar = false")
        try:
            return _read(base, path, verify)
        except duckdb.Error as error:
            raise SourceError(
                f"{path}: the log cannot be read ({error}); unpack it or download it again"
            ) from error


def _read(base: duckdb.DuckDBPyConnection, path: Path, verify: Verifier | None) -> Reading:
    layout, lines = _lines_sql(base, path)
    search = tuple(bot.name for bot in BOTS if bot.group is BotGroup.SEARCH)
    names = " ".join(f"WHEN regexp_matches(agent, '{bot.agent}') THEN '{bot.name}'" for bot in BOTS[:-1])
    base.execute(
        f"""CREATE TEMP VIEW hits AS SELECT host, client, status,
            CASE WHEN path = '' THEN 'unreadable' WHEN method <> 'GET' THEN 'other methods'
                WHEN regexp_matches(path, '{_ASSET}') THEN 'files' ELSE 'pages' END AS what,
            CASE WHEN what = 'pages' THEN path ELSE '' END AS page,
            CASE WHEN NOT regexp_matches(agent, '{_ROBOTS}') THEN '' {names} ELSE '{BOTS[-1].name}' END AS bot
        FROM (SELECT * REPLACE (lower(agent) AS agent) FROM ({lines}))"""
    )
    if verify is None:
        named = "bot"
    else:
        claims = base.execute(
            f"SELECT DISTINCT client, bot FROM hits WHERE what = 'pages' AND bot IN {search}"
        ).fetchall()
        base.execute("CREATE TEMP TABLE verified (client VARCHAR, bot VARCHAR)")
        for claim in sorted(verify([(str(client), str(bot)) for client, bot in claims])):
            base.execute("INSERT INTO verified VALUES (?, ?)", claim)
        named = f"""CASE WHEN bot IN {search} AND (client, bot) NOT IN (SELECT (client, bot) FROM verified)
            THEN 'unverified' ELSE bot END"""
    base.execute(
        f"""CREATE TEMP TABLE summed AS SELECT what, CASE WHEN what = 'pages' THEN host ELSE '' END AS host, page,
            {named} AS bot, count(*) AS hits, count(*) FILTER (status IN ('200', '206', '304')) AS ok
        FROM hits GROUP BY ALL"""
    )
    return _reading(base, path, layout, search)


def _reading(base: duckdb.DuckDBPyConnection, path: Path, layout: str, search: tuple[str, ...]) -> Reading:
    counts: dict[str, int] = dict(
        base.execute("SELECT what, sum(hits)::BIGINT FROM summed GROUP BY what").fetchall()
    )
    lines, unreadable = sum(counts.values()), counts.get("unreadable", 0)
    if lines == unreadable:
        raise SourceError(
            f"{path}: none of its {lines:,} lines is a request in the {layout} format with a user agent "
            "(combined: address, user, time, request, status, size, referrer, agent); robots cannot be told without it"
        )
    query = f"""SELECT host, page, sum(hits) FILTER (bot IN {search}) AS bot_hits, sum(ok) AS ok_hits
        FROM summed WHERE what = 'pages' GROUP BY host, page"""
    kept = base.sql(
        f"""SELECT host || page AS url, coalesce(bot_hits, 0)::DOUBLE AS bot_hits, ok_hits::DOUBLE AS ok_hits
        FROM ({query}) ORDER BY ok_hits > 0 DESC, bot_hits + ok_hits DESC, url LIMIT {MAX_ADDRESSES}"""
    ).to_arrow_table()
    rows = kept.to_pandas().astype({"url": "str"})
    if not rows["url"].map(str.isascii).all():
        rows["url"] = rows["url"].map(_as_utf8)
    left = base.execute(f"SELECT count(*) FROM ({query})").fetchone()
    by_bot: dict[str, int] = dict(
        base.execute("SELECT bot, sum(hits)::BIGINT FROM summed WHERE what = 'pages' GROUP BY bot").fetchall()
    )
    is_verified = base.execute(
        "SELECT count(*) FROM duckdb_tables() WHERE table_name = 'verified'"
    ).fetchone() == (1,)
    notes = {"lines": lines, "unreadable": unreadable}
    for bot in BOTS:
        if bot.group is not BotGroup.SEARCH and CLAIMED not in notes:
            notes[CLAIMED] = 0 if is_verified else sum(by_bot.get(name, 0) for name in search)
        words = f"hits of {bot.name}" if bot.group is BotGroup.SEARCH else f"hits of {bot.group}"
        notes[words] = by_bot.get(bot.name, 0)
    notes["hits of robots whose name the DNS does not confirm"] = by_bot.get("unverified", 0)
    notes["hits of people"] = by_bot.get("", 0)
    notes["addresses beyond the most requested"] = (left[0] if left else len(rows)) - len(rows)
    claim = "robots verified by DNS" if is_verified else "robots as their user agents claim, not verified"
    return Reading(
        "logs",
        f"access log, {layout} ({claim})",
        rows,
        path,
        notes={words: count for words, count in notes.items() if count},
    )


def _lines_sql(base: duckdb.DuckDBPyConnection, path: Path) -> tuple[str, str]:
    """Name of the layout, and SQL that gives host, client, method, path, status and agent of each line."""
    packed = leading_bytes(path).startswith(b"\x1f\x8b")
    # One column, whatever the line holds; any byte is a Latin-1 character: one odd agent string does not cost the file.
    base.execute(
        f"""CREATE TEMP VIEW lines AS SELECT line FROM read_csv($file, columns = {{'line': 'VARCHAR'}}, delim = '\x01\x02\x03\x04',
            quote = '', escape = '', header = false, auto_detect = false, ignore_errors = true, strict_mode = false,
            nullstr = '\x02', compression = '{"gzip" if packed else "none"}', encoding = 'latin-1',
            max_line_size = 1000000) WHERE line <> ''""".replace("$file", _quoted(str(path)))
    )
    heads = base.execute(
        r"SELECT DISTINCT rtrim(line, chr(13) || ' ') FROM lines WHERE line LIKE '#Fields:%' LIMIT 3"
    ).fetchall()
    if not heads:
        parts = "['host', 'client', 'method', 'path', 'status', 'agent']"
        return "combined", (
            f"SELECT unnest(regexp_extract(line, {_quoted(_COMBINED)}, {parts})) FROM lines WHERE line NOT LIKE '#%'"
        )
    if len(heads) > 1:
        raise SourceError(f"{path}: the #Fields of the log change on the way; split it where they do")
    return _extended_sql(path, heads[0][0])


def _extended_sql(path: Path, head: str) -> tuple[str, str]:
    """SQL for the W3C extended format, whose columns its ``#Fields`` line names."""
    names = [name.lower() for name in head.removeprefix("#Fields:").split()]
    missing = [
        name for name in ("cs-method", "cs-uri-stem", "sc-status", "cs(user-agent)") if name not in names
    ]
    if missing:
        raise SourceError(
            f"{path}: the log has no {', '.join(missing)}; found {', '.join(names)}. Switch the fields on"
        )
    cloudfront = "x-edge-location" in names
    mark = "chr(9)" if cloudfront else "' '"

    def field(*wanted: str) -> str:
        place = next((names.index(name) for name in wanted if name in names), None)
        return "''" if place is None else f"coalesce(nullif(cells[{place + 1}], '-'), '')"

    query = field("cs-uri-query")
    # CloudFront writes agents percent-encoded, IIS with + for a space.
    agent = f"replace(replace({field('cs(user-agent)')}, '%20', ' '), '+', ' ')"
    return "CloudFront" if cloudfront else "IIS (W3C extended)", (
        f"""SELECT {field("x-host-header", "cs-host")} AS host, {field("c-ip")} AS client, {field("cs-method")} AS method,
            CASE WHEN len(cells) < {len(names)} THEN '' WHEN {query} = '' THEN {field("cs-uri-stem")}
                ELSE {field("cs-uri-stem")} || '?' || {query} END AS path,
            {field("sc-status")} AS status, {agent} AS agent
        FROM (SELECT string_split(rtrim(line, chr(13)), {mark}) AS cells FROM lines WHERE line NOT LIKE '#%')"""
    )


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _as_utf8(text: str) -> str:
    """The text that was read byte by byte, as UTF-8 where it is that."""
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text
