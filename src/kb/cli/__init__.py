"""The command line."""

from kb.cli.adding import add, build, remove
from kb.cli.commands import main
from kb.cli.repairing import repair

for command in (build, add, remove, repair):
    main.add_command(command)

__all__ = ["main"]
