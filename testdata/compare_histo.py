#!/usr/bin/env python3
"""Compares heapwise's histogram of a dump with what the JVM itself counted.

usage: compare_histo.py HEAPWISE DUMP JMAP.txt

JMAP.txt is the output of `jmap -histo PID` or `jcmd PID GC.class_histogram` of the dumped process. Exits with 1 if
the size of a class's instances differs, or if HEAPWISE fails; other numbers of instances are listed, since the
process went on between the two. Not compared:
- the size of java.lang.Class, whose objects differ in size; the JVM also counts those in its archive that no dump has
- the size of jdk.internal.vm.StackChunk, for the same reason
- hidden classes (lambdas), whose names have an address in them
What fills holes in the heap (jdk.internal.vm.FillerElement[] since JDK 21) is int[] in a dump, and is counted as that.
"""

import json
import re
import subprocess
import sys

PRIMITIVES = {"Z": "boolean", "C": "char", "F": "float", "D": "double", "B": "byte", "S": "short", "I": "int", "J": "long"}
OF_MANY_SIZES = {"java.lang.Class", "jdk.internal.vm.StackChunk"}


def main():
    heapwise, dump, text = sys.argv[1:]
    ours = heapwise_histogram(heapwise, dump)
    theirs = jmap_histogram(text)
    sizes, counts = [], []
    for name in sorted(ours.keys() & theirs.keys()):
        (our_count, our_bytes), (their_count, their_bytes) = ours[name], theirs[name]
        if our_count != their_count:
            counts.append((name, our_count, their_count))
        if size_differs(name, ours[name], theirs[name]):
            sizes.append((name, our_bytes / our_count, their_bytes / their_count))
    missing = [(name, *theirs[name]) for name in sorted(theirs.keys() - ours.keys())]
    report("size of an instance differs (class, heapwise, JVM)", sizes)
    report("number of instances differs (class, heapwise, JVM)", counts)
    report("class not in the dump (class, instances, bytes)", missing)
    print(f"{len(ours.keys() & theirs.keys())} classes compared, {len(sizes)} of another size")
    sys.exit(1 if sizes else 0)


def size_differs(name, ours, theirs):
    """Of arrays only equal numbers can be compared; of other classes also the averages."""
    if name in OF_MANY_SIZES or ours[0] == 0 or theirs[0] == 0:
        return False
    if name.endswith("[]"):
        return ours[0] == theirs[0] and ours[1] != theirs[1]
    return ours[1] * theirs[0] != theirs[1] * ours[0]


def heapwise_histogram(heapwise, dump):
    command = [heapwise, "histogram", dump, "--format", "json", "--limit", "0", "--no-progress"]
    rows = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return summed((row["class"], row["instances"], row["shallow"]) for row in rows)


def jmap_histogram(path):
    """Rows are `num: #instances #bytes class name (module)`."""
    with open(path, encoding="utf-8", errors="replace") as text:
        found = [re.match(r"\s*\d+:\s+(\d+)\s+(\d+)\s+(\S+)", line) for line in text]
    return summed((spelling(row[3]), int(row[1]), int(row[2])) for row in found if row)


def summed(rows):
    """Class → (instances, bytes); classes of one name in several loaders together."""
    total = {}
    for name, count, size in rows:
        if not re.search(r"[/+]0x", name):
            name = name.replace("jdk.internal.vm.FillerElement[]", "int[]")
            before = total.get(name, (0, 0))
            total[name] = (before[0] + count, before[1] + size)
    return total


def spelling(name):
    """`[[Ljava.lang.String;` → `java.lang.String[][]`"""
    element = name.lstrip("[")
    dimensions = len(name) - len(element)
    if dimensions and element.startswith("L"):
        element = element[1:-1]
    elif dimensions:
        element = PRIMITIVES[element]
    return element + "[]" * dimensions


def report(title, rows):
    if rows:
        print(f"{title}: {len(rows)}")
        for row in rows[:40]:
            print("  " + "  ".join(str(cell) for cell in row))


if __name__ == "__main__":
    main()
