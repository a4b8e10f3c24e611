"""Looks: how a reply is shown in each front end."""
