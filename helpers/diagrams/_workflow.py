"""A workflow of Glue: its triggers, crawlers and jobs, and what a run has made of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from helpers import session
from helpers._picture import Picture
from helpers.diagrams._canvas import INK, LINE, PAPER, SOFT, Canvas, clip

if TYPE_CHECKING:
    from mypy_boto3_glue import GlueClient

__all__ = ["workflow"]

EDGE, TOP, GAP, ROW = 24.0, 64.0, 17.0, 104.0
WIDTHS, HEIGHT, PILL = {"TRIGGER": 64.0}, 64.0, 34.0
ACTION = 108.0
GOOD, BAD, BUSY = "#009E73", "#D55E00", "#0072B2"
COLORS = {"SUCCEEDED": GOOD, "RUNNING": BUSY, "STARTING": BUSY, "STOPPING": BUSY, "": LINE}
KINDS = {"ON_DEMAND": "on demand", "SCHEDULED": "schedule", "EVENT": "event"}


def workflow(
    workflow: str, run: str | None = None, *, title: str | None = None, client: GlueClient | None = None
) -> Picture:
    """Draw the graph of a workflow as GetWorkflowRun returns it, each crawler and job in the color of its state.

    Parameters
    ----------
    workflow
        Its name.
    run
        Id of a run; by default the last one, and without any run the bare graph.
    title
        What to see; by default the name and the state of the run.
    client
        Glue client; by default the session's.

    Examples
    --------
    >>> from helpers import glue, s3
    >>> path = f"s3://{s3.create_bucket('harbor-scripts')}/hello.py"
    >>> _ = glue.create_job("hello", "print('hello')", path, role="GlueRole")
    >>> _ = session.client("glue").create_workflow(Name="daily")
    >>> start = {"Name": "start", "WorkflowName": "daily", "Type": "ON_DEMAND", "Actions": [{"JobName": "hello"}]}
    >>> _ = session.client("glue").create_trigger(**start)
    >>> workflow("daily")
    Workflow daily: trigger start (on demand), then job hello (not run).
    """
    client = client or session.client("glue")
    graph, state = _graph(client, workflow, run)
    nodes = {node["UniqueId"]: node for node in graph["Nodes"]}
    edges = [(edge["SourceId"], edge["DestinationId"]) for edge in graph.get("Edges", [])]
    title = title or f"Workflow {workflow}{f', run {state.lower()}' if state else ''}"
    places, width = _places(nodes, edges)
    canvas = Canvas(max(width, 480.0))
    canvas.text(EDGE, 36, title, size=16, bold=True)
    for source, target in edges:
        _edge(canvas, nodes, places, source, target)
    for key, node in nodes.items():
        (_trigger if node["Type"] == "TRIGGER" else _action)(canvas, node, *places[key])
    return canvas.picture(f"{title}: {_told(nodes, places)}.")


def _graph(client: Any, workflow: str, run: str | None) -> tuple[Any, str]:
    """Return the graph of a run and the run's state; without a run, the workflow's own."""
    if run is None:
        found = client.get_workflow_runs(Name=workflow)["Runs"]
        if not found:
            return client.get_workflow(Name=workflow, IncludeGraph=True)["Workflow"].get("Graph", {"Nodes": []}), ""
        run = found[0]["WorkflowRunId"]
    described = client.get_workflow_run(Name=workflow, RunId=run, IncludeGraph=True)["Run"]
    return described["Graph"], described["Status"]


def _layers(nodes: dict[str, Any], edges: list[tuple[str, str]]) -> dict[str, int]:
    """Return how many steps from a start each node is, by the longest way."""
    layer = dict.fromkeys(nodes, 0)
    for _ in nodes:
        for source, target in edges:
            layer[target] = max(layer[target], layer[source] + 1)
    return layer


def _places(nodes: dict[str, Any], edges: list[tuple[str, str]]) -> tuple[dict[str, tuple[float, float]], float]:
    """Return the left upper corner of each node's place, and the width of all."""
    layers, places, x = _layers(nodes, edges), {}, EDGE
    for layer in range(max(layers.values(), default=-1) + 1):
        mine = [key for key in nodes if layers[key] == layer]
        for row, key in enumerate(mine):
            places[key] = (x, TOP + row * ROW)
        x += max(WIDTHS.get(nodes[key]["Type"], ACTION) for key in mine) + GAP
    return places, x - GAP + EDGE


