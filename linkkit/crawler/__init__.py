"""Crawling a site. The only package that knows of Scrapy; it imports nothing, so that the crawler's own process starts with what it needs."""
