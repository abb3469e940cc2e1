"""The command line."""

from kb.cli.commands import main

__all__ = ["main"]
