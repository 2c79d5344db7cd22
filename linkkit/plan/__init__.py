"""What to do: which links to add, where to build backlinks, and what a change would bring."""
