"""The look-ups over HTTP: parses, calls `KnowledgeBase`, hands the result to `kb.present`."""
