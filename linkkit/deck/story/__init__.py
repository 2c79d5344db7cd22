"""What a client is told: an audit as a story of slides, whatever they are drawn with."""

from linkkit.deck.story.build import build_story, chapter_slides
from linkkit.deck.story.parts import Card, Chart, Series, Slide, Story, Table, TableColumn

__all__ = [
    "Card",
    "Chart",
    "Series",
    "Slide",
    "Story",
    "Table",
    "TableColumn",
    "build_story",
    "chapter_slides",
]
