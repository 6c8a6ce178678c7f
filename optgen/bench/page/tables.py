"""Tables in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from optgen.bench.cases import CASES

from .load import Row, Run


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], left: int = 1) -> str:
    """A table whose columns are on the right, but for the first ones.

    Args:
        heads: Of the columns.
        rows: Their cells.
        left: How many columns are on the left.
    """
    rules = ["---"] * left + ["---:"] * (len(heads) - left)
    lines = [f"| {' | '.join(cells)} |" for cells in (heads, *rows)]
    return "\n".join([lines[0], f"|{'|'.join(rules)}|", *lines[1:]])


def ratio(value: float | None) -> str:
    """How many times as long, to three digits; nothing where it is not known."""
    if value is None:
        return ""
    return f"{value:.0f}" if value >= 99.5 else f"{value:#.3g}" if value >= 10 else f"{value:.2f}"


def milliseconds(seconds: float) -> str:
    """To three digits."""
    return f"{1e3 * seconds:#.3g}".rstrip(".")


def spread(times: Mapping[str, float]) -> str:
    """Half of the distance between the quartiles, as a share of the median."""
    return f"±{50 * (times['high_s'] - times['low_s']) / times['median_s']:.0f}%"


def one_size(run: Run) -> str:
    """Every optimizer at one size."""
    work = "device, ms" if run.on_gpu else "ours, ms"
    heads = ["optimizer", "bytes", work, "spread", *run.rivals, "of copy", "over plainest"]
    return table(heads, (_measured(run, row) for row in run.one_size))


def _measured(run: Run, row: Row) -> list[str]:
    prefix = "device_" if run.on_gpu else ""
    ours = {name.removeprefix(prefix): value for name, value in row["times"]["ours"].items() if name.startswith(prefix)}
    ratios = row[run.ratios]
    moved = str(row["bytes_moved"]) + (f" ({row['bytes_each']})" if row["bytes_each"] != row["bytes_moved"] else "")
    return [
        row["optimizer"],
        moved,
        milliseconds(ours["median_s"]),
        spread(ours),
        *(ratio(ratios.get(who)) for who in run.rivals),
        f"{100 * row['bandwidth_of_copy']:.0f}%",
        f"{row['time_over_bytes_of_plainest']:.2f}",
    ]


def sizes(run: Run) -> str:
    """Some optimizers at every size."""
    order = [case.name for case in CASES]
    rows = sorted(run.sizes, key=lambda row: (row["optimizer"].lower(), order.index(row["case"])))
    apart = ["host, µs a tensor"] if run.on_gpu else []
    heads = ["optimizer", "parameters", "ours, ms", "spread", *apart, *run.rivals, "of copy"]
    return table(heads, (_at_size(run, row) for row in rows), left=2)


def _at_size(run: Run, row: Row) -> list[str]:
    ours = row["times"]["ours"]
    apart = [f"{1e6 * ours['host_median_s'] / row['tensors']:.2f}"] if run.on_gpu else []
    ratios = (ratio(row["ratios"].get(who)) for who in run.rivals)
    cells = [row["optimizer"], row["case"], milliseconds(ours["median_s"]), spread(ours), *apart, *ratios]
    return [*cells, f"{100 * row['bandwidth_of_copy']:.0f}%"]


def host_cost(run: Run) -> str:
    """What a step costs the host."""
    return table(
        ["optimizer", "who", "gradients", "µs a tensor", "quartiles"],
        (
            [
                row["optimizer"],
                row["who"],
                row["gradients"],
                f"{row['median_us']:.2f}",
                f"{row['low_us']:.2f} to {row['high_us']:.2f}",
            ]
            for row in run.host_cost
        ),
        left=3,
    )


def compiling(run: Run) -> str:
    """How long compilers took before the first step, over all results: fewest and most seconds."""
    found: dict[str, list[float]] = {}
    for row in run.rows:
        for who, times in row["times"].items():
            if "compile_s" in times:
                found.setdefault(who, []).append(times["compile_s"])
    spans = {who: (min(own), max(own)) for who, own in found.items()}
    return "; ".join(f"{who} {low:.1f} to {high:.1f} s" for who, (low, high) in spans.items())


def kernels(rows: Sequence[Row], runs: Sequence[Run]) -> str:
    """What the passes over memory became when they were compiled: one row an optimizer."""
    facts = {row["spec"]: row for run in runs for row in run.rows}
    archs = list(dict.fromkeys(row["arch"] for row in rows))
    heads = ["optimizer", "bytes", "least", *(f"{arch}" for arch in archs), "spilled", "widest", "missed"]
    by_name: dict[str, list[Row]] = {}
    for row in rows:
        by_name.setdefault(row["optimizer"], []).append(row)
    return table(heads, (_compiled(name, own, archs, facts.get(name)) for name, own in by_name.items()))


def _compiled(name: str, rows: Sequence[Row], archs: Sequence[str], known: Row | None) -> list[str]:
    """The row of an optimizer, of which there are the compiled kernels and, where one has run, the facts."""
    passes = [row for row in rows if row["name"].endswith("_kernel")]
    registers = [[row["registers"] for row in passes if row["arch"] == arch] for arch in archs]
    return [
        known["optimizer"] if known else name,
        *((str(known["bytes_moved"]), str(known["bytes_each"])) if known else ("", "")),
        *(", ".join("-" if count is None else str(count) for count in of_arch) for of_arch in registers),
        str(max(row["local"] or 0 for row in rows)),
        f"{min(max(map(int, row['loads'])) for row in passes)} B",
        str(sum(len(row["problems"]) for row in rows)),
    ]
