"""Marks inside kept text."""

LINK_START, LINK_END = "\ufff9", "\ufffb"
"""Around text that is a link already in the column ``linkable``; Unicode's annotation marks, which pages do not use."""
