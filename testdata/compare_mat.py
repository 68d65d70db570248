#!/usr/bin/env python3
"""Compares heapwise's answers for a dump with Eclipse MAT's, written as tables.

usage: compare_mat.py HEAPWISE DUMP TABLES

TABLES is a directory of tab-separated files, each with a header line unless said otherwise:
- objects.tsv  address class shallow retained idom      any objects of MAT; idom `-`: none but the roots
- histo.tsv    class classAddr loaderAddr count shallow retainedMin retainedExact retainedExactInstances
- roots.tsv    address class type context               one line for each object that is a root
- threads.tsv  no header; `thread address class name retained`, then for each frame `frame text [local address ...]`
A missing file is skipped. Exits with 1 if a difference remains that none of these explains:

1. MAT lets every referent of a Reference count as held: heapwise is asked with --strength phantom.
2. MAT sizes objects by rules of its own (fields are not packed across classes as HotSpot does). Retained sizes are
   therefore computed anew here from heapwise's dominators and MAT's sizes (histo.tsv: shallow / count).
3. A class object counts in MAT as its static fields only, by a rounding of its own: 8 bytes of tolerance for each
   class object in a retained set.
4. MAT has an object at address 0, the boot loader.
5. MAT removes unreachable objects: compared are those that heapwise calls reachable.
6. MAT has no roots for locals and the like, but edges from the thread; heapwise's roots with a thread are left out.
"""

import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

BOOT_LOADER = 0
CLASS_TOLERANCE = 8


def main():
    heapwise, dump, directory = sys.argv[1:]
    tables = Path(directory)
    heap = Heap(ask(heapwise, dump, "SELECT id, address, class, kind, shallow, dominator, strength FROM objects"))
    differing = 0
    if (tables / "objects.tsv").exists():
        differing += compare_objects(heap, read(tables / "objects.tsv"), read(tables / "histo.tsv"))
    if (tables / "histo.tsv").exists():
        differing += compare_histogram(heap, read(tables / "histo.tsv"))
    if (tables / "roots.tsv").exists():
        roots = ask(heapwise, dump, "SELECT object, kind, thread FROM roots")
        differing += compare_roots(roots, read(tables / "roots.tsv"))
    if (tables / "threads.tsv").exists():
        threads = ask(heapwise, dump, "SELECT object, name, frames FROM threads")
        differing += compare_threads(threads, tables / "threads.tsv")
    sys.exit(1 if differing else 0)


class Heap:
    """The reachable objects and their dominator tree, by address."""

    def __init__(self, rows):
        address_of = {row["id"]: address(row["address"]) for row in rows}
        self.dominator, self.class_of, self.shallow, self.class_objects = {}, {}, {}, set()
        for row in rows:
            here = address(row["address"])
            if row["strength"] == "unreachable":
                continue
            above = row["dominator"]
            self.dominator[here] = address_of[above] if isinstance(above, int) else address(above)
            self.class_of[here] = row["class"]
            self.shallow[here] = row["shallow"]
            if row["kind"] == "class":
                self.class_objects.add(here)

    def retained(self, sizes):
        """Address → (bytes, class objects) of what each object retains, with these sizes by address."""
        total = {here: sizes[here] for here in self.dominator}
        classes = {here: int(here in self.class_objects) for here in self.dominator}
        for here in self.leaves_first():
            above = self.dominator[here]
            if above is not None:
                total[above] += total[here]
                classes[above] += classes[here]
        return {here: (total[here], classes[here]) for here in total}

    def leaves_first(self):
        """Every object after all that it dominates."""
        waiting = Counter(above for above in self.dominator.values() if above is not None)
        ready = [here for here in self.dominator if waiting[here] == 0]
        for here in ready:  # grows
            above = self.dominator[here]
            if above is not None:
                waiting[above] -= 1
                if waiting[above] == 0:
                    ready.append(above)
        return ready


