"""Enrichment: what does an article say, in which language, about whom, where, and what is it news of?

In:  news.articles (Article, or anything: what cannot be read goes to news.rejected)
Out: news.enriched (Enriched, keyed by the country the news is about)
Remembers: nothing. An article's enrichment is a function of the article alone.
"""
