"""Drift: columns whose values came to mean something else, with no entry in the glossary."""
