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
3. A class object counts in MAT as its static fields only, by a rounding of its own; and where MAT believes in another
   header, an array is 8 bytes more or not. 8 bytes of tolerance for each such object in a retained set.
4. MAT has an object at address 0, the boot loader.
5. MAT removes unreachable objects: compared are those that heapwise calls reachable.
6. MAT has no roots for locals and the like, but edges from the thread; heapwise's roots with a thread are left out.
7. MAT lists every java.lang.Thread as a thread, also one that was never started or that the JVM hides.
8. MAT follows Reference.discovered, a link of the collector: what it leads to may have a dominator further up, and
   those below that retain less: by what is linked, and by 2 % for what is reached both ways.
"""

import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

BOOT_LOADER = 0
TOLERANCE = 8


def main():
    heapwise, dump, directory = sys.argv[1:]
    tables = Path(directory)
    heap = Heap(ask(heapwise, dump, "SELECT id, address, class, kind, shallow, dominator, strength FROM objects"))
    differing = 0
    if (tables / "objects.tsv").exists():
        links = "SELECT r.discovered AS object FROM INSTANCEOF java.lang.ref.Reference r WHERE r.discovered IS NOT NULL"
        linked = {address(row["object"]) for row in ask(heapwise, dump, links)}
        differing += compare_objects(heap, linked, read(tables / "objects.tsv"), read(tables / "histo.tsv"))
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

    def summed(self, values):
        """Address → sum of `values` (by address; 0 if absent) over what each object retains, itself included."""
        total = {here: values.get(here, 0) for here in self.dominator}
        for here in self.leaves_first():
            above = self.dominator[here]
            if above is not None:
                total[above] += total[here]
        return total

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


def compare_objects(heap, linked, objects, histo):
    """The number of differences in class, dominator and retained size that the list above does not explain."""
    sizes, uncertain = mat_sizes(heap, objects, histo)
    retained = heap.summed(sizes)
    tolerance = heap.summed({here: TOLERANCE for here in uncertain})
    from_links = heap.summed({here: retained[here] for here in linked if here in retained})
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
        if (heap.dominator[here] or None) != (above or None) and here not in linked:
            dominators.append((row["address"], row["class"], hexed(heap.dominator[here]), row["idom"]))
        allowed = tolerance[here] + from_links[here] + (retained[here] // 50 if from_links[here] else 0)
        if abs(retained[here] - int(row["retained"])) > allowed:
            sizes.append((row["address"], row["class"], retained[here], row["retained"]))
    print(f"objects: {len(objects)} compared")
    return (
        report("not reachable in heapwise (address, class)", missing)
        + report("class (address, heapwise, MAT)", classes)
        + report("dominator (address, class, heapwise, MAT)", dominators)
        + report("retained with MAT's sizes (address, class, heapwise, MAT)", sizes)
    )


def mat_sizes(heap, objects, histo):
    """Address → bytes as MAT sees them, and the objects where its tables do not tell for certain."""
    counted = {row["class"]: (int(row["count"]), int(row["shallow"])) for row in histo if int(row["count"])}
    listed = {address(row["address"]): int(row["shallow"]) for row in objects}
    arrays = Counter()
    for here, name in heap.class_of.items():
        arrays[name] += heap.shallow[here]
    smallest = min((heap.shallow[here] for here in heap.class_objects), default=0)
    sizes, uncertain = {}, set()
    for here, shallow in heap.shallow.items():
        name = heap.class_of[here]
        count, bytes_ = counted.get(name, (1, shallow))
        if here in listed:
            sizes[here] = listed[here]
        elif here in heap.class_objects:
            sizes[here] = shallow - smallest
            uncertain.add(here)
        elif not name.endswith("[]"):
            sizes[here] = bytes_ // count
        else:
            sizes[here] = shallow
            if name in counted and bytes_ != arrays[name]:
                uncertain.add(here)
    return sizes, uncertain


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
    compared = [at for at, (_, frames) in there.items() if at in here or frames > 0]
    rows = [(hexed(at), here.get(at), there[at]) for at in compared if here.get(at) != there[at]]
    print(f"threads: {len(compared)} compared")
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
