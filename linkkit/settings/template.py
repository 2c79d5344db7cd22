"""The ``client.toml`` that a new client gets, and the page that documents it: every setting, from its declaration."""

import textwrap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import tomlkit

from linkkit.linkmodel import Choice, LinkModel, model_settings
from linkkit.presets import Preset, preset, presets
from linkkit.settings.declared import BRAND, COMPARE, CRAWL, IMPACT, MAIN, SCOPE, SIGNALS, WORK, Setting
from linkkit.thresholds import Knob, Thresholds, knobs

_WIDTH = 118
_HEAD = """\
Settings of one client. Lines that begin with "# " explain; a line that begins with "#" and a name is a setting at its
default: take away the "#" to change it. What is indented after the "#" is an example. Credentials never stand here.
"""
_ABOUT = {
    "scope": "What counts as the site, beside the host of start_url.",
    "crawl": "How the site is crawled.",
    "signals": "Files in the folder signals/ are told by their content. Only what does not tell itself, such as a plain list whose"
    " name does not begin with money_pages, urls or sitemap, is named here. Empty: not named.",
    "thresholds": "Where the checks draw their lines. The sliders of the notebooks write here.",
    "sections": "A part of the site can have thresholds of its own: a folder, or a folder of one host. The longest that a page lies in"
    " wins; what it does not name comes from around it. Every threshold may stand there.",
    "model": "What link weights and authority rest on. Search engines publish none of these numbers.",
    "clusters": "Topic clusters, one table each; notebook 07_topic_clusters writes them. In paths * stands for any characters.",
    "compare": "How two crawls of the site are held against each other.",
    "work": "What work takes: hours, from which quick wins are ranked and the order of work in weeks is made.",
    "impact": "What the measures of impact count for in the ranking of quick wins. Only their proportions matter.",
    "brand": "How exports look.",
}
_SECTIONS = '[sections."/blog/".thresholds]\nmax_crawl_depth = 5'
_CLUSTERS = '[[clusters]]\nname = "Tents"\npillar = "/guides/tents/"\npages = ["/guides/tents/*/", "/blog/pitching-a-tent/"]\nwithout = ["/guides/tents/old/"]'


@dataclass(frozen=True)
class Documented:
    """One setting as it is shown.

    Attributes
    ----------
    name : str
    default : object
        What holds where the file says nothing.
    help, unit, source : str
        In words; the unit with the range.
    example : str
        TOML of a value that shows what may stand there; empty where the default shows it.
    """

    name: str
    default: Any
    help: str
    unit: str
    source: str
    example: str = ""

    def line(self) -> str:
        """Meaning, unit with range, and source in one line."""
        label = (
            "Unit"
            if isinstance(self.default, int | float) and not isinstance(self.default, bool)
            else "Value"
        )
        unit = f" {label}: {self.unit}." if self.unit else ""
        return f"{self.help}{unit} Source: {self.source}."


def documented(chosen: Preset | None = None) -> dict[str, tuple[Documented, ...]]:
    """Every setting of a ``client.toml`` by its table, in the order of the file; the empty name is the top of the file.

    With a preset, defaults are the preset's.
    """
    thresholds = chosen.thresholds if chosen else Thresholds()
    model = chosen.model if chosen else LinkModel()
    reasons = chosen.reasons if chosen else {}
    return {
        "": tuple(_plain(name, each) for name, each in MAIN.items()),
        "scope": tuple(_plain(name, each) for name, each in SCOPE.items()),
        "crawl": tuple(_plain(name, each) for name, each in CRAWL.items()),
        "signals": tuple(_plain(name, each) for name, each in SIGNALS.items()),
        "thresholds": tuple(
            _knob(name, each, getattr(thresholds, name), reasons.get(name)) for name, each in knobs().items()
        ),
        "model": tuple(
            _knob(name, each, getattr(model, name), reasons.get(name))
            for name, each in model_settings().items()
        ),
        "compare": tuple(_plain(name, each) for name, each in COMPARE.items()),
        "work": tuple(_plain(name, each) for name, each in WORK.items()),
        "impact": tuple(_plain(name, each) for name, each in IMPACT.items()),
        "brand": tuple(_plain(name, each) for name, each in BRAND.items()),
    }


def client_toml(
    name: str,
    start_url: str,
    *,
    crawl_url: str | None = None,
    preset_name: str = "",
    hosts: Iterable[str] = (),
    folders: Iterable[str] = (),
) -> str:
    """The text of a new client's ``client.toml``: what is given, and every other setting as a commented default.

    Raises
    ------
    SettingsError
        If the preset is unknown.
    """
    chosen = preset(preset_name) if preset_name else None
    given: dict[str, dict[str, Any]] = {
        "": {"name": name, "start_url": start_url, "crawl_url": crawl_url or "", "preset": preset_name},
        "scope": {"hosts": list(hosts), "folders": list(folders)},
    }
    lines = [*_commented(_HEAD), ""]
    tables = documented(chosen)
    for table in ("", *_ABOUT):
        if table:
            lines += ["", *_commented(_ABOUT[table])]
        if table in ("sections", "clusters"):
            lines += _example(_SECTIONS if table == "sections" else _CLUSTERS)
            continue
        lines += [f"[{table}]"] if table else []
        for each in tables[table]:
            lines += _setting(each, given.get(table, {}).get(each.name))
    return "\n".join(lines) + "\n"


