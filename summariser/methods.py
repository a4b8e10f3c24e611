"""The names of the summarising methods, apart from their code so that a front end can offer them for free."""

METHODS: tuple[str, ...] = ("verbatim", "lead", "lexrank", "textrank", "lsa", "luhn", "kl", "sumbasic", "reduction")

MOST_SENTENCES = 12
