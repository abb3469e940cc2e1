"""One module a peer; each is run in the environment of its own."""
