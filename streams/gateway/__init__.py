"""The gateway: alerts for people and programs, over HTTP.

In:  news.alerts, news.developments, news.watchlists, news.rejected (every partition, no consumer group)
Out: an API, server-sent events, feeds, a live page; news.watchlists, when somebody changes one
Remembers: what it read, in a database, in one transaction with the offsets.

store: the database. intake: topics -> store. hub: what was stored -> open streams. desk: watchlists checked and written.
filters: which alerts somebody asks for. access: tokens and roles. problems: errors as problem+json. routes: the paths.
"""
