"""Errors that tell an analyst what went wrong, where, and what to do next."""


class LinkkitError(Exception):
    """Base of every error linkkit raises on purpose."""


class SourceError(LinkkitError, ValueError):
    """A file or a table that was read is not what it should be."""


class CrawlError(LinkkitError, RuntimeError):
    """A crawl could not be started, or gave nothing to audit."""


class StartError(CrawlError):
    """The start page is none that a crawl could begin at."""


class SettingsError(LinkkitError, ValueError):
    """A setting, threshold or argument is unknown or out of range."""


class SiteError(LinkkitError, ValueError):
    """A saved Site or Audit is damaged, of another schema version, or in the way."""


class EngineError(LinkkitError, RuntimeError):
    """The engine that was asked for is not there, or cannot reach the data."""
