"""Evaluation: how well do enrichers and alerts agree with what people wrote down?

In:  articles, and what a reader says is in them: golden sets, labelled days, columns of tokens and labels
Out: figures (Figure): right, found, wanted, and from them precision, recall, F1
Remembers: nothing.
"""
