"""Watchlists: which watchlists does an article match, and which words say so?

In:  news.stories (Enriched), news.watchlists (Watchlist, compacted)
Out: news.matches (Match, keyed by watchlist id)
Remembers: the watchlists, as a presearch index.

fields, query: the language. article: what an article offers to it. clauses: its leaves. matcher: a query, compiled.
evidence: why it matched. presearch: many of them at once. files: watchlists as people write them. lint: what looks wrong.
"""
