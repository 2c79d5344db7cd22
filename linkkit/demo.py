"""The bundled sample site on a loopback port, answered as a static host would.

The hosting rules are Netlify's plain-text ones, without wildcards: ``_redirects`` (path, destination, status a line; 200
shows another file under the path, 4xx and 5xx answer with that status) and ``_headers`` (a path, then indented
``Name: value`` lines). A file that exists goes before a rule, a rule before the slash that a folder lacks. Links to the
site's public host stay in the pages as they are: whoever crawls the copy knows its public address.
"""

import logging
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import quote, unquote, urlsplit

from linkkit.errors import LinkkitError, SourceError

_log = logging.getLogger(__name__)

HOST = "127.0.0.1"
_RULE_FILES = ("_redirects", "_headers")
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".xml": "application/xml; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".webp": "image/webp",
    ".ico": "image/x-icon",
    ".pdf": "application/pdf",
}


@dataclass(frozen=True)
class Rule:
    """One line of ``_redirects``."""

    destination: str
    status: int


@dataclass(frozen=True)
class Answer:
    """What one path gets: a file, a place to go, or neither."""

    status: int
    file: Path | None = None
    location: str | None = None
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Hosting:
    """A folder and its hosting rules; pure, so that it can be tested without a port.

    Attributes
    ----------
    root : Path
        Document root, resolved.
    rules : dict
        Decoded path -> `Rule`.
    headers : dict
        Decoded path -> further response headers.
    public_origin : str
        Origin whose absolute redirects are answered on this server; empty where they are left alone.
    """

    root: Path
    rules: dict[str, Rule]
    headers: dict[str, tuple[tuple[str, str], ...]]
    public_origin: str = ""

    def answer(self, target: str) -> Answer:
        """What a request target (path and query as sent) gets.

        Paths that lead out of the folder, and the rule files themselves, are not found.
        """
        raw, question, query = target.partition("?")
        path = "/" + unquote(raw).lstrip("/")
        headers = self.headers.get(path, ())
        rule = self.rules.get(path)
        # The way out is looked for in the path as well as in the file system: not every system resolves alike.
        if "\0" in path or "\\" in path or ".." in path.split("/") or path[1:] in _RULE_FILES:
            return self._not_found()
        file = self._file(path + "index.html" if path.endswith("/") else path)
        if file is not None:
            return Answer(HTTPStatus.OK, file, headers=headers)
        if rule is not None:
            if 300 <= rule.status < 400:
                onward = "" if "?" in rule.destination else question + query
                return Answer(rule.status, location=self._here(rule.destination) + onward, headers=headers)
            return Answer(rule.status, self._file(rule.destination), headers=headers)
        if self._file(path + "/index.html") is not None:
            slashed = quote(path, safe="/%:@!$&'()*+,;=~") + "/"
            return Answer(HTTPStatus.MOVED_PERMANENTLY, location=slashed + question + query)
        return self._not_found()

    def _not_found(self) -> Answer:
        return Answer(HTTPStatus.NOT_FOUND, self._file("/404.html"))

    def _file(self, path: str) -> Path | None:
        try:
            file = (self.root / path.lstrip("/")).resolve()
            return file if file.is_relative_to(self.root) and file.is_file() else None
        except (OSError, ValueError):
            return None

    def _here(self, destination: str) -> str:
        parts = urlsplit(destination)
        if self.public_origin and f"{parts.scheme}://{parts.netloc}" == self.public_origin:
            return destination[len(self.public_origin) :] or "/"
        return destination


def hosting(folder: Path, *, public_url: str | None = None) -> Hosting:
    """Read a site folder's rules.

    Parameters
    ----------
    folder : Path
        The document root, or a folder that holds it as ``site/``.
    public_url : str, optional
        Address the site is known by: a redirect that names it in full is answered on this server instead.

    Raises
    ------
    SourceError
        If there is no page to serve, or a rule cannot be read; all faults of the rule files at once.
    """
    root = folder if (folder / "index.html").is_file() or not (folder / "site").is_dir() else folder / "site"
    if not (root / "index.html").is_file():
        raise SourceError(
            f"no site to serve: {root / 'index.html'} is missing; give the folder that holds the start page"
        )
    faults: list[str] = []
    rules = _redirects(root, faults)
    headers = _headers(root, faults)
    if faults:
        raise SourceError(f"hosting rules of {root}: " + "; ".join(faults))
    parts = urlsplit(public_url or "")
    return Hosting(root.resolve(), rules, headers, f"{parts.scheme}://{parts.netloc}" if public_url else "")


