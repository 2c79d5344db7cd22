"""Page text -> words, vectors, phrases, and how well a link from one page to another would fit."""
