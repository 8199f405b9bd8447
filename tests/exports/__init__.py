"""Exports as CRMs give them, and what a user sees of them from the first command on."""
