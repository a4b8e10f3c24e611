"""Choosing the sentences of one text that stand for it: one file a method, one signature."""

from summariser.rank.summary import summarise

__all__ = ["summarise"]
