"""Retrievers of other frameworks over `KnowledgeBase`; each module needs its framework, which nothing else loads."""
