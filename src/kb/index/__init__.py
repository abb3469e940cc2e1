"""What lies on disk: the store (the only truth) and the caches made from it."""
