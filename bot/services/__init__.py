"""Use cases: what each command does, without Discord and without SQL."""
