"""The slash commands: each file declares, and hands over."""
