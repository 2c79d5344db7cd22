"""The deck: a story as PowerPoint slides with native charts and tables, on linkkit's template or the agency's."""

from linkkit.deck.slides.writing import write_slides

__all__ = ["write_slides"]
