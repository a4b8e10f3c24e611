"""The one history of the schema, run by `storage.migrate`.

Forward only: the way back is the copy that is made before each. A migration says in its own words what it creates; it
imports nothing from `storage.tables`, which will have moved on.
"""
