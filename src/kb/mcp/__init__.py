"""The look-ups as tools and resources of the Model Context Protocol, for language models."""
