"""What ``scrapy runspider`` is given, which takes a file: alone in its folder, since Scrapy puts that on the import path.

Runs in the crawler process only. There, of advertools its spider module is all that is needed, and of pandas nothing: columns that
advertools makes with data frames are read in another way. Neither package is loaded, which saves seconds of start-up.
"""

import importlib.metadata
import importlib.util
import sys
from types import ModuleType
from typing import Any


def _stand_in(name: str, **attributes: Any) -> ModuleType:
    """A package of that name whose own code is not run; its modules can be imported."""
    found = importlib.util.find_spec(name)
    module = ModuleType(name)
    module.__path__ = list(found.submodule_search_locations or ()) if found else []
    vars(module).update(__version__=importlib.metadata.version(name), **attributes)
    return module


sys.modules |= {"advertools": _stand_in("advertools"), "pandas": _stand_in("pandas", json_normalize=None)}

from linkkit.crawler.spider import AuditSpider  # noqa: E402  (after what it would load)

# Whoever needs pandas later gets it: sitemaps are read with it.
del sys.modules["pandas"]


class LinkkitSpider(AuditSpider):
    """The crawl of one run."""
