"""Where the days go, stage by stage, and how long systems took to hand over."""

from __future__ import annotations

from dataclasses import dataclass

from integrations.sla import terms as agreed
from integrations.sla.objectives import target
from integrations.sla.queries import Cell, Dashboard, Stage
from portal.web.dashboards.asking import Asked
from portal.web.dashboards.heatmap import Field, HeatMap, heat_map
from portal.web.dashboards.numbers import Number
from portal.web.dashboards.waterfall import Step, Waterfall, waterfall


@dataclass(frozen=True, slots=True)
class StageRow:
    """A stage in the table beside the drawing."""

    title: str
    days: Number
    count: Number
    contractual: bool


@dataclass(frozen=True, slots=True)
class Days:
    """The drawing leaves out what was agreed with the customer; the table tells it too."""

    drawing: Waterfall | None
    rows: list[StageRow]


def days(found: Dashboard, asked: Asked) -> Days:
    """Of the lines posted in the period."""
    told = [(stage, asked.list("stage-split", hop=stage.slug)) for stage in found.stages if stage.n]
    objective = float(target("stage-split", agreed.current(), "5"))
    steps = [_step(stage, url) for stage, url in told if not stage.contractual]
    return Days(
        drawing=waterfall(steps, objective=objective),
        rows=[
            StageRow(
                stage.title,
                Number("mean", stage.days, url),
                Number("n", stage.n, url),
                stage.contractual,
            )
            for stage, url in told
        ],
    )


def _step(stage: Stage, url: str) -> Step:
    return Step(stage.title, Number("mean", stage.days, url), stage.days, stage.share)


def heat(found: Dashboard, asked: Asked) -> HeatMap | None:
    """Of the lines settled in the period."""
    objective = float(target("project-to-cash-synchronisation", agreed.current(), "5"))
    return heat_map([_field(cell, asked) for cell in found.heat], objective=objective)


def _field(cell: Cell, asked: Asked) -> Field:
    """An empty name keeps what the reader asked for."""
    named = {"region": cell.region, "business_unit": cell.business_unit}
    url = asked.list("hand-over", **{name: value for name, value in named.items() if value})
    return Field(cell.region, cell.business_unit, Number("p90w", cell.days, url), cell.n)
