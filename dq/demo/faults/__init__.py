"""Faults planted in the sample CRM, and innocent records that look like them."""
