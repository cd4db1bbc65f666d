"""Generators of docs; not shipped."""
