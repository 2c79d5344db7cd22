"""Which Chromium renders pages, and how it is started. Needs nothing installed: it tells what is missing."""

import os
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

VARIABLE = "LINKKIT_CHROMIUM"
"""Environment variable that names a Chromium at an unusual place."""

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)
_PLAYWRIGHTS = (
    "chromium-*/chrome-*/chrome",
    "chromium-*/chrome-*/chrome.exe",
    "chromium-*/chrome-*/*.app/Contents/MacOS/*",
    "chromium_headless_shell-*/chrome-*/*headless*shell*",
)
QUIET_ARGUMENTS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--no-pings",
    "--mute-audio",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-sync",
    # Containers give /dev/shm too little for a page of any size.
    "--disable-dev-shm-usage",
)
LAUNCH_ARGUMENTS = (
    *QUIET_ARGUMENTS,
    # What pages may have is answered by the crawler. Whatever else they find a way to ask for leads nowhere: no name is
    # known, no address is reached past a proxy that is not there, and WebRTC has no other way.
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--proxy-server=http://127.0.0.1:9",
    "--proxy-bypass-list=<-loopback>",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--block-new-web-contents",
    "--js-flags=--max-old-space-size=512",
)


def find_chromium() -> Path | None:
    """Path of a Chromium: the one `VARIABLE` names, else one on the PATH, at a usual place, or playwright's own."""
    named = os.environ.get(VARIABLE)
    if named:
        return Path(named)
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found:
        return Path(found)
    usual = next((Path(place) for place in PLACES if Path(place).is_file()), None)
    return usual or next(
        (
            path
            for pattern in _PLAYWRIGHTS
            for path in sorted(_playwright_folder().glob(pattern), reverse=True)
        ),
        None,
    )


def missing() -> str:
    """What has to be installed before pages can be rendered; empty where nothing is missing."""
    lacking = []
    if find_spec("scrapy_playwright") is None or find_spec("playwright") is None:
        lacking.append("the extra js is not installed (pip install 'linkkit[js]')")
    path = find_chromium()
    if path is None:
        lacking.append(
            "no Chromium was found (install chromium or Google Chrome, or run `python -m playwright install chromium`; "
            f"the environment variable {VARIABLE} names one at an unusual place)"
        )
    elif not path.is_file():
        lacking.append(f"{VARIABLE} names {path}, which is no file")
    return " and ".join(lacking)


def has_sandbox() -> bool:
    """Whether Chromium can shut its pages in: it refuses to when run by root."""
    return sys.platform == "win32" or os.geteuid() != 0


def _playwright_folder() -> Path:
    named = os.environ.get("PLAYWRIGHT_BROWSERS_PATH")
    if named and named != "0":
        return Path(named)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", "")) / "ms-playwright"
    cache = "Library/Caches" if sys.platform == "darwin" else ".cache"
    return Path.home() / cache / "ms-playwright"
