"""What linkkit installs, and under which licences: ``python -m tests.licences``, from the packages' own words, without a network."""

import re
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_PIN = re.compile(r"^([A-Za-z0-9._-]+)==\S+", re.MULTILINE)
_PERMISSIVE = re.compile(r"MIT|BSD|Apache|ISC|PSF|Python Software Foundation|MPL|Mozilla|ZPL|Zope|HPND|Unlicense", re.IGNORECASE)  # fmt: skip
_COPYLEFT = re.compile(r"\b(?:A|L)?GPL|General Public License|SSPL|Commons Clause", re.IGNORECASE)


def pinned() -> list[str]:
    """Packages that a user of linkkit installs, on some platform."""
    return _PIN.findall((ROOT / "requirements.txt").read_text("utf-8"))


def licence(package: Distribution) -> str:
    """What a package says of its licence: the expression, else its classifiers, else the first line of the field."""
    told = package.metadata
    classifiers = [each for each in told.get_all("Classifier") or () if each.startswith("License ::")]
    named = "; ".join(each.rpartition(" :: ")[2] for each in classifiers)
    field = (told.get("License") or "").strip().partition("\n")[0]
    return told.get("License-Expression") or named or field or _file_of(package)


def _file_of(package: Distribution) -> str:
    """The first line of the licence's text, of packages that bring nothing else."""
    files = [each for each in package.files or () if "licen" in each.name.lower()]
    return next(
        (line.strip() for each in files for line in each.read_text("utf-8").splitlines() if line.strip()), ""
    )


def is_permissive(words: str) -> bool:
    """Whether a licence leaves those who use the package free to license their own work."""
    return bool(_PERMISSIVE.search(words)) and not _COPYLEFT.search(words)


def licences() -> dict[str, str]:
    """Package -> licence, of the pinned ones that are installed here."""
    found = {}
    for name in pinned():
        try:
            found[name] = licence(distribution(name))
        except PackageNotFoundError:  # of another platform or Python
            continue
    return found


if __name__ == "__main__":
    for name, words in licences().items():
        print(f"{name:32} {words}{'' if is_permissive(words) else '   <- look at it'}")
