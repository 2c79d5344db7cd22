"""Finding and starting the machine's own Chromium, with no traffic that a test did not ask for."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from linkkit.crawler.render.browser import QUIET_ARGUMENTS, find_chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser

MISSING = "no Chromium found; install chromium to run browser tests"
ARGUMENTS = (
    "--no-sandbox",
    *QUIET_ARGUMENTS,
    # Whatever a page asks for, only this machine answers.
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost",
)


@contextmanager
def chromium() -> Iterator["Browser"]:
    """A headless Chromium with a new, temporary profile, which is gone afterwards."""
    from playwright.sync_api import sync_playwright

    path = find_chromium()
    if path is None:
        raise FileNotFoundError(MISSING)
    with sync_playwright() as playwright:
        # launch() makes a profile folder of its own for every call and removes it on close.
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS), headless=True)
        try:
            yield browser
        finally:
            browser.close()
