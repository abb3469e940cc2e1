"""The one room that knows the order of the stages.

    add(path)       read -> split -> embed -> store            (adding.py; one transaction an article)
                    store -> normalize -> segment -> caches    (caching.py; rebuilt or updated from the store)
    search(query)   normalize -> segment -+-> lexical search -+
                    embed ----------------+-> dense search  --+-> fuse -> store.load -> practices
                                                               (searching.py)

`KnowledgeBase` is the public face of all of it.
"""

from kb.knowledge.base import KnowledgeBase

__all__ = ["KnowledgeBase"]
