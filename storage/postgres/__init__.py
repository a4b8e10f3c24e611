"""The parts of storage that know PostgreSQL (15 or later). The rest of the statements are the same for both engines."""
