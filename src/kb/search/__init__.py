"""Rankings and texts in, hits out: nothing here touches a file or a model."""
