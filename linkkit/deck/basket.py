"""The deck basket: which slides of the story the client gets, in which order, with what the analyst says to each.

It lies in ``clients/<name>/deck/basket.toml``. The file names only what differs from the whole story: slides that are left
out, an order of their own, comments. So a slide that a later crawl brings is in the deck without being asked for.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import tomlkit

from linkkit.deck.cells import clean_text
from linkkit.deck.files import export_folder, replacing
from linkkit.deck.story.parts import Slide, Story
from linkkit.errors import SettingsError
from linkkit.settings.lines import at_line

FOLDER, FILE = "deck", "basket.toml"
LONGEST = 2_000
"""Characters of a comment."""
ALWAYS = "appendix"
"""Chapter whose slides say what the data cannot show: no deck goes out without them."""

_BEGIN = """\
# The client's deck: what differs from the whole story. Notebook 11 writes it; edit it as you like.
# left_out: slides that the deck does without. order: names of slides as they are to follow each other; slides that are
# not in it stand where they usually do. [comments]: what you say to a slide, by its name (in quotes: "depth.findings").
"""
_ENTRY = re.compile(r"""^\s*(?P<item>"(?:[^"\\]|\\.)*"|'[^']*')\s*,?\s*(?P<said>#.*)?$""")


@dataclass(frozen=True)
class Basket:
    """Which slides the deck has, in which order, with which comments. Empty: the whole story as it is.

    Attributes
    ----------
    left_out : tuple of str
        Names of slides that the deck does without.
    order : tuple of str
        Names of slides as they are to follow each other; others keep their place behind the slide that they follow in the story.
    comments : mapping of str to str
        What the analyst says to a slide, by its name.
    """

    left_out: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    comments: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def load(cls, folder: Path) -> "Basket":
        """The basket of a client's folder; the empty one where there is no file.

        Raises
        ------
        SettingsError
            If the file is no TOML or holds something else; all faults are named at once, with their line.
        """
        path = folder / FOLDER / FILE
        if not path.is_file():
            return cls()
        try:
            text = path.read_bytes().decode("utf-8-sig")
            return cls._read(text, tomllib.loads(text))
        except UnicodeDecodeError as error:
            raise SettingsError(f"{path}: {error}; save the file as UTF-8") from error
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            raise SettingsError(
                f"{path}: {error}; put it right, or delete the file for the whole story"
            ) from error
        except SettingsError as error:
            raise SettingsError(f"{path}:\n  " + str(error).replace("\n", "\n  ")) from error

    @classmethod
    def _read(cls, text: str, stored: Mapping[str, Any]) -> "Basket":
        known = ("left_out", "order", "comments")
        faults = [
            at_line(text, "", name, f"unknown setting {name!r}; known are {', '.join(known)}")
            for name in stored
            if name not in known
        ]
        lists = {}
        for name in ("left_out", "order"):
            value = stored.get(name, [])
            if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
                faults.append(
                    at_line(text, "", name, f"{name}: a list of names of slides in quotes is expected")
                )
                value = []
            # Twice the same name is no fault worth stopping for: the first counts.
            lists[name] = tuple(dict.fromkeys(value))
        comments = stored.get("comments", {})
        if not isinstance(comments, dict):
            faults.append(at_line(text, "", "comments", "comments: a table [comments] is expected"))
            comments = {}
        for name, comment in comments.items():
            if not isinstance(comment, str):
                hint = (
                    f'; a name with a dot stands in quotes: "{name}.…" = "…"'
                    if isinstance(comment, dict)
                    else ""
                )
                faults.append(at_line(text, "comments", name, f"comments: {name}: a text is expected{hint}"))
        if faults:
            raise SettingsError("\n".join(faults))
        return cls(comments=dict(comments), **lists)

    def save(self, folder: Path) -> Path:
        """Write the basket into a client's folder; what stands there beside it (remarks, order of lines) stays.

        Returns
        -------
        Path
            The file.

        Raises
        ------
        SettingsError
            If the file that is there has faults: it is left as it is.
        ExportError
            If it cannot be written.
        """
        path = folder / FOLDER / FILE
        # What has faults is not written over: somebody's work may be in it.
        type(self).load(folder)
        text = path.read_bytes().decode("utf-8-sig") if path.is_file() else _BEGIN
        export_folder(path.parent)
        with replacing(path, keeps=False) as partial:
            partial.write_bytes(self._written(text).encode("utf-8"))
        return path

    def with_slide(self, name: str, comment: str | None = None) -> "Basket":
        """With a slide in the deck, and a comment to it.

        Parameters
        ----------
        name : str
            Of the slide; need not be one of the story of today.
        comment : str, optional
            In place of the present one, which stays without it; empty text takes it away. Control characters go; at most
            2,000 characters.

        Raises
        ------
        SettingsError
            If the comment is longer.
        """
        comments = dict(self.comments)
        if comment is not None:
            said = clean_text(comment).replace("\r\n", "\n").replace("\r", "\n").strip()
            if len(said) > LONGEST:
                raise SettingsError(
                    f"the comment to {name!r} has {len(said):,} characters; a slide has room for {LONGEST:,} at most"
                )
            comments.pop(name, None)
            if said:
                comments[name] = said
        left_out = tuple(each for each in self.left_out if each != name)
        return replace(self, left_out=left_out, comments=comments)

    def without(self, name: str) -> "Basket":
        """Without a slide; its comment is kept for the day when it comes back. Slides of the appendix stay all the same."""
        return self if name in self.left_out else replace(self, left_out=(*self.left_out, name))

    def decided(
        self, offered: Iterable[str], ticked: Iterable[str], comments: Mapping[str, str] | None = None
    ) -> "Basket":
        """With some slides decided on: those offered are in where they are ticked, and out where not.

        Parameters
        ----------
        offered, ticked : iterable of str
            Names of slides.
        comments : mapping of str to str, optional
            In place of the present ones, for slides that are offered.
        """
        kept, basket = set(ticked), self
        for name in offered:
            basket = basket.with_slide(name, (comments or {}).get(name))
            if name not in kept:
                basket = basket.without(name)
        return basket

    def moved(self, name: str, step: int, names: Sequence[str]) -> "Basket":
        """With a slide moved among the others.

        Parameters
        ----------
        name : str
        step : int
            Places towards the end; negative towards the beginning. Ends at the first and the last place.
        names : sequence of str
            Slides as they follow each other now, `ordered` of the story: left out ones among them keep their place.

        Raises
        ------
        SettingsError
            If the slide is not one of them.
        """
        if name not in names:
            raise SettingsError(f"no slide {name!r} to move; there are {', '.join(names) or 'none'}")
        order = [each for each in names if each != name]
        order.insert(min(max(names.index(name) + step, 0), len(order)), name)
        # Names that the story of today does not know keep their place at the end.
        return replace(self, order=(*order, *(each for each in self.order if each not in set(order))))

    def ordered(self, story: Story) -> tuple[Slide, ...]:
        """Every slide of the story, those left out too, in the deck's order, with the analyst's comments."""
        slides = {slide.name: slide for slide in story.slides}
        placed = [name for name in self.order if name in slides]
        given, before = set(placed), -1
        for name in slides:
            if name in given:
                before = placed.index(name)
            else:
                before += 1
                placed.insert(before, name)
        return tuple(self._commented(slides[name]) for name in placed)

    def arrange(self, story: Story) -> Story:
        """The story as the deck tells it: the slides that it has, in its order, with the analyst's comments.

        Slides of the appendix are there whatever the basket says: every export carries scope and limits of the data.
        """
        return replace(story, slides=tuple(slide for slide in self.ordered(story) if self.has(slide)))

    def has(self, slide: Slide) -> bool:
        """Whether the deck has this slide."""
        return slide.chapter == ALWAYS or slide.name not in self.left_out

    def unknown(self, story: Story) -> tuple[str, ...]:
        """Names in the basket that are no slides of this story: kept, without effect until the story has them again."""
        known = {slide.name for slide in story.slides}
        named = dict.fromkeys((*self.left_out, *self.order, *self.comments))
        return tuple(name for name in named if name not in known)

    def _commented(self, slide: Slide) -> Slide:
        comment = self.comments.get(slide.name, "")
        return replace(slide, comment=comment) if comment else slide

    def _written(self, text: str) -> str:
        document = tomlkit.parse(text)
        for name, values in (("left_out", self.left_out), ("order", self.order)):
            if tuple(document.get(name, ())) != values:
                _set_list(document, name, values)
        if self.comments and "comments" not in document:
            document["comments"] = tomlkit.table()
        table: Any = document.get("comments", {})
        for name in [each for each in table if each not in self.comments]:
            table.remove(name)
        for name, comment in self.comments.items():
            if table.get(name) != comment:
                table[name] = _text(comment)
        return tomlkit.dumps(document)


