"""From finding to repair: what is accepted for a time, what is listed, what became of it."""
