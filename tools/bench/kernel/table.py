# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""What bench-kernel measured, as a table and as JSON.

table.py GUEST-TAP ACCESSES TABLE JSON: reads the lines "figure .." of the guest and QEMU's trace of register
accesses, both described in scenarios/bench-kernel. Status 1: a goal is missed, or a figure is not there.
"""
import collections
import json
import re
import statistics
import sys

OURS, IN_TREE, NONE = "nax_ixgbe", "ixgbe", "none"

# Test: what the same load costs without the driver, as tests of a driver; goal for ours / in-tree.
TESTS = {
    "tx-clone": ([(NONE, "tx-clone")], 0.85),
    "tx-burst": ([(NONE, "tx-burst")], 0.85),
    "rx-drop": ([(None, "sender")], 0.80),
    "xdp-tx": ([(None, "sender")], 0.90),
    "rx-stack": ([(None, "sender"), (NONE, "stack")], 0.95),
    "udp-socket": ([], 1.00),
    "tcp-send": ([], 1.00),
    "tcp-receive": ([], 1.00),
    "tcp-rr": ([], 1.00),
}
# What a figure may differ by from run to run.
NOISE = 0.01
# RDT and TDT of the first 64 queues.
DOORBELLS = {base + 0x40 * queue for base in (0x1018, 0x6018) for queue in range(64)}

# How many packets a stream of TCP makes of its bytes is chance: 542 to 789 of 32 MB, in 16 runs of both drivers. So
# its accesses are for each packet that the driver was given.
PER_PACKET_SENT = ["tcp-send"]

Figure = collections.namedtuple("Figure", "ns irqs marks sent count")


def figures(path):
    """Medians by (driver, test, mode), the first repetitions left out where there are several."""
    runs = collections.defaultdict(list)
    first = collections.defaultdict(list)
    with open(path, encoding="ascii", errors="replace") as tap:
        for line in tap:
            words = line.split()
            if words[:2] != ["#", "figure"]:
                continue
            driver, test, mode = words[2:5]
            repetition, count, ns, irqs, mark, sent = map(int, words[5:])
            if ns <= 0:
                sys.exit(f"{' '.join(words[2:5])}: the load failed")
            (runs if repetition else first)[driver, test, mode].append(Figure(ns, irqs, [mark], [sent], count))
    result = {}
    for key in first:
        kept = runs[key] or first[key]
        result[key] = Figure(statistics.median(run.ns / run.count for run in kept),
                             statistics.median(run.irqs / run.count for run in kept),
                             [run.marks[0] for run in kept], [run.sent[0] for run in kept], kept[0].count)
    return result


def accesses(path):
    """Accesses to eth0's registers by mark, which is a word of eth1's EEPROM read through EERD.

    From the first doorbell of a load to its last: before that the generator starts, which takes 30 times as
    long as the load, and then it is chance whose service reads all of the device's counters.
    """
    counts = collections.Counter()
    since = 0
    mark = 0
    access = re.compile(r"vfio_region_(read|write)\b.*port(\d)\.sock.*region0\+(0x[0-9a-f]+)"
                        r"(?:, (0x[0-9a-f]+))?")
    with open(path, encoding="ascii", errors="replace") as trace:
        for line in trace:
            found = access.search(line)
            if not found:
                continue
            kind, port, offset, value = found.groups()
            if port == "2":
                if kind == "write" and offset == "0x10014":
                    mark = int(value, 16) >> 2
                    since = 0
                continue
            rings = kind == "write" and int(offset, 16) in DOORBELLS
            if counts[mark] or rings:
                since += 1
            if rings:
                counts[mark] += since
                since = 0
    return counts


def accesses_each(figure, counts, test):
    """Accesses per packet, byte or transaction."""
    each = figure.sent if test in PER_PACKET_SENT else [figure.count] * len(figure.marks)
    if not all(each):
        sys.exit(f"{test}: nothing was sent")
    return statistics.median(counts[mark] / n for mark, n in zip(figure.marks, each))


def share(figure, driver, test):
    """What of a figure is the driver's."""
    rest, _ = TESTS[test]
    ns = figure[driver, test, "polled"].ns - sum(
        figure[other or driver, load, "polled"].ns for other, load in rest)
    if ns <= 0:
        sys.exit(f"{driver} {test}: costs less than the same load without it")
    return ns


def row(table, what, ours, in_tree, goal, missed):
    ratio = ours / in_tree if in_tree else (1.0 if not ours else float("inf"))
    bad = ratio > goal + NOISE
    if bad:
        missed.append(what)
    table(f"{what:<34} {in_tree:>11.4g} {ours:>11.4g} {ratio:>7.3f} {goal:>6.2f}  {'MISSED' if bad else ''}")
    return {"driver": "ixgbe", "test": what, "ours": float(f"{ours:.5g}"), "in_tree": float(f"{in_tree:.5g}"),
            "ratio": round(ratio, 4)}


def main(tap, trace, table_path, out):
    figure = figures(tap)
    counts = accesses(trace)
    lines, result, missed = [], [], []
    table = lines.append

    table("Instructions per packet (TCP streams: per byte; tcp-rr: per transaction), of the guest")
    table(f"{'test':<34} {'in-tree':>11} {'ours':>11} {'ratio':>7} {'goal':>6}")
    for test, (rest, goal) in TESTS.items():
        name = test + (", driver's share" if rest else ", total")
        result.append(row(table, name, share(figure, OURS, test), share(figure, IN_TREE, test), goal, missed))
    table("\nTotals of the above")
    for test, (rest, goal) in TESTS.items():
        if rest:
            ours, in_tree = (figure[driver, test, "polled"].ns for driver in (OURS, IN_TREE))
            table(f"{test:<34} {in_tree:>11.4g} {ours:>11.4g} {ours / in_tree:>7.3f}")
    table("\nRegister accesses per packet, byte or transaction; tcp-send: per packet before it is cut")
    for test in TESTS:
        ours, in_tree = (accesses_each(figure[driver, test, "polled"], counts, test) for driver in (OURS, IN_TREE))
        result.append(row(table, test + ", register accesses", ours, in_tree, 1.0, missed))
    table("\nInterrupts per packet, byte or transaction, moderated by the device in real time")
    for test in TESTS:
        ours, in_tree = (figure[driver, test, "interrupts"].irqs for driver in (OURS, IN_TREE))
        table(f"{test:<34} {in_tree:>11.4g} {ours:>11.4g}")
    with open(table_path, "w", encoding="ascii") as file:
        file.write("\n".join(lines) + "\n")
    with open(out, "w", encoding="ascii") as file:
        json.dump(result, file, indent=1)
        file.write("\n")
    if missed:
        sys.exit("missed: " + "; ".join(missed))


main(*sys.argv[1:])
