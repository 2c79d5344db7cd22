"""Names of hosts that lead where a test wants them to, in the crawler process: its DNS is answered from a file."""

import json
from pathlib import Path

import pytest

_PATCH = '''
import json, socket
from pathlib import Path

ANSWERS = {name: iter(addresses) for name, addresses in json.loads(Path(__file__).with_name("names.json").read_text()).items()}
LAST = {}
known, plain = socket.getaddrinfo, socket.gethostbyname

def address(name):
    """The next address of a name; the last one stays."""
    name = name.decode() if isinstance(name, bytes) else name
    if name in ANSWERS:
        LAST[name] = next(ANSWERS[name], LAST.get(name))
        return LAST[name]
    if name.endswith((".test", ".example")):
        raise socket.gaierror(socket.EAI_NONAME, "no such name")
    return name

socket.getaddrinfo = lambda host, *more, **named: known(address(host), *more, **named)
socket.gethostbyname = lambda host: plain(address(host))
'''


def lead(patch: pytest.MonkeyPatch, folder: Path, **names: list[str] | str) -> None:
    """Answer for these names (``_`` for a dot) in crawler processes from now on.

    Each look-up gives the next address, the last one stays. Other names below ``.test`` and ``.example`` are unknown.
    """
    folder.mkdir(exist_ok=True)
    answers = {
        name.replace("_", "."): [each] if isinstance(each, str) else each for name, each in names.items()
    }
    (folder / "names.json").write_text(json.dumps(answers))
    (folder / "sitecustomize.py").write_text(_PATCH)
    root = Path(__file__).resolve().parents[2]
    patch.setenv("PYTHONPATH", f"{folder}:{root}")
