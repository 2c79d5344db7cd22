"""Rendering: pages as they are after their scripts have run, in a Chromium that reaches the network only through the crawler.

`decision` and `compare` judge, `policy` says what a page may ask for; `middleware` does it, with scrapy-playwright's handler.
"""
