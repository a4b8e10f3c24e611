"""What holds for all tests."""

from hypothesis import settings

# How long an example takes is the machine's affair: a busy one must not fail a test.
settings.register_profile("verbatim", deadline=None)
settings.load_profile("verbatim")
