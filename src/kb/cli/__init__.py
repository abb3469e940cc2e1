"""The command line."""

from kb.cli.commands import main
from kb.cli.repairing import repair

main.add_command(repair)

__all__ = ["main"]
