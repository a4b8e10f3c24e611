"""The first sentences: what news puts first is what matters most, and hard to beat."""

from summariser.rank.task import Choice, Task


def choose(task: Task) -> Choice:
    """Choose the first sentences of the text."""
    return Choice(tuple(range(min(task.wanted, len(task.sentences)))))
