"""The command line."""

from kb.cli.adding import add, build, remove
from kb.cli.archiving import apply, backup, key, restore, seal
from kb.cli.asking import ask
from kb.cli.browsing import compare, figures, suit
from kb.cli.commands import main
from kb.cli.course import course
from kb.cli.gaps import gaps
from kb.cli.repairing import repair
from kb.cli.scaling import bulk, parity
from kb.cli.segmenting import segment, terms
from kb.cli.serving import mcp, serve, token
from kb.cli.verifying import verify

for command in (serve, mcp, token):
    main.add_command(command)
for command in (build, add, remove, ask, repair, segment, terms, figures, compare, suit, gaps, verify, course):
    main.add_command(command)
for command in (backup, restore, seal, apply, key, parity, bulk):
    main.add_command(command)

__all__ = ["main"]