def settings_page() -> str:
    """The page of the documentation on ``client.toml``, as Markdown."""
    titles = {
        "": "At the top of the file", "scope": "`[scope]`", "crawl": "`[crawl]`", "signals": "`[signals]`",
        "thresholds": "`[thresholds]`", "model": "`[model]`", "compare": "`[compare]`", "work": "`[work]`", "impact": "`[impact]`",
        "brand": "`[brand]`",
    }  # fmt: skip
    lines = [
        "# Settings of a client",
        "",
        *textwrap.wrap(
            "What may stand in `clients/<name>/client.toml`. `linkkit new-client` writes a file with all of it as commented"
            " defaults. Unknown names and values out of range are refused, all at once. This page is made from the"
            " declarations in the code by `make docs`.",
            _WIDTH,
        ),
    ]
    for table, settings in documented().items():
        about = _ABOUT.get(table, "`name` and `start_url` have to be there.")
        lines += ["", f"## {titles[table]}", "", *textwrap.wrap(about, _WIDTH), ""]
        lines += [
            "| setting | default | meaning | unit and range | source |",
            "| --- | --- | --- | --- | --- |",
        ]
        for each in settings:
            example = f" Example: `{each.example}`." if each.example else ""
            default = "" if each.default is None else f"`{_toml(each.default)}`"
            cells = (f"`{each.name}`", default, each.help + example, each.unit, each.source)
            lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
        if table == "thresholds":
            lines += [
                "",
                "### Thresholds of a part of the site",
                "",
                *textwrap.wrap(_ABOUT["sections"], _WIDTH),
            ]
            lines += ["", "```toml", *_SECTIONS.split("\n"), "```"]
        if table == "model":
            lines += ["", "## `[[clusters]]`", "", *textwrap.wrap(_ABOUT["clusters"], _WIDTH)]
            lines += ["", "```toml", *_CLUSTERS.split("\n"), "```"]
    return "\n".join([*lines, "", *_preset_lines()]) + "\n"


def _preset_lines() -> Iterator[str]:
    yield "## Presets"
    yield ""
    yield from textwrap.wrap(
        '`preset = "shop"` sets these values instead of the defaults; what stands under `[thresholds]` or `[model]` wins over'
        " them. They are linkkit's own judgement of what is usual for such sites.",
        _WIDTH,
    )
    for each in presets().values():
        yield ""
        yield f"### `{each.name}`"
        yield ""
        yield each.about
        yield ""
        yield "| setting | value | default | reason |"
        yield "| --- | --- | --- | --- |"
        defaults = asdict(Thresholds()) | asdict(LinkModel())
        values = asdict(each.thresholds) | asdict(each.model)
        for name, reason in each.reasons.items():
            yield f"| `{name}` | {_toml(values[name])} | {_toml(defaults[name])} | {reason} |"


def _plain(name: str, setting: Setting) -> Documented:
    words = ", ".join(part for part in (setting.unit, setting.range_words()) if part)
    if name == "preset":
        words = f"one of {', '.join(presets())}"
    return Documented(name, setting.default, setting.help, words, setting.source, setting.example)


def _knob(name: str, knob: Knob | Choice, value: Any, reason: str | None) -> Documented:
    said = f"; here by the preset, for {reason}" if reason else ""
    if isinstance(knob, Choice):
        words = "; ".join(f'"{word}": {meaning}' for word, meaning in knob.options.items())
        return Documented(name, value, f"{knob.help} {words}.", "", f"{knob.source}{said}")
    return Documented(
        name, value, knob.help, f"{knob.unit}, {knob.low:g} to {knob.high:g}", f"{knob.source}{said}"
    )


def _setting(each: Documented, given: Any = None) -> Iterator[str]:
    """Comment and line of one setting; what is given stands without ``#``."""
    yield f"# {each.line()}"
    if each.example:
        yield from _example(f"{each.name} = {each.example}")
    # What has no default has to be there.
    is_given = given not in (None, "", []) or each.default is None
    yield f"{'' if is_given else '#'}{each.name} = {_toml(given if is_given else each.default)}"


def _example(text: str) -> list[str]:
    return [f"#     {line}" for line in text.split("\n")]


def _commented(text: str) -> list[str]:
    return [f"# {line}" for line in textwrap.wrap(" ".join(text.split()), _WIDTH)]


def _toml(value: Any) -> str:
    return tomlkit.item(value).as_string()


def defaults_of(table: str, chosen: Preset | None = None) -> Mapping[str, Any]:
    """Default of each setting of a table."""
    return {each.name: each.default for each in documented(chosen)[table]}
