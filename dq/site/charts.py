"""Charts of the site as SVG, with the page's own colours: altair draws, vl-convert writes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from dq.i18n.translator import Translator
from dq.repair.history import Point

__all__ = ["trend"]

LEAST, MOST = 2, 60
"""Runs of a trend: one point is none; the last ones are shown."""

_INK, _LINE, _PAPER = "#010101", "#020202", "#030303"
_SEVERITIES = {"critical": "#040404", "error": "#050505", "warning": "#060606", "info": "#070707"}
_COLOURS = {
    _INK: "--soft",
    _LINE: "--line",
    _PAPER: "--card",
    **{shade: f"--{name}" for name, shade in _SEVERITIES.items()},
}
"""Stand-ins that become the stylesheet's own colours, so that one drawing serves both themes."""

_WIDTH, _HEIGHT = 860, 150


def trend(history: Sequence[Point], t: Translator) -> str | None:
    """Open findings by severity, run by run; None where there are too few runs.

    A line breaks where the rules changed: what differs then is not news of the data.
    """
    points = list(history)[-MOST:]
    if len(points) < LEAST:
        return None
    rows = _rows(points, t)
    if not rows:
        return None
    shades = {str(t.severity(name)): shade for name, shade in _SEVERITIES.items()}
    return _drawn(_specification(rows, _labels(points, t), shades, t))


def _rows(points: Sequence[Point], t: Translator) -> list[dict[str, object]]:
    named = [name for name in _SEVERITIES if any(point.totals.get(name) for point in points)]
    if len(named) > 1 and named[-1] == "info":
        named.pop()  # thousands of them would press the errors flat
    labels = _labels(points, t)
    rows: list[dict[str, object]] = []
    part = 0
    for i, point in enumerate(points):
        part += 0 if point.joins or not i else 1
        for name in named:
            said = str(t.severity(name))
            rows.append(
                {
                    "run": labels[i],
                    "severity": said,
                    "line": f"{said} {part}",
                    "findings": point.totals.get(name, 0),
                }
            )
    return rows


def _labels(points: Sequence[Point], t: Translator) -> list[str]:
    """Each run's day, or its moment where two were on one day; invisible marks keep them apart."""
    days = [point.started.date() for point in points]
    said = t.day if len(set(days)) == len(days) else t.moment
    return [said(point.started) + "\u200b" * i for i, point in enumerate(points)]


def _specification(
    rows: list[dict[str, object]], labels: list[str], shades: dict[str, str], t: Translator
) -> dict[str, Any]:
    import altair as alt

    used = [name for name in shades if any(row["severity"] == name for row in rows)]
    chart = (
        alt.Chart({"values": rows})
        .mark_line(point={"size": 36, "filled": True}, strokeWidth=2)
        .encode(
            x=alt.X("run:O", sort=labels, title=None, axis=alt.Axis(labelOverlap="greedy")),
            y=alt.Y("findings:Q", title=str(t.t("site.trend_axis")), axis=_figures(t)),
            color=alt.Color(
                "severity:N",
                title=None,
                scale=alt.Scale(domain=used, range=[shades[name] for name in used]),
                legend=alt.Legend(orient="top"),
            ),
            detail="line:N",
        )
        .properties(width=_WIDTH, height=_HEIGHT, background="transparent")
        .configure_view(stroke=None)
        .configure_axis(
            labelColor=_INK,
            titleColor=_INK,
            gridColor=_LINE,
            domainColor=_LINE,
            tickColor=_LINE,
            labelAngle=0,
            titleFontWeight="normal",
            labelFontSize=11,
        )
        .configure_legend(labelColor=_INK, labelFontSize=12, symbolType="circle")
    )
    specification: dict[str, Any] = chart.to_dict()
    return specification


def _figures(t: Translator) -> Any:
    """The axis of counts, its thousands apart as the language sets them."""
    import altair as alt

    apart = str(t.number(1000))[1:-3]
    return alt.Axis(
        tickCount=4,
        tickMinStep=1,
        labelExpr=f"replace(format(datum.value, ',d'), /,/g, '{apart}')",
    )


def _drawn(specification: dict[str, Any]) -> str:
    import vl_convert

    svg = str(vl_convert.vegalite_to_svg(specification))
    for shade, name in _COLOURS.items():
        svg = svg.replace(f'"{shade}"', f'"var({name})"')
    return re.sub(r'font-family="[^"]*"', 'font-family="inherit"', svg)
