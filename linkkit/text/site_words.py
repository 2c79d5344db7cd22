"""SiteWords: what everything about text shares, read and computed once for an audit."""

from dataclasses import dataclass
from functools import cached_property

from scipy.sparse import csr_array

from linkkit.graph import LinkGraph
from linkkit.site import Site
from linkkit.text.contextual import SiteLinks
from linkkit.text.corpus import Corpus
from linkkit.text.vectors import Vectors, nearest

NEIGHBOURS = 20
"""Pages most like each page that are known."""


@dataclass(frozen=True, eq=False)
class SiteWords:
    """The words of a site's pages and its links between them.

    Anchor verdicts, near-duplicates, proposed topics, link suggestions, plans and topical fit all rest on the same one.

    Attributes
    ----------
    corpus : Corpus
    links : SiteLinks
    vectors : Vectors
    """

    corpus: Corpus
    links: SiteLinks
    vectors: Vectors

    @classmethod
    def from_site(cls, site: Site, graph: LinkGraph, *, stemming: bool = True) -> "SiteWords":
        """Read the texts and links of a Site."""
        corpus = Corpus.from_site(site, graph, stemming=stemming)
        return cls(corpus, SiteLinks.from_site(site, graph, corpus), Vectors.of(corpus))

    @cached_property
    def neighbours(self) -> csr_array:
        """Cosines of each row to the `NEIGHBOURS` rows most like it (`nearest`)."""
        return nearest(self.vectors.pages, NEIGHBOURS)
