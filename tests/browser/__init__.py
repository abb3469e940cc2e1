"""The app as a reader sees it: the real server over a small real index, in a real browser."""
