#!/usr/bin/env bash
# Times whole runs of typical queries on a dump, index there and pages cached: medians of five.
# usage: benches/queries.sh DUMP [INDEX-DIR] [HEAPWISE]
set -euo pipefail

dump=$1
index=${2:+--index-dir=$2}
heapwise=${3:-target/release/heapwise}

run() {
    "$heapwise" query "$dump" ${index:+"$index"} --no-progress --format csv --limit 0 -e "$1" > /dev/null
}

measure() {
    run "$2" # the first one brings pages in
    local times=()
    for _ in 1 2 3 4 5; do
        local start=$EPOCHREALTIME
        run "$2"
        times+=("$(awk -v a="$start" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.3f", b - a }')")
    done
    printf '%s s  %s\n' "$(printf '%s\n' "${times[@]}" | sort -n | sed -n 3p)" "$1"
}

bytes='s.@shallow + s.value.@shallow'
measure "strings LIKE, with retained size" \
    'SELECT toString(s), s.@retained FROM java.lang.String s WHERE toString(s) LIKE "k1.*"'
measure "class histogram by query" \
    'SELECT class, count(*), sum(shallow) FROM objects GROUP BY class ORDER BY 3 DESC'
measure "class histogram with retained sizes" 'SELECT * FROM histogram'
measure "duplicate strings with bytes" \
    "SELECT toString(s) AS text, count(*) AS n, sum($bytes) AS bytes, sum($bytes) - max($bytes) AS wasted \
     FROM java.lang.String s GROUP BY text HAVING count(*) > 1 ORDER BY bytes DESC LIMIT 20"
measure "top 20 by retained" 'SELECT o, o.@retained FROM objects o ORDER BY retained DESC LIMIT 20'
measure "top 20 by retained, all columns" 'SELECT * FROM objects ORDER BY retained DESC LIMIT 20'
measure "strings joined with their byte[]" \
    'SELECT count(*), sum(b.@shallow) FROM java.lang.String s JOIN byte[] b ON s.value = b'
measure "one row" 'SELECT 1'
measure "one row of objects" 'SELECT @address FROM objects LIMIT 1'
