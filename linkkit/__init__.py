"""linkkit: is a site ready for backlinks, and if not, what few changes make every backlink worth more?

What it offers is declared in ``__init__.pyi`` and imported when it is first asked for: a crawl needs no charts.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
