"""Hostile input: every reader and everything else that takes what strangers wrote, with mutated files and texts.

Run as `python -m benchmarks.fuzzing --seconds 60`; a part of it runs in the tests (`tests/test_hostile.py`).
"""
