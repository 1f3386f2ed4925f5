"""Stories: which story does an article tell, which development is it about, and is that news?

In:  news.enriched (Enriched, keyed by story key)
Out: news.stories (Enriched with story and development), news.developments (Development, compacted)
Remembers: per story key, outcomes of articles, fingerprints of texts (30 days) and agreements (400 days).
"""