def compare_objects(heap, objects, histo):
    retained = heap.retained(mat_sizes(heap, objects, histo))
    missing, classes, dominators, sizes = [], [], [], []
    for row in objects:
        here = address(row["address"])
        if here == BOOT_LOADER:
            continue
        if here not in heap.dominator:
            missing.append((row["address"], row["class"]))
            continue
        if heap.class_of[here] != row["class"]:
            classes.append((row["address"], heap.class_of[here], row["class"]))
        above = None if row["idom"] == "-" else address(row["idom"])
        if (heap.dominator[here] or None) != (above or None):
            dominators.append((row["address"], row["class"], hexed(heap.dominator[here]), row["idom"]))
        bytes_, class_objects = retained[here]
        if abs(bytes_ - int(row["retained"])) > CLASS_TOLERANCE * class_objects:
            sizes.append((row["address"], row["class"], bytes_, row["retained"]))
    print(f"objects: {len(objects)} compared")
    return (
        report("not reachable in heapwise (address, class)", missing)
        + report("class (address, heapwise, MAT)", classes)
        + report("dominator (address, class, heapwise, MAT)", dominators)
        + report("retained with MAT's sizes (address, class, heapwise, MAT)", sizes)
    )


def mat_sizes(heap, objects, histo):
    """Address → bytes as MAT sees them, where its tables tell; arrays as heapwise does."""
    of_class = {}
    for row in histo:
        if int(row["count"]) and not row["class"].endswith("[]"):
            of_class[row["class"]] = int(row["shallow"]) // int(row["count"])
    smallest = min((heap.shallow[here] for here in heap.class_objects), default=0)
    sizes = {}
    for here, shallow in heap.shallow.items():
        if here in heap.class_objects:
            sizes[here] = shallow - smallest
        else:
            sizes[here] = of_class.get(heap.class_of[here], shallow)
    sizes.update({address(row["address"]): int(row["shallow"]) for row in objects})
    return sizes


def compare_histogram(heap, histo):
    ours = Counter(name for here, name in heap.class_of.items() if here not in heap.class_objects)
    theirs = Counter()
    for row in histo:
        theirs[row["class"]] += int(row["count"])
    # Class objects are instances of java.lang.Class for MAT, and so is its boot loader of java.lang.ClassLoader.
    left_out = {"java.lang.Class", "java.lang.ClassLoader"}
    names = (set(ours) | set(theirs)) - left_out
    rows = [(name, ours[name], theirs[name]) for name in sorted(names) if ours[name] != theirs[name]]
    print(f"histogram: {len(names)} classes compared")
    return report("number of reachable instances (class, heapwise, MAT)", rows)


def compare_roots(ours, theirs):
    here = {address(row["object"]) for row in ours if row["thread"] is None or "thread object" in kind(row)}
    all_here = {address(row["object"]) for row in ours}
    there = {address(row["address"]) for row in theirs} - {BOOT_LOADER}
    print(f"roots: {len(there)} compared")
    return (
        report("root in MAT only (address)", [(hexed(root),) for root in sorted(there - all_here)])
        + report("root in heapwise only (address)", [(hexed(root),) for root in sorted(here - there)])
    )


def kind(row):
    return str(row["kind"]).lower().replace("_", " ").replace("-", " ")


def compare_threads(ours, path):
    here = {address(row["object"]): (row["name"], row["frames"]) for row in ours}
    there = mat_threads(path)
    rows = [(hexed(at), here.get(at), there[at]) for at in there if here.get(at) != there[at]]
    print(f"threads: {len(there)} compared")
    return report("name and number of frames (address, heapwise, MAT)", rows)


def mat_threads(path):
    """Address → (name, number of frames)."""
    threads = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        cells = line.split("\t")
        if cells[0] == "thread":
            at = address(cells[1])
            threads[at] = (unescaped(cells[3]), 0)
        elif cells[0] == "frame":
            threads[at] = (threads[at][0], threads[at][1] + 1)
    return threads


def unescaped(text):
    return re.sub(r"\\+u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), text)


def ask(heapwise, dump, query):
    options = ["--strength", "phantom", "--limit", "0", "--format", "json", "--no-progress"]
    done = subprocess.run([heapwise, "query", dump, *options, "-e", query], check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def read(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    header = lines[0].split("\t")
    return [dict(zip(header, line.split("\t"))) for line in lines[1:]]


def address(value):
    """The number in `"0x…"`, in an object cell of heapwise, or None."""
    if isinstance(value, dict):
        value = value["address"]
    return None if value is None else int(value, 16)


def hexed(value):
    return "-" if value is None else f"{value:#x}"


def report(title, rows):
    if rows:
        print(f"  DIFFERS: {title}: {len(rows)}")
        for row in rows[:20]:
            print("    " + "  ".join(str(cell) for cell in row))
    return len(rows)


if __name__ == "__main__":
    main()
