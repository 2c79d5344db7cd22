"""Change single values of a ``client.toml``, everything else untouched: comments, order, spacing."""

import re
import tomllib
from collections.abc import Mapping
from typing import Any

import tomlkit

from linkkit.settings.lines import HEADER


def with_values(text: str, table: str, values: Mapping[str, Any], defaults: Mapping[str, Any]) -> str:
    """The text with some settings of one table set, or, where the value is None, back at their default.

    A value takes the place of its commented default, where there is one, and gives it back when it is taken out.

    Parameters
    ----------
    text : str
        TOML.
    table : str
        Name of a table at the top level.
    values : mapping of setting to value or None
    defaults : mapping of setting to value
        What a setting that is taken out leaves behind as a comment.
    """
    wanted = tomllib.loads(text)
    inside = dict(wanted.get(table, {}))
    for name, value in values.items():
        if value is None:
            inside.pop(name, None)
        else:
            inside[name] = value
    wanted[table] = inside
    changed = _edited(text, table, values, defaults)
    try:
        if _same(tomllib.loads(changed), wanted, table):
            return changed
    except tomllib.TOMLDecodeError:
        pass
    # The table is written in a way that lines do not show (inline, with dotted names): a parser has to do it.
    document = tomlkit.parse(text)
    if table not in document:
        document[table] = tomlkit.table()
    for name, value in values.items():
        if value is not None:
            document[table][name] = value
        elif name in document[table]:
            document[table].remove(name)
    return tomlkit.dumps(document)


def _same(found: dict[str, Any], wanted: dict[str, Any], table: str) -> bool:
    return {table: {}} | found == {table: {}} | wanted


def _edited(text: str, table: str, values: Mapping[str, Any], defaults: Mapping[str, Any]) -> str:
    end = "\r\n" if "\r\n" in text else "\n"
    lines = text.split(end)
    begin = next((place for place, line in enumerate(lines) if _is_header(line, table)), None)
    if begin is None:
        if all(value is None for value in values.values()):
            return text
        while lines and not lines[-1].strip():
            lines.pop()
        lines += ["", f"[{table}]", ""]
        begin = len(lines) - 2
    stop = next(
        (place for place in range(begin + 1, len(lines)) if lines[place].lstrip().startswith("[")), len(lines)
    )
    part = lines[begin:stop]
    for name, value in values.items():
        _set(part, name, value, defaults.get(name))
    return end.join([*lines[:begin], *part, *lines[stop:]])


def _set(part: list[str], name: str, value: Any, default: Any) -> None:
    """Set one value among the lines of a table, the first of which is its header."""
    line = re.compile(rf"""^\s*(?P<off>#\s?)?["']?{re.escape(name)}["']?\s*=\s*[^#]*?(?P<said>\s*#.*)?$""")
    found = {place: match for place, each in enumerate(part) if (match := line.match(each))}
    live = [place for place, match in found.items() if not match["off"]]
    if value is None:
        for place in live:
            part[place] = f"#{name} = {tomlkit.item(default).as_string()}{found[place]['said'] or ''}"
        return
    written = f"{name} = {tomlkit.item(value).as_string()}"
    for place in [*live, *found][:1]:
        part[place] = written + (found[place]["said"] or "")
        return
    settings = [
        number for number, each in enumerate(part) if re.match(r"^\s*#?[\w\"'-]+\s*=", each) or number == 0
    ]
    part.insert(settings[-1] + 1, written)


def _is_header(line: str, table: str) -> bool:
    found = HEADER.match(line)
    return found is not None and not line.lstrip().startswith("[[") and found[1].strip("\"'") == table
