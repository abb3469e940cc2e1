"""Measurements and quality floors; outside the package, run by `make bench`."""
