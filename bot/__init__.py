"""The application: front ends, use cases, looks."""
