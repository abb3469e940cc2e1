"""The doctor: looks at the machine, the model and the index, and says what to do.

doctor      every finding, in the order in which things build on each other
machine     Python, packages, disk
models      the model: known vectors of known texts
stored      the store: integrity, seals, where passages, sentences and links lie
vectors     vectors against the texts, and the index files against the store, row by row
engine      a distributed engine against the store, where one takes the place of the index files
network     a search in a process of its own that reports every connection
"""

from kb.checking.doctor import check_all

__all__ = ["check_all"]
