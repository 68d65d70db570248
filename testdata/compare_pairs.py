#!/usr/bin/env python3
"""Checks `heapwise diff` on pairs of dumps about which the truth is known.

usage: compare_pairs.py HEAPWISE DIRECTORY [PAIR…]

DIRECTORY has a directory for each pair: before.hprof and after.hprof, perhaps compressed (.zst, .xz, .gz), and truth.json:
- leaked_class, and perhaps measured.instances: [before, after]; is_leak: false where nothing leaks
- also: other classes that leak beside it, each of which must be leaked in a finding of at least 0.5
- holder_path: texts from the root to the leaked object, of which the first names the holder
- implicit_edge: a text with the names of the class and the field, where one is known
For each leak the leaked class must be within the first three findings, with its instances in both dumps; the holder must
have the name in the truth, or one that holds it too, and the implicit reference its field. Where nothing leaks no finding may be surer than 0.5.
Prints a line for each pair, and exits with 1 if one fails.
"""

import json
import re
import subprocess
import sys
from pathlib import Path


def main():
    heapwise, directory, *wanted = sys.argv[1:]
    pairs = sorted(path.parent for path in Path(directory).glob("*/truth.json"))
    pairs = [pair for pair in pairs if not wanted or pair.name in wanted]
    failed, firsts, leaks = [], 0, 0
    for pair in pairs:
        truth = json.loads((pair / "truth.json").read_text(encoding="utf-8"))
        diff = ask(heapwise, pair)
        place, problems = check(truth, diff)
        leaks += truth.get("is_leak", True)
        firsts += place == 1
        findings = diff["findings"]
        sure = max((finding["confidence"] for finding in findings), default=0)
        told = findings[place - 1] if place else (findings or [None])[0]
        rule = told and told["rule"]
        print(f"{'ok  ' if not problems else 'FAIL'} {pair.name:22} place {place or '-'}  confidence {sure:.2f}  rule {rule}")
        for problem in problems:
            print(f"       {problem}")
        if problems:
            failed.append(pair.name)
    print(f"{len(pairs)} pairs, {firsts} of {leaks} leaks first, {len(failed)} failed: {' '.join(failed)}")
    sys.exit(1 if failed else 0)


def ask(heapwise, pair):
    dumps = [next(path for path in sorted(pair.glob(f"{which}.hprof*")) if path.is_file()) for which in ("before", "after")]
    command = [heapwise, "diff", *map(str, dumps), "--format", "json", "--no-progress"]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def check(truth, diff):
    """The place of the finding, and what is wrong."""
    findings = diff["findings"]
    if not truth.get("is_leak", True):
        sure = [finding for finding in findings if finding["confidence"] >= 0.5]
        return 0, [f"{finding['leaked']['class']} with confidence {finding['confidence']}" for finding in sure]
    leaked = truth["leaked_class"]
    places = [finding["rank"] for finding in findings if finding["leaked"]["class"] == leaked]
    if not places or places[0] > 3:
        first = [f"{finding['leaked']['class']} ({finding['confidence']})" for finding in findings[:3]]
        return (places or [0])[0], [f"{leaked} is not within the first three: {', '.join(first)}"]
    finding = findings[places[0] - 1]
    told = {finding["leaked"]["class"] for finding in findings if finding["confidence"] >= 0.5}
    missing = [f"{other} is not found" for other in truth.get("also", []) if other not in told]
    if missing:
        return places[0], missing
    return places[0], list(problems(truth, finding))


def problems(truth, finding):
    wanted = tuple(truth.get("measured", {}).get("instances", ()))
    found = finding["leaked"]["instances_before"], finding["leaked"]["instances_after"]
    if wanted and found != wanted:
        yield f"instances {found} instead of {wanted}"
    holders = holder_names(truth)
    told = json.dumps([finding["holder"], finding["also_held_by"]], ensure_ascii=False)
    if holders and not any(holder in told for holder in holders):
        yield f"holder {told} instead of {' or '.join(holders)}"
    edge, wanted = finding["implicit_edge"], truth.get("implicit_edge")
    if wanted and not edge:
        yield f"no implicit edge instead of {wanted}"
    elif wanted and not any(re.search(rf"\b{re.escape(name)}", wanted) for name in fields(edge)):
        yield f"implicit edge {edge} instead of {wanted}"
    if finding["confidence"] < 0.5:
        yield f"confidence {finding['confidence']}"


def fields(edge):
    """How a truth may name an edge: the field, or what the form means in words."""
    words = {"<class>": "instance -> class", "<loader>": "class loader"}
    return [edge["via"], words.get(edge["via"], edge["via"])]


def holder_names(truth):
    """The thread's name, `Class.field`, or the kind of a JNI root; any of them will do."""
    first = truth["holder_path"][0]
    if first.startswith("static ") and first.endswith("."):
        return [first]
    names = re.findall(r"Thread '([^']+)'", first) or re.findall(r"static ([\w.$]+)", first)
    return names or (["jni global"] if "JNI global" in first else [])


if __name__ == "__main__":
    main()
