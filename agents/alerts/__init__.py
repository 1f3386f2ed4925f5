"""Alerts: what is to be told to whom, once.

In:  news.matches (Match, keyed by watchlist id)
Out: news.alerts (Alert, keyed by watchlist id)
Remembers: per watchlist, what became of each article (30 days) and what was told of each development (400 days).
"""
