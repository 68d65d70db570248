#!/usr/bin/env python3
"""Checks `heapwise diff` on pairs of Go dumps about which the truth is known.

usage: compare_go_pairs.py HEAPWISE DIRECTORY [--index-dir DIRECTORY] [PAIR…]

DIRECTORY has a directory for each pair: before.heapdump and after.heapdump, perhaps compressed (.zst, .xz, .gz), the
executable prog where there is one, and truth.json:
- leaks: false where nothing leaks
- growth: type, count (how many more) and slot_bytes of each type that leaks, the one that people would name first; words after a
  name say which of its arrays is meant
- root_kind and root: the variable, or the function of the goroutine, with its local
- path: from the root to what leaks, a text for each step
For each leak the first type, or one that leaks with it, must be within the first three findings, as many of it must have come
to be in all (exactly: all its instances, or those in the finding), the holder must have the name in the truth, and the implicit
reference must be on its path. Where nothing leaks no finding may be as sure as 0.5.
Prints a line for each pair, and exits with 1 if one fails.
"""

import argparse
import json
import re
import subprocess
import sys
from pathlib import Path

# What the truth calls by a word of its own.
ROOTS = {"goroutine-frame": "goroutine", "specialfinalizer records": ""}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("heapwise")
    parser.add_argument("directory", type=Path)
    parser.add_argument("--index-dir")
    parser.add_argument("pairs", nargs="*")
    given = parser.parse_args()
    pairs = sorted(path.parent for path in given.directory.glob("*/truth.json"))
    pairs = [pair for pair in pairs if not given.pairs or pair.name in given.pairs]
    failed, firsts, leaks = [], 0, 0
    for pair in pairs:
        truth = json.loads((pair / "truth.json").read_text(encoding="utf-8"))
        diff = ask(given, pair)
        place, problems = check(truth, diff)
        leaks += truth["leaks"]
        firsts += place == 1
        findings = diff["findings"]
        told = findings[place - 1] if place else (findings or [None])[0]
        sure = told["confidence"] if told else 0
        edge = told and told["implicit_edge"] and "{class}#{via}".format(**told["implicit_edge"])
        print(f"{'FAIL' if problems else 'ok  '} {pair.name:24} place {place or '-'}  confidence {sure:.2f}  "
              f"rule {told and told['rule']}  edge {edge}")
        for problem in problems:
            print(f"       {problem}")
        if problems:
            failed.append(pair.name)
    print(f"{len(pairs)} pairs, {firsts} of {leaks} leaks first, {len(failed)} failed: {' '.join(failed)}")
    sys.exit(1 if failed else 0)


def ask(given, pair):
    dumps = [next(path for path in sorted(pair.glob(f"{which}.heapdump*")) if path.is_file()) for which in ("before", "after")]
    command = [given.heapwise, "diff", *map(str, dumps), "--format", "json", "--no-progress"]
    programs = [path for path in sorted(pair.glob("prog*")) if path.is_file()]
    command += ["--exe", str(programs[0])] if programs else []
    command += ["--index-dir", given.index_dir] if given.index_dir else []
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def check(truth, diff):
    """The place of the finding, and what is wrong."""
    findings = diff["findings"]
    if not truth["leaks"]:
        sure = [finding for finding in findings if finding["confidence"] >= 0.5]
        return 0, [f"{finding['leaked']['class']} with confidence {finding['confidence']}" for finding in sure]
    grown = {class_name(entry["type"]): entry for entry in reversed(truth["growth"]) if entry["slot_bytes"]}
    places = [finding["rank"] for finding in findings if finding["leaked"]["class"] in grown]
    if not places or places[0] > 3:
        first = [f"{finding['leaked']['class']} ({finding['confidence']})" for finding in findings[:3]]
        return (places or [0])[0], [f"{', '.join(grown)} is not within the first three: {', '.join(first)}"]
    finding = findings[places[0] - 1]
    return places[0], list(problems(truth, finding, grown[finding["leaked"]["class"]]["count"]))


def problems(truth, finding, count):
    leaked = finding["leaked"]
    total = leaked["instances_after"] - leaked["instances_before"]
    inside = [content["instances_delta"] for content in finding["contains"] if content["class"] == leaked["class"]]
    if count not in (total, *inside):
        yield f"{total} more {leaked['class']}, {inside} in the finding, instead of {count}"
    holder, (name, kind) = finding["holder"], root(truth)
    told = json.dumps([holder, finding["also_held_by"], finding["path"][:1]], ensure_ascii=False)
    if name not in told or not holder["root"].startswith(kind):
        yield f"holder {told} instead of {kind} {name}"
    edge = finding["implicit_edge"]
    steps = [finding["path"][0]["class"], *(step["via"] for step in finding["path"][1:])]
    if not edge:
        yield "no implicit reference"
    elif edge["via"] != "<root>" and edge["via"] not in steps:
        yield f"the implicit reference {edge} is not on the path {steps}"
    if finding["confidence"] < 0.5:
        yield f"confidence {finding['confidence']}"


def class_name(text):
    """`[]uint8 Avatar` is []uint8, `string key bytes` string, `closure main.f.func1` what heapwise calls `func main.f.func1`."""
    words = re.sub(r"^closure ", "func_", text).split(" ")
    return words[0].replace("func_", "func ") if words[0] != "chan" else " ".join(words[:2])


def root(truth):
    """The name that the holder has, and how its kind begins."""
    name = ROOTS.get(truth["root"], truth["root"]).split(" ")[0]
    return name, ROOTS.get(truth["root_kind"], truth["root_kind"])


if __name__ == "__main__":
    main()
