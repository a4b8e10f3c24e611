"""Which sentences matter: one file a method, one signature."""
