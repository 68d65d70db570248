#!/bin/sh
# Runs heapwise beside its peers on one dump: peers.sh DUMP [HEAPWISE] [RUNS]
#
# In turn, RUNS times (default 5): heapwise's whole index, its histogram alone, hprof-slurp (a histogram), hprof-analyzer
# (a report with retained sizes), and two lower bounds: reading the file once, and summing it on one core. Prints the medians
# of wall time, CPU time (user + system) and peak memory, which counts mapped files too. The peers are installed with cargo
# into $PEERS (default: target/peers); one that cannot be installed is left out.
set -eu

dump=$1
here=$(cd "$(dirname "$0")" && pwd)
heapwise=${2:-$here/../target/release/heapwise}
runs=${3:-5}
peers=${PEERS:-$here/../target/peers}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

install_peer() {
    [ -x "$peers/bin/$1" ] || cargo install --quiet --locked --root "$peers" "$1" >&2 || echo "without $1" >&2
}

# Runs a command once and adds a line "wall user system peak" to the results under a name.
once() {
    name=$1
    shift
    if /usr/bin/time -o "$work/time" -f '%e %U %S %M' "$@" > /dev/null 2> "$work/errors"; then
        tail -n 1 "$work/time" >> "$work/$name.runs"
    else
        echo "$name failed: $(tail -n 1 "$work/errors")" >&2
    fi
}

peer() {
    [ ! -x "$peers/bin/$1" ] || once "$@"
}

# The median of the numbers in a column of the results under a name.
median() {
    awk "{ print $2 }" "$work/$1.runs" | sort -n | awk '{ all[NR] = $1 } END { print all[int((NR + 1) / 2)] }'
}

install_peer hprof-slurp
install_peer hprof-analyzer
cat "$dump" > /dev/null
run=0
while [ "$run" -lt "$runs" ]; do
    rm -rf "$work/index"
    once heapwise-index "$heapwise" index "$dump" --index-dir "$work/index" --no-progress
    once heapwise-info "$heapwise" info "$dump" --index-dir "$work/index" --no-progress
    once heapwise-histogram "$heapwise" index "$dump" --only histogram --no-progress
    peer hprof-slurp "$peers/bin/hprof-slurp" "$dump"
    peer hprof-analyzer "$peers/bin/hprof-analyzer" "$dump"
    once cat cat "$dump"
    once sum sum "$dump"
    run=$((run + 1))
done

echo "$(date -u +%Y-%m-%d), $(nproc) cores, load $(cut -d ' ' -f 1 /proc/loadavg), $(stat -c %s "$dump") bytes, medians of $runs"
printf '%-20s %8s %8s %10s\n' what 'wall s' 'CPU s' 'peak MB'
for results in "$work"/*.runs; do
    name=$(basename "$results" .runs)
    printf '%-20s %8s %8s %10s\n' "$name" "$(median "$name" '$1')" "$(median "$name" '$2 + $3')" \
        "$(median "$name" 'int($4 / 1024)')"
done
