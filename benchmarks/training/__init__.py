"""How the adapter of the default model was trained."""
