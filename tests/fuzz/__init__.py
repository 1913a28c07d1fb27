"""Damaged and invented inputs by the thousand: each gives a result, or an error of the worker's own tree."""
