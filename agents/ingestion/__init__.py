"""Ingestion: what do files, feeds and pushes say, article by article?

In:  JSON Lines, JSON documents (ours or ninjs), RSS and Atom, plain text: lines of bytes and where they come from
Out: drafts, one per article, for the door (`streams.codec.accept_article`) to accept or refuse
Remembers: nothing.
"""
