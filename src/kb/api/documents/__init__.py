"""What the API sends, as models: for its description (OpenAPI) and for tests. `kb.present` makes the documents."""