def _set_list(document: Any, name: str, values: tuple[str, ...]) -> None:
    """Set a list one name a line, each with the remark that stood behind it."""
    before = document[name].as_string() if name in document else ""
    if not values:
        document.pop(name, None)
        return
    said = _remarks(before)
    lines = "".join(
        f"    {tomlkit.item(value).as_string()},{'  ' + said[value] if value in said else ''}\n"
        for value in values
    )
    array = tomlkit.parse(f"{name} = [\n{lines}]\n")[name]
    if name in document:
        document[name] = array
        return
    # Keys at the top have to stand before the first table.
    end = document.pop("comments", None)
    document[name] = array
    if end is not None:
        document["comments"] = end


def _remarks(array: str) -> dict[str, str]:
    """Remarks behind the names of a list that is written one name a line."""
    found = (_ENTRY.match(line) for line in array.splitlines())
    return {
        tomllib.loads(f"item = {match['item']}")["item"]: match["said"]
        for match in found
        if match and match["said"]
    }


def _text(comment: str) -> Any:
    """A text as TOML: over several lines where it has them and that reads back as the same."""
    if "\n" in comment:
        item = tomlkit.string(comment, multiline=True)
        try:
            if tomllib.loads(f"item = {item.as_string()}")["item"] == comment:
                return item
        except tomllib.TOMLDecodeError:
            pass
    return tomlkit.item(comment)
