"""Meaning: the glossary of terms, stages and fields."""

from dq.semantics.glossary import Glossary, load_glossary

__all__ = ["Glossary", "load_glossary"]