def _lines(file: Path) -> list[tuple[int, str]]:
    if not file.is_file():
        return []
    text = file.read_text(encoding="utf-8")
    return [
        (n, line)
        for n, line in enumerate(text.splitlines(), 1)
        if line.strip() and not line.lstrip().startswith("#")
    ]


def _redirects(root: Path, faults: list[str]) -> dict[str, Rule]:
    rules: dict[str, Rule] = {}
    for number, line in _lines(root / "_redirects"):
        where, parts = f"_redirects line {number}", line.split()
        if len(parts) == 2:
            parts.append("301")
        if len(parts) != 3 or not parts[0].startswith("/") or not parts[2].isdecimal():
            faults.append(f"{where}: {line.strip()!r} is not '/path destination status'")
            continue
        status = int(parts[2])
        if not (status == 200 or status in {301, 302, 303, 307, 308} or 400 <= status < 600):
            faults.append(f"{where}: status {status} is none of 200, 301, 302, 303, 307, 308, 4xx, 5xx")
        elif not 300 <= status < 400 and not (root / parts[1].lstrip("/")).is_file():
            faults.append(f"{where}: the file {parts[1]} that it shows is missing")
        else:
            rules[unquote(parts[0])] = Rule(parts[1], status)
    return rules


def _headers(root: Path, faults: list[str]) -> dict[str, tuple[tuple[str, str], ...]]:
    found: dict[str, tuple[tuple[str, str], ...]] = {}
    path = ""
    for number, line in _lines(root / "_headers"):
        if line.startswith("/"):
            path = unquote(line.strip())
            continue
        name, colon, value = line.strip().partition(":")
        if not path or not colon or not line[0].isspace():
            faults.append(
                f"_headers line {number}: {line.strip()!r} is neither a path nor an indented 'Name: value'"
            )
            continue
        found[path] = (*found.get(path, ()), (name.strip(), value.strip()))
    return found


@contextmanager
def serve(folder: Path, public_url: str | None = None, port: int = 0) -> Iterator[str]:
    """Serve a site folder on loopback while the context lasts.

    Parameters
    ----------
    folder : Path
        The document root, or a folder that holds it as ``site/``.
    public_url : str, optional
        Address the site is known by: a redirect that names it in full is answered on this server instead. Links in the
        pages are never changed.
    port : int
        Port to listen on; 0 takes a free one.

    Yields
    ------
    str
        Base URL, such as ``http://127.0.0.1:40123/``.

    Raises
    ------
    SourceError
        If there is no site in the folder, or its rules cannot be read.
    LinkkitError
        If the port cannot be used.
    """
    site = hosting(folder, public_url=public_url)
    try:
        server = _Server((HOST, port), partial(_Handler, site))
    except (OSError, OverflowError) as error:
        raise LinkkitError(
            f"cannot listen on {HOST}:{port} ({error}); choose another port, or 0 for a free one"
        ) from error
    thread = Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.05}, name="linkkit-demo", daemon=True
    )
    thread.start()
    try:
        yield f"http://{HOST}:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def sample_folder() -> Path:
    """The folder of the bundled sample client, ``sample_data/``.

    Raises
    ------
    LinkkitError
        If it is not there.
    """
    package = Path(__file__).resolve().parent
    places = (package.parent / "sample_data", package / "bundled" / "sample_data", Path.cwd() / "sample_data")
    for place in places:
        if (place / "site" / "index.html").is_file():
            return place
    raise LinkkitError(
        "the sample client is missing: looked for site/index.html in "
        + " and ".join(dict.fromkeys(map(str, places)))
        + "; install linkkit anew, or run it from a checkout of its repository"
    )


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # A crawl opens many connections at once; the default backlog of 5 would refuse some.
    request_queue_size = 128
    # On Windows a second server could otherwise take the same port unnoticed.
    allow_reuse_address = not hasattr(socket, "SO_EXCLUSIVEADDRUSE")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "linkkit-demo"
    sys_version = ""
    timeout = 30
    # Headers and body leave in two writes; without this each small answer waits for the other side's delayed ACK.
    disable_nagle_algorithm = True

    def __init__(self, site: Hosting, *args: object) -> None:
        self.site = site
        super().__init__(*args)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        self._answer(body=True)

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def _answer(self, *, body: bool) -> None:
        answer = self.site.answer(self.path)
        content = answer.file.read_bytes() if answer.file else b""
        self.send_response(answer.status)
        if answer.file:
            self.send_header(
                "Content-Type", _TYPES.get(answer.file.suffix.lower(), "application/octet-stream")
            )
        if answer.location:
            self.send_header("Location", answer.location)
        for name, value in answer.headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if body:
            self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        _log.debug("%s %s", self.address_string(), format % args)
