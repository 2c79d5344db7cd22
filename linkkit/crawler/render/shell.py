"""Whether a page as served looks like an empty application shell, whose content scripts will bring."""

from typing import Any

FEW_WORDS = 50
"""A page with fewer words says nothing of its own: less than a navigation and a sentence."""

_MOUNTS = frozenset(
    ("root", "app", "app-root", "react-root", "main-app", "__next", "__nuxt", "___gatsby", "q-app", "svelte")
)


def looks_like_shell(root: Any, *, words: int, scripts: int, links: int) -> bool:
    """Whether a page has scripts, few words, and no links, or an empty element for an application.

    Parameters
    ----------
    root : lxml element
        The document.
    words, scripts, links : int
        Words outside navigation and footer; scripts that run; links.
    """
    if not scripts or words >= FEW_WORDS:
        return False
    return not links or any(_is_empty(each) for each in root.iter("div", "main", "section", "app-root"))


def _is_empty(element: Any) -> bool:
    """Whether an element is where an application goes, and holds nothing to read and no link."""
    if element.tag != "app-root" and (element.get("id") or "").lower() not in _MOUNTS:
        return False
    if next(element.iter("a"), None) is not None:
        return False
    hidden = {"script", "style", "noscript", "template"}
    texts = (text for each in element.iter() if each.tag not in hidden for text in (each.text,))
    return not any(text and text.strip() for text in texts)
