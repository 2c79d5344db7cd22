"""A second version of the sample site, a month later: what was done is written here, so that a comparison can be held against it."""

import shutil
import subprocess
import sys
from pathlib import Path

from linkkit.demo import sample_folder

HOME = "https://www.fellandford.example"
MAPPING = (r"^https://www\.fellandford\.example/archive/(.*)$ => https://www.fellandford.example/records/$1",)
MOVED = ("2019-catalogue-notes", "founders-letter", "tent-fabric-notebook", "workshop-prices-2024")
FIXED = ("generic-anchor: 'here'", "url-anchor")
"""Plants of the first version whose edits are taken back."""
REMOVED = "orphan-sitemap-film-night.md"
RETITLED = ("content/pages/returns.md", "Sending things back")
NEW_PAGE = """+++
plant = "a new page that nobody links to"
url = "/events/map-quiz/"
title = "Map quiz: one evening, forty contour riddles"
h1 = "Map quiz"
description = "Forty riddles about contours, grid letters and the names on old sheets, in the upstairs room at Packhorse Yard."
+++
Forty riddles, six tables, one prize: a laminated sheet of the Howgills signed by everyone who got lost on them. Pencils are
provided. Telephones stay in the box by the door. Anyone who would like to practise can read [the basics of map and
compass](/guides/navigation-skills/map-and-compass-basics/) beforehand.
"""
EDITS = """
[[edit]]
plant = "a new broken link"
page = "/contact/"
append = "The old [lost property list](/lost-property/) is kept at the till in Kendal."

[[edit]]
plant = "a link of the plan that was made"
page = "/size-guide/"
append = "Jackets that have grown tight with age may only want [a proper reproofing](/services/reproofing/) and a rest."
"""


def build_second_version(folder: Path) -> Path:
    """Build the later version of the sample site below `folder`; gives the folder to serve."""
    work = folder / "sample_data"
    shutil.copytree(sample_folder(), work, ignore=shutil.ignore_patterns("site", "signals", "__pycache__"))
    for file in [*work.rglob("*.md"), *work.rglob("*.toml"), *(work / "planted" / "files").rglob("*")]:
        if file.is_file():
            text = file.read_text("utf-8")
            file.write_text(text.replace("/archive/", "/records/"), "utf-8")
    rules = work / "planted" / "files" / "_redirects"
    rules.write_text(
        rules.read_text("utf-8") + "".join(f"/archive/{name}/  /records/{name}/  301\n" for name in MOVED),
        "utf-8",
    )
    edits = work / "planted" / "edits.toml"
    blocks = edits.read_text("utf-8").split("\n[[edit]]\n")
    kept = [block for block in blocks if not any(f'plant = "{plant}"' in block for plant in FIXED)]
    assert len(kept) == len(blocks) - 3
    edits.write_text("\n[[edit]]\n".join(kept) + EDITS, "utf-8")
    (work / "planted" / "pages" / REMOVED).unlink()
    (work / "planted" / "pages" / "orphan-map-quiz.md").write_text(NEW_PAGE, "utf-8")
    page = work / RETITLED[0]
    lines = page.read_text("utf-8").splitlines()
    page.write_text(
        "\n".join(f'title = "{RETITLED[1]}"' if line.startswith("title =") else line for line in lines),
        "utf-8",
    )
    subprocess.run(
        [sys.executable, "build.py", "--out", str(folder / "site")], cwd=work, check=True, capture_output=True
    )
    return folder / "site"
