"""Presets of CRM systems: `<name>.yaml` beside this file, read by `load`."""

from dq.crm.presets.load import (
    PRESETS,
    crm_title,
    crm_url,
    crm_words,
    parse_preset,
    preset,
    presets,
)

__all__ = ["PRESETS", "crm_title", "crm_url", "crm_words", "parse_preset", "preset", "presets"]
