"""The slash commands in a terminal: declared by the cogs, answered by the services, typed instead of clicked."""
