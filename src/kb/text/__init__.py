"""Text in, values out: nothing here touches a file or a model."""
