"""The glossary in other forms, and back: ODCS, SKOS, dbt, Ossie, Markdown, CSV."""

from dq.semantics.exchange.export import EXPORTS, export_glossary
from dq.semantics.exchange.importing import IMPORTS, import_glossary
from dq.semantics.exchange.selection import Export, Loss

__all__ = ["EXPORTS", "IMPORTS", "Export", "Loss", "export_glossary", "import_glossary"]
