"""Prose that a language model wrote from cited sentences: how it is asked for, read, and held against them."""
