#!/bin/sh
# golden.sh - compare results with those reviewed before.
#
# tests/golden/list.txt names scenarios, one path a line ('#' starts a
# comment); the reviewed result of scenarios/x.yaml is tests/golden/x.json.
# Both are put into one shape first: a value per line, numbers rounded to 9
# significant digits, so that a diff is short and the last bits do not matter.
#
# Prints "ok NAME", "not ok NAME: why" or "skip NAME: why" per scenario; exit
# 1 if one differs.  UPDATE=1 writes the reviewed files anew: read the diff
# before committing it.
#
# Environment: SITESIM, the program (build/release/sitesim); UPDATE.
set -u
LC_ALL=C
export LC_ALL
cd "$(dirname "$0")/.." || exit 1
sitesim=${SITESIM:-build/release/sitesim}
list=tests/golden/list.txt
failed=0

if [ ! -f "$list" ]; then
    echo "skip golden: no $list"
    exit 0
fi
if [ ! -x "$sitesim" ]; then
    echo "not ok golden: no program '$sitesim', run 'make' first"
    exit 1
fi
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' INT TERM HUP

# JSON on standard input in the common shape.  Splitting at quotes gives text
# outside and inside strings in turn; outside, spaces go and lines are broken.
shape() {
    awk 'BEGIN { RS = "\"" }
    NR > 1 && !escaped { printf "\""; inside = !inside }
    NR > 1 && escaped { printf "\"" }
    {
        escaped = 0
        if (inside) {
            # an odd number of backslashes before a quote: it does not end
            n = match($0, /\\+$/) ? RLENGTH : 0
            escaped = n % 2
        } else {
            gsub(/[ \t\r\n]+/, "")
            gsub(/,/, ",\n")
            gsub(/[\[{]/, "&\n")
            gsub(/[]}]/, "\n&")
            gsub(/:/, ": ")
        }
        printf "%s", $0
    }
    END { print "" }' | awk '
    BEGIN { blanks = sprintf("%40s", "") }
    /^$/ { next }
    /^[]}]/ { depth-- }
    {
        # a number ends its line; a string ends in a quote
        if (match($0, /(^|: )-?[0-9][-+.0-9eE]*,?$/)) {
            head = substr($0, 1, RSTART - 1)
            value = substr($0, RSTART)
            if (value ~ /^: /) {
                head = head ": "
                value = substr(value, 3)
            }
            comma = value ~ /,$/ ? "," : ""
            value = sprintf("%.9g", value + 0)
            $0 = head (value == "-0" ? "0" : value) comma
        }
        print substr(blanks, 1, depth) $0
    }
    /[\[{]$/ { depth++ }'
}

# golden SCENARIO
golden() {
    name=$(basename "$1" .yaml)
    want=tests/golden/$name.json
    rm -rf "$tmp/out"
    if ! "$sitesim" run "$1" --only json -o "$tmp/out" >"$tmp/log" 2>&1 </dev/null; then
        sed -n '1,20s/^/    /p' "$tmp/log"
        echo "not ok golden/$name: the run failed"
        return 1
    fi
    if ! shape <"$tmp/out/results.json" >"$tmp/new" || [ ! -s "$tmp/new" ]; then
        echo "not ok golden/$name: no results.json, or an empty one"
        return 1
    fi
    if [ "${UPDATE:-}" = 1 ]; then
        cp "$tmp/new" "$want" || return 1
        echo "ok golden/$name"
    elif [ ! -f "$want" ]; then
        echo "not ok golden/$name: no $want, run 'make golden UPDATE=1'"
        return 1
    elif ! cmp -s "$want" "$tmp/new"; then
        diff -u "$want" "$tmp/new" | sed -n '1,40s/^/    /p'
        echo "not ok golden/$name: differs from $want"
        return 1
    else
        echo "ok golden/$name"
    fi
}

while read -r scenario _; do
    case $scenario in
    '' | '#'*) continue ;;
    esac
    golden "$scenario" || failed=1
done <"$list"
exit "$failed"
