"""How exports look: name, colours, font, logo and template of the agency, from ``[brand]`` of ``client.toml``."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from linkkit.errors import SettingsError

PRIMARY, ACCENT, FONT = "#1F4E5F", "#D55E00", "Liberation Sans"
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True)
class Brand:
    """How exports look.

    Attributes
    ----------
    name : str
        Who speaks: name of the agency; empty for none.
    primary, accent : str
        Colours, ``#rrggbb``.
    font : str
        Family that the reader's machine has.
    logo : Path or None
        PNG or JPEG.
    logo_on_template : {"", "always", "never"}
        Whether it is put on a template too; empty for where that has no logo of its own.
    template : Path or None
        The agency's own ``.pptx``, in place of linkkit's.
    language : str
        Code of the language of exports, such as ``en`` or ``de``.
    """

    name: str = ""
    primary: str = PRIMARY
    accent: str = ACCENT
    font: str = FONT
    logo: Path | None = None
    logo_on_template: str = ""
    template: Path | None = None
    language: str = "en"

    def __post_init__(self) -> None:
        for name in ("primary", "accent"):
            if not _COLOUR.fullmatch(getattr(self, name)):
                raise SettingsError(
                    f"brand: {name} = {getattr(self, name)!r}: a colour like '#1f4e5f' is expected"
                )
        if self.logo_on_template not in ("", "always", "never"):
            raise SettingsError(
                f"brand: logo_on_template = {self.logo_on_template!r}: 'always', 'never' or nothing is expected"
            )

    @classmethod
    def of(cls, settings: Mapping[str, Any], folder: Path) -> "Brand":
        """The brand that ``[brand]`` of a client's settings describes; files are looked for in the client's folder.

        Raises
        ------
        SettingsError
            If a colour is none, or a file is not there or not inside the folder.
        """
        colours = {"primary": settings.get("primary_colour"), "accent": settings.get("accent_colour")}
        texts = {name: settings.get(name) for name in ("name", "font", "language", "logo_on_template")}
        given = {name: str(value) for name, value in {**colours, **texts}.items() if value}
        files = {
            name: _inside(folder, name, str(settings[name]))
            for name in ("logo", "template")
            if settings.get(name)
        }
        return cls(**given, **files)  # type: ignore[arg-type]


def _inside(folder: Path, name: str, given: str) -> Path:
    """A file of the client's folder, and of no other place."""
    path = (folder / given).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise SettingsError(
            f"brand: {name} = {given!r} lies outside {folder}: copy it into the client's folder"
        )
    if not path.is_file():
        raise SettingsError(f"brand: {name} = {given!r}: there is no such file in {folder}")
    return path
