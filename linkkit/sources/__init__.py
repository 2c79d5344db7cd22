"""Files an analyst holds -> Site tables (crawls, edge lists) and page columns (signals)."""
