"""Whether a run renders pages: what was asked for, what an earlier run decided, and what this machine can."""

from linkkit.crawler.render.browser import missing
from linkkit.crawler.render.decision import Rendering
from linkkit.errors import CrawlError, SettingsError


def choose(asked: str, earlier: Rendering | None, *, has_rows: bool) -> Rendering | None:
    """How the pages of a run are crawled; None where the crawl has to find out by a sample.

    Parameters
    ----------
    asked : {"auto", "always", "never"}
    earlier : Rendering or None
        What an earlier run in the folder decided.
    has_rows : bool
        Whether there are rows of an earlier run: the decision behind them holds for the rest.

    Raises
    ------
    CrawlError
        If pages are to be rendered and something is missing for it, which is named with the way to get it.
    SettingsError
        If the rows on disk were not rendered, and pages are to be now.
    """
    if has_rows and earlier is not None and earlier.mode is not None:
        if earlier.mode == "always" and (lacking := missing()):
            raise CrawlError(
                f"this crawl renders its pages, and cannot go on: {lacking}. Put that right, or begin anew with restart=True."
            )
        return earlier
    if has_rows:
        if asked == "always":
            raise SettingsError(
                "render: the folder holds rows of a crawl that rendered no page. Crawl with restart=True, or into another folder."
            )
        return Rendering(asked, "never", "the crawl began without")
    if asked == "never":
        return Rendering(asked, "never", "it was asked not to")
    lacking = missing()
    if asked == "always":
        if lacking:
            raise CrawlError(
                f"render='always': {lacking}. Put that right, or crawl with render='auto' or 'never'."
            )
        return Rendering(asked, "always", "it was asked to")
    return Rendering(asked, "never", lacking) if lacking else None
