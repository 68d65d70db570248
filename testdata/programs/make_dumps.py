#!/usr/bin/env python3
"""Makes testdata/dumps: runs a program in a JVM, dumps it, and writes what is known about the dump beside it.

usage: make_dumps.py NAME JAVA_HOME live|all [JVM flag ...]

NAME begins with the program's: shop-… for Shop.java, leaks-… for Leaks.java.
Needs the JDK at JAVA_HOME (java, jcmd), a javac of release 17 or later on the path, and the program `zstd`.
Writes ../dumps/NAME.hprof.zst and ../dumps/NAME.truth.json. The histogram of the shop comes from the JVM itself
(jcmd GC.class_histogram), in the same state as the dump.
"""

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
DUMPS = HERE.parent / "dumps"
PRIMITIVES = {"Z": "boolean", "C": "char", "F": "float", "D": "double", "B": "byte", "S": "short", "I": "int", "J": "long"}


def main():
    name, home, mode, *flags = sys.argv[1:]
    package = name.split("-")[0]
    program = package.capitalize()
    with tempfile.TemporaryDirectory() as work:
        run(["javac", "--release", "17", "-Xlint:-removal", "-d", work, HERE / f"{program}.java"])
        java = [f"{home}/bin/java", "-Xmx64m", *flags, "-cp", work, f"{package}.{program}"]
        process = subprocess.Popen(java, stdout=subprocess.PIPE, text=True)
        try:
            facts = json.loads(process.stdout.readline())
            assert process.stdout.readline() == "ready\n"
            dump = Path(work) / "made.hprof"
            histogram, again = dump_and_count(home, process.pid, mode, dump)
        finally:
            process.kill()
        run(["zstd", "-q", "-19", "-f", dump, "-o", DUMPS / f"{name}.hprof.zst"])
        bytes_ = dump.stat().st_size
    version = run([f"{home}/bin/java", "-version"], stderr=True).splitlines()[0]
    truth = {
        "java": version,
        "flags": flags,
        "mode": mode,
        "dump_bytes": bytes_,
        "facts": facts,
    }
    if package == "shop":
        truth["retained"] = retained(histogram)
        truth["histogram"] = stable(histogram, again)
    (DUMPS / f"{name}.truth.json").write_text(json.dumps(truth, indent=1) + "\n")


def dump_and_count(home, pid, mode, dump):
    """The histograms just before and just after the dump."""
    everything = ["-all"] if mode == "all" else []
    jcmd = [f"{home}/bin/jcmd", str(pid)]
    # The attach mechanism makes objects when it is first used.
    run([*jcmd, "GC.class_histogram", *everything])
    before = parse_histogram(run([*jcmd, "GC.class_histogram", *everything]))
    run([*jcmd, "GC.heap_dump", *everything, str(dump)])
    after = parse_histogram(run([*jcmd, "GC.class_histogram", *everything]))
    return before, after


def parse_histogram(text):
    """Class name in Java's spelling → [instances, bytes], classes of one name together.

    Hidden classes, whose names have addresses, are left out. What fills holes in the heap since JDK 21 is int[] in
    the dump.
    """
    rows = {}
    for line in text.splitlines():
        match = re.match(r"\s*\d+:\s+(\d+)\s+(\d+)\s+(\S+)", line)
        if match and not re.search(r"[/+]0x", match[3]):
            name = spelling(match[3]).replace("jdk.internal.vm.FillerElement[]", "int[]")
            row = rows.setdefault(name, [0, 0])
            row[0] += int(match[1])
            row[1] += int(match[2])
    return rows


def spelling(name):
    """`[[Ljava.lang.String;` → `java.lang.String[][]`"""
    element = name.lstrip("[")
    dimensions = len(name) - len(element)
    if dimensions and element.startswith("L"):
        element = element[1:-1]
    elif dimensions:
        element = PRIMITIVES[element]
    return element + "[]" * dimensions


def stable(before, after):
    """The classes that the dump itself did not change; java.lang.Class is left out, since the JVM counts class
    objects in its archive that are in no dump."""
    same = {name: row for name, row in before.items() if after.get(name) == row and name != "java.lang.Class"}
    return {name: {"instances": row[0], "bytes": row[1]} for name, row in sorted(same.items())}


def retained(histogram):
    """Retained sizes that follow from the program: parts that nothing else holds, by the sizes of their classes."""
    size = {name: row[1] // row[0] for name, row in histogram.items()}
    header = array_header(size)
    shared = size["shop.Shop$Shared"] + array(header, 100_000)
    arms = [size["shop.Shop$Arm"] + array(header, bytes_) for bytes_ in (10_000, 20_000)]
    session = size["shop.Shop$Session"] + array(header, 512)
    return {
        "shop.Shop$Shared": shared,
        "shop.Shop$Arm": {"left": arms[0], "right": arms[1]},
        "shop.Shop$Top": size["shop.Shop$Top"] + sum(arms) + shared,
        "chain": 20_000 * size["shop.Shop$Node"],
        "ring": 64 * size["shop.Shop$Node"],
        "sessions": 50 * session,
    }


def array_header(size):
    """Bytes before the elements of a byte[]: what a class pointer and an int need, 16 with JDK 17's usual flags."""
    return 12 if size["java.lang.Object"] == 8 else 16


def array(header, length):
    return (header + length + 7) // 8 * 8


def run(command, stderr=False):
    done = subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True)
    return done.stderr if stderr else done.stdout


if __name__ == "__main__":
    main()
