"""Recognising what files hold: the CRM they come from, their tables and columns.

By preset where the headers are a CRM's own; otherwise by header synonyms in three
languages and by content. Each guess carries its evidence; below the threshold it is asked,
never made: a wrong mapping is worse than none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from dq.crm.by_preset import draft_by_preset, settle_presets
from dq.crm.conversions import Hints
from dq.crm.deals import settle_deals
from dq.crm.drafts import Candidate, Guess, Near, Recognition, SourceDraft
from dq.crm.finish import finish
from dq.crm.generic import draft_generic
from dq.crm.links import propose_relations, settle_keys, settle_links
from dq.crm.mapping import ProjectMapping, SourceMapping
from dq.crm.names import settle_names
from dq.crm.presets import PRESETS
from dq.crm.presets import preset as preset_of
from dq.crm.refresh import refresh
from dq.crm.sample import TableSample
from dq.crm.shapes import reuse
from dq.errors import UsageError
from dq.findings import Note
from dq.tables import RawTable

__all__ = ["Candidate", "Guess", "Near", "Recognition", "recognise"]


def recognise(
    tables: Sequence[RawTable],
    *,
    preset: str | None = None,
    remembered: Sequence[SourceMapping] = (),
    threshold: float = 0.8,
    language: str = "en",
    country: str | None = None,
) -> Recognition:
    """The mapping of raw tables to the canonical model, and what is left to ask.

    Args:
        tables: raw tables of one project or scan, taken together.
        preset: a preset's name, or `generic`; None tells it by the headers.
        remembered: mappings that were agreed on; a file of their shape asks nothing.
        threshold: confidence below which a guess is asked instead of made.
        language: the project's language (ru and uk write the day before the month).
        country: the project's country, a hint for the order of day and month.

    Raises:
        UsageError: there is no preset of that name.
    """
    if preset is not None and preset != "generic" and preset not in PRESETS:
        raise UsageError(
            "There is no preset {name}.",
            fix="The presets are {known}.",
            name=preset,
            known=", ".join((*PRESETS, "generic")),
        )
    sources = [_draft(TableSample(t), preset, remembered, threshold) for t in tables]
    settle_presets([s for s in sources if not s.reused])
    settle_names(sources)
    settle_keys(sources)
    settle_deals(sources)
    settle_links(sources, threshold)
    mappings: list[SourceMapping] = []
    asked: list[Guess] = []
    notes: list[Note] = []
    for source in sources:
        if source.reused is not None:
            hints = _hints(source, language, country)
            known, said = refresh(source.reused, source.sample, hints)
            mappings.append(known)
            notes += [*source.notes, *said]
            continue
        done = finish(source, _hints(source, language, country))
        mappings.append(done.mapping)
        asked += done.asked
        notes += done.notes
    relations = propose_relations([s for s in sources if not s.reused])
    return Recognition(
        mapping=ProjectMapping(tuple(mappings), relations),
        preset=_most(mappings),
        asked=tuple(asked),
        notes=(*_told(sources), *notes),
        near=tuple(n for s in sources for n in s.near),
    )


def _draft(
    sample: TableSample,
    preset: str | None,
    remembered: Sequence[SourceMapping],
    threshold: float,
) -> SourceDraft:
    known = reuse(sample.raw, remembered)
    if known is not None:
        source = SourceDraft(sample, preset=known.preset, reused=known)
        args = {"file": sample.raw.facts.file.name}
        source.notes.append(Note("mapping.remembered", args, file=str(sample.raw.facts.file)))
        return source
    if preset != "generic":
        found = draft_by_preset(sample, preset)
        if found is not None:
            return found
    return draft_generic(sample, threshold)


def _hints(source: SourceDraft, language: str, country: str | None) -> Hints:
    order = preset_of(source.preset).dates if source.preset in PRESETS else None
    if order is None and country is None and language in {"ru", "uk"}:
        order = "dmy"
    return Hints(order=order, country=country)


def _most(mappings: Sequence[SourceMapping]) -> str:
    counted = Counter(m.preset for m in mappings if m.preset != "generic")
    return counted.most_common(1)[0][0] if counted else "generic"


def _told(sources: Sequence[SourceDraft]) -> list[Note]:
    """One line a preset that was told."""
    counted = Counter(s.preset for s in sources if s.preset != "generic" and not s.reused)
    return [
        Note(
            "mapping.preset_told",
            {"preset": preset_of(name).title, "n": n},
            setting=("preset", name),
        )
        for name, n in counted.most_common()
    ]
