#!/usr/bin/env python3
"""Compares heapwise's answers to OQL queries with Eclipse MAT's.

usage: compare_oql.py HEAPWISE DUMP ANSWERS TABLES

ANSWERS is a directory with queries.txt, a query in each line, and what MAT answers to query N in NN-oql.tsv:
- objects: a header `address class shallow retained text`, a line for each object
- values: a header `#column column …`, a line for each row that ends with two columns of MAT's own, `@0x… set=1`:
  the object that the row is about
A line `#rows N` may come last. TABLES is the directory of MAT's tables that compare_mat.py reads; of it only histo.tsv
is used. Rows are compared as sets. Exits with 1 if a difference remains that none of these explains:

1. MAT sizes objects by rules of its own: its sizes are computed anew from heapwise's dominators, as in compare_mat.py,
   and heapwise's are compared with its own table of objects.
2. MAT removes unreachable objects: rows of heapwise with an object that it calls unreachable are left out.
3. MAT has an object at address 0, the boot loader.
4. MAT follows Reference.discovered, a link of the collector: what it leads to may be dominated from further up, and
   those below that retain less.
"""

import re
import sys
from collections import Counter
from pathlib import Path

from compare_mat import BOOT_LOADER, TOLERANCE, Heap, address, ask, hexed, mat_sizes, read, report

LINKS = "SELECT r.discovered AS object FROM INSTANCEOF java.lang.ref.Reference r WHERE r.discovered IS NOT NULL"
SIZES = {"usedheapsize": "shallow", "retainedheapsize": "retained"}


def main():
    heapwise, dump, answers, tables = sys.argv[1:]
    sizes = Sizes(heapwise, dump, Path(tables))
    queries = (Path(answers) / "queries.txt").read_text(encoding="utf-8").splitlines()
    differing = 0
    for number, query in enumerate(queries, 1):
        lines = (Path(answers) / f"{number:02}-oql.tsv").read_text(encoding="utf-8").splitlines()
        ours = ask(heapwise, dump, query)
        compare = compare_values if lines[0].startswith("#") else compare_objects
        print(f"{number:2}  {query}")
        differing += compare(sizes, query, ours, [line for line in lines if not line.startswith("#rows")])
    print(f"{len(queries)} queries, {differing} differences")
    sys.exit(1 if differing else 0)


class Sizes:
    """Shallow and retained sizes by address, heapwise's and MAT's."""

    def __init__(self, heapwise, dump, tables):
        columns = "id, address, class, kind, shallow, retained, dominator, strength"
        rows = ask(heapwise, dump, f"SELECT {columns} FROM objects")
        heap = Heap(rows)
        shallow, uncertain = mat_sizes(heap, [], read(tables / "histo.tsv"))
        self.reachable = set(heap.dominator)
        self.ours = {
            "shallow": {address(row["address"]): row["shallow"] for row in rows},
            "retained": {address(row["address"]): row["retained"] for row in rows},
        }
        self.theirs = {"shallow": shallow, "retained": heap.summed(shallow)}
        self.linked = {address(row["object"]) for row in ask(heapwise, dump, LINKS)} & self.reachable
        doubt = {here: TOLERANCE for here in uncertain}
        retained = Counter(doubt)
        retained.update({here: self.theirs["retained"][here] for here in self.linked})
        self.doubt = {"shallow": doubt, "retained": heap.summed(retained)}

    def is_theirs(self, which, here, size):
        """Whether MAT's size is the one computed from its own sizes of objects and heapwise's dominators."""
        return abs(self.theirs[which][here] - size) <= self.doubt[which].get(here, 0)

    def has_unreachable(self, row):
        cells = [cell for cell in row.values() if isinstance(cell, dict)]
        return any(address(cell) not in self.reachable for cell in cells)


def compare_objects(sizes, query, ours, lines):
    header = lines[0].split("\t")
    theirs = [dict(zip(header, line.split("\t"))) for line in lines[1:]]
    theirs = [row for row in theirs if address(row["address"]) != BOOT_LOADER]
    rows = [row for row in ours if not sizes.has_unreachable(row)]
    if "dominators(" in query:
        rows = [row for row in rows if address(row["object"]) not in sizes.linked]
        theirs = [row for row in theirs if address(row["address"]) not in sizes.linked]
    here = Counter((address(row["object"]), row["object"]["class"]) for row in rows)
    there = Counter((address(row["address"]), row["class"]) for row in theirs)
    own = [
        (row["object"]["address"], which, row[which], sizes.ours[which][address(row["object"])])
        for row in rows
        for which in ("shallow", "retained")
        if which in row and row[which] != sizes.ours[which][address(row["object"])]
    ]
    mat = [
        (row["address"], which, sizes.theirs[which].get(address(row["address"])), row[which])
        for row in theirs
        for which in ("shallow", "retained")
        if not sizes.is_theirs(which, address(row["address"]), int(row[which]))
    ]
    told(len(rows), len(ours) - len(rows))
    return (
        differences(here, there)
        + report("size (address, size, in the answer, in the table of objects)", own)
        + report("size (address, size, computed for MAT, MAT)", mat)
    )


def compare_values(sizes, _query, ours, lines):
    columns = lines[0].lstrip("#").rstrip("\t").split("\t")
    rows = [row for row in ours if not sizes.has_unreachable(row)]
    here = Counter(tuple(our_value(cell) for cell in row.values()) for row in rows)
    there, mat = Counter(), []
    for line in lines[1:]:
        cells = line.split("\t")[: len(columns)]
        context = re.search(r"@(0x[0-9a-f]+)\tset=\d+$", line)
        values = []
        for column, cell in zip(columns, cells):
            which = SIZES.get(column.rpartition("@")[2].lower())
            if which is None:
                values.append(their_value(cell, column))
                continue
            about = address(context[1])
            if not sizes.is_theirs(which, about, int(cell)):
                mat.append((context[1], column, sizes.theirs[which][about], cell))
            values.append(float(sizes.ours[which][about]))
        there[tuple(values)] += 1
    told(len(rows), len(ours) - len(rows))
    return differences(here, there) + report("size (address, column, computed for MAT, MAT)", mat)


def our_value(cell):
    if isinstance(cell, dict):
        return address(cell)
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, (int, float)):
        return float(cell)
    if isinstance(cell, str) and re.fullmatch("0x[0-9a-f]+", cell):
        return float(int(cell, 16))
    return cell


def their_value(cell, column):
    """A cell of MAT: an object `class [id=0x…]` as its address, a number, or a text."""
    found = re.fullmatch(r"\S+ \[id=(0x[0-9a-f]+).*\]", cell)
    if found:
        return address(found[1])
    try:
        return float(int(cell, 16)) if cell.startswith("0x") else float(cell)
    except ValueError:
        return None if cell == "null" else cell


def differences(here, there):
    shown = lambda rows: [tuple(map(cell_text, row)) for row in sorted(rows.elements(), key=str)]
    return (
        report("rows in heapwise only", shown(here - there))
        + report("rows in MAT only", shown(there - here))
    )


def cell_text(cell):
    return hexed(cell) if isinstance(cell, int) else cell


def told(rows, left_out):
    print(f"    {rows} rows compared" + (f", {left_out} left out (2, 4)" if left_out else ""))


if __name__ == "__main__":
    main()
