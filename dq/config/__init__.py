"""dq.yaml: its shape, strict reading, and editing that keeps comments."""

from dq.config.edit import edited, set_value, write_default
from dq.config.item import Item
from dq.config.load import (
    FILE_NAME,
    SectionReader,
    find_project,
    load_settings,
    settings_from_text,
)
from dq.config.periods import Period, parse_period
from dq.config.plain import item_of
from dq.config.shapes import (
    Calendar,
    ControlSettings,
    Defaults,
    EngineSettings,
    InputLimits,
    OutsideSettings,
    RateSettings,
    Relation,
    Retention,
    RuleSettings,
    Settings,
    SourceSettings,
    StoreSettings,
    Tolerance,
    Url,
)
from dq.config.strict import parse_yaml, read_yaml

__all__ = [
    "FILE_NAME",
    "Calendar",
    "ControlSettings",
    "Defaults",
    "EngineSettings",
    "InputLimits",
    "Item",
    "OutsideSettings",
    "Period",
    "RateSettings",
    "Relation",
    "Retention",
    "RuleSettings",
    "SectionReader",
    "Settings",
    "SourceSettings",
    "StoreSettings",
    "Tolerance",
    "Url",
    "edited",
    "find_project",
    "item_of",
    "load_settings",
    "parse_period",
    "parse_yaml",
    "read_yaml",
    "set_value",
    "settings_from_text",
    "write_default",
]
