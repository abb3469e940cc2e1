"""The command line."""

from kb.cli.adding import add, build, remove
from kb.cli.asking import ask
from kb.cli.browsing import compare, figures, suit
from kb.cli.commands import main
from kb.cli.repairing import repair
from kb.cli.segmenting import segment, terms

for command in (build, add, remove, ask, repair, segment, terms, figures, compare, suit):
    main.add_command(command)

__all__ = ["main"]