def _edge(canvas: Canvas, nodes: Any, places: Any, source: str, target: str) -> None:
    (x, y), (to_x, to_y) = places[source], places[target]
    start, end, turn = x + WIDTHS.get(nodes[source]["Type"], ACTION), to_x - 2, to_x - GAP / 2
    middle, to_middle = y + HEIGHT / 2, to_y + HEIGHT / 2
    points = [(start, middle), (turn, middle), (turn, to_middle), (end, to_middle)]
    canvas.line(points if y != to_y else [points[0], points[3]], color=SOFT, width=1.5, arrow="right")


def _trigger(canvas: Canvas, node: Any, x: float, y: float) -> None:
    top, width = y + (HEIGHT - PILL) / 2, WIDTHS["TRIGGER"]
    canvas.box(x, top, width, PILL, fill=PAPER, radius=PILL / 2)
    middle = x + width / 2
    canvas.text(middle, top + 21, _when(node), size=11, color=INK, anchor="middle")
    canvas.text(middle, top + PILL + 14, clip(node["Name"], width + GAP, 10), size=10, color=SOFT, anchor="middle")


def _action(canvas: Canvas, node: Any, x: float, y: float) -> None:
    state, attempts = _state(node)
    color = COLORS.get(state, BAD)
    canvas.box(x, y, ACTION, HEIGHT, stroke=color, radius=6, dashed=not state)
    canvas.box(x, y, ACTION, 5, fill=color, stroke="none", radius=2)
    middle, again = x + ACTION / 2, f", try {attempts}" if attempts > 1 else ""
    canvas.text(middle, y + 22, node["Type"].lower(), size=10, color=SOFT, anchor="middle")
    canvas.text(middle, y + 39, clip(node["Name"], ACTION - 12, 13), size=13, bold=True, anchor="middle")
    canvas.text(middle, y + 55, f"{state.lower() or 'not run'}{again}", size=11, color=INK, anchor="middle")


def _when(node: Any) -> str:
    """Return in a word or two what a trigger waits for."""
    described = node.get("TriggerDetails", {}).get("Trigger", {})
    if described.get("Type") != "CONDITIONAL":
        return KINDS.get(described.get("Type", ""), "trigger")
    conditions = described["Predicate"]["Conditions"]
    if len(conditions) > 1:
        return f"{'any' if described['Predicate'].get('Logical') == 'ANY' else 'all'} of {len(conditions)}"
    return str(conditions[0].get("State") or conditions[0].get("CrawlState") or "").lower()


def _state(node: Any) -> tuple[str, int]:
    """Return the state of the last run of a node, empty if it did not run, and how many runs there were."""
    runs = node.get("JobDetails", {}).get("JobRuns") or node.get("CrawlerDetails", {}).get("Crawls") or []
    latest: Any = max(runs, key=lambda run: run.get("Attempt", 0), default={})
    return latest.get("JobRunState") or latest.get("State") or "", len(runs)


def _told(nodes: dict[str, Any], places: dict[str, tuple[float, float]]) -> str:
    named = []
    for key in sorted(nodes, key=lambda key: places[key]):
        node = nodes[key]
        state = _when(node) if node["Type"] == "TRIGGER" else _state(node)[0].lower() or "not run"
        named.append(f"{node['Type'].lower()} {node['Name']} ({state})")
    return ", then ".join(named) or "nothing in it"
