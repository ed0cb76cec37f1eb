#!/bin/sh
# check_bad.sh - every bad scenario is refused: right place, words and status.
#
# A case is tests/bad/NAME.expect, its scenario NAME.yaml beside it.  Scenarios
# too large or too odd to keep (200 kB of brackets, a pipe) are made here and
# are called NNN-gen-*.  Cases called positive-* are valid, for contrast.
#
#   NAME.expect  first line: the exit status.  Every other line must occur in
#                the output; after a '!' it must not.
#   NAME.cmd     a shell command in place of `"$SITESIM" validate "$FILE"`;
#                $FILE is the scenario, $SCRATCH a folder for what is written
#   part/        files that the scenarios draw on
#
# Of every case is demanded besides: nothing on standard output unless it
# succeeded, no file or folder left, no trace of a crash, an end within 10 s.
#
# Prints "ok NAME" or "not ok NAME: why"; exit 1 if a case failed.  Arguments
# choose cases by the start of their names: check_bad.sh 012 positive.
#
# Environment: SITESIM, the program (build/release/sitesim).
set -u
LC_ALL=C
export LC_ALL
cd "$(dirname "$0")/../.." || exit 1
SITESIM=${SITESIM:-build/release/sitesim}
case $SITESIM in
/*) ;;
*) SITESIM=$PWD/$SITESIM ;;
esac
if [ ! -x "$SITESIM" ]; then
    echo "not ok bad: no program '$SITESIM', run 'make' first"
    exit 1
fi
SCRATCH=$(mktemp -d) || exit 1
export SITESIM SCRATCH
trap 'rm -rf "$SCRATCH"' EXIT
trap 'exit 130' INT TERM HUP
limit=
command -v timeout >/dev/null 2>&1 && limit='timeout 10'

mkdir "$SCRATCH/bad" "$SCRATCH/elsewhere"
cp -R tests/bad/. "$SCRATCH/bad"
cd "$SCRATCH/bad" || exit 1

# ---- scenarios that are made -------------------------------------------------

head='schema: sitesim/1
name: generated'
tail='requests: {r: {service: 9 ms}}
arrivals: {rate: 1 /s}
deployments: {d: {sites: {q: {tier: bare}}}}'

# repeat N TEXT: TEXT N times, without line breaks
repeat() {
    awk -v n="$1" -v text="$2" 'BEGIN { while (n-- > 0) printf "%s", text }'
}

# make KIND FILE
make_case() {
    case $1 in
    200k-brackets)
        printf '%s\nx-deep: ' "$head"
        repeat 200000 '['
        ;;
    depth-65) # the map of the file is the first level
        printf '%s\nx-deep: %s1%s\n%s\n' "$head" "$(repeat 64 '[')" \
            "$(repeat 64 ']')" "$tail"
        ;;
    depth-64)
        printf '%s\nx-deep: %s1%s\n%s\n' "$head" "$(repeat 63 '[')" \
            "$(repeat 63 ']')" "$tail"
        ;;
    depth-65-block)
        printf '%s\nx-deep:\n' "$head"
        awk 'BEGIN { for (i = 1; i <= 64; i++) printf "%*sk:\n", 2 * i, "" }'
        ;;
    5-mib)
        printf '%s\n%s\n' "$head" "$tail"
        awk 'BEGIN { for (i = 0; i < 81920; i++) printf "# %061d\n", i }'
        ;;
    long-scalar) printf '%s\ntitle: %s\n%s\n' "$head" "$(repeat 65537 a)" "$tail" ;;
    long-block-scalar)
        printf '%s\ntitle: |\n' "$head"
        repeat 8000 '  ten bytes
'
        printf '%s\n' "$tail"
        ;;
    long-key) printf '%s\n%s: 1\n%s\n' "$head" "$(repeat 257 k)" "$tail" ;;
    many-nodes)
        printf '%s\nx-list: [' "$head"
        repeat 200001 '1,'
        printf ']\n%s\n' "$tail"
        ;;
    fifo) ;;
    noise) # every byte but NUL, in an order that follows from a seed
        awk 'BEGIN { x = 1; for (i = 0; i < 65536; i++) {
            x = (x * 16807) % 2147483647; printf "%c", 1 + x % 255 } }'
        ;;
    symlink-out) printf '%s\nextends: [link.yaml]\n%s\n' "$head" "$tail" ;;
    extends-fifo) printf '%s\nextends: [pipe.yaml]\n%s\n' "$head" "$tail" ;;
    65-files)
        printf '%s\nextends: [' "$head"
        awk 'BEGIN { for (i = 1; i <= 65; i++) printf "many/%d.yaml, ", i }'
        printf ']\n%s\n' "$tail"
        ;;
    *) echo "unknown kind '$1'" >&2 ;;
    esac >"$2"
}

echo 'seed: 3' >"$SCRATCH/elsewhere/outside.yaml"
ln -s ../elsewhere/outside.yaml link.yaml
mkfifo pipe.yaml
mkdir many
i=0
while [ $((i += 1)) -le 65 ]; do
    echo "seed: $i" >"many/$i.yaml"
done
for expect in *-gen-*.expect; do
    name=${expect%.expect}
    if [ "${name#*-gen-}" = fifo ]; then
        mkfifo "$name.yaml"
    else
        make_case "${name#*-gen-}" "$name.yaml"
    fi
done

# ---- running -----------------------------------------------------------------

# Why a case failed, nothing if it did not: judge NAME STATUS FILES
judge() {
    awk -v name="$1" -v status="$2" -v left="$3" '
    function why(text) { if (!told++) print "not ok " name ": " text }
    FILENAME ~ /\.expect$/ {
        if (FNR == 1)
            wanted = $0
        else
            lines[++n] = $0
        next
    }
    FILENAME ~ /\/stdout$/ { printed++ }
    { all = all $0 "\n" }
    END {
        if (all ~ /Sanitizer|runtime error|internal error|Assertion/)
            why("crashed")
        if (status == 124)
            why("no end within 10 s")
        if (status > 128)
            why("killed by signal " status - 128)
        if (status != wanted)
            why("exit status " status ", expected " wanted)
        for (i = 1; i <= n; i++) {
            not = substr(lines[i], 1, 1) == "!"
            text = substr(lines[i], 1 + not)
            if (not == (index(all, text) > 0))
                why((not ? "unwanted: " : "no ") text)
        }
        if (wanted >= 2 && printed)
            why("something on standard output")
        if (left != 0)
            why("left a file or folder behind")
        if (told)
            printf "%s", all
        else
            print "ok " name
        exit told > 0
    }' "$1.expect" "$SCRATCH/stdout" "$SCRATCH/stderr"
}

# Is the case chosen?  chosen NAME PREFIX...
chosen() {
    name=$1
    shift
    [ $# -eq 0 ] && return 0
    for prefix; do
        case $name in "$prefix"*) return 0 ;; esac
    done
    return 1
}

# Sets n_files to the number of files and folders there are.
count() {
    set -- * .[!.]* part/* many/*
    n_files=$#
}

# A failing case shows its output below, for whoever repairs it.
failed=0
count
before=$n_files
for expect in *.expect; do
    case=${expect%.expect}
    chosen "$case" "$@" || continue
    FILE=$case.yaml
    export FILE
    if [ -f "$case.cmd" ]; then
        $limit sh "$case.cmd" >"$SCRATCH/stdout" 2>"$SCRATCH/stderr" </dev/null
    else
        $limit "$SITESIM" validate "$FILE" >"$SCRATCH/stdout" \
            2>"$SCRATCH/stderr" </dev/null
    fi
    status=$?
    count
    judge "$case" "$status" $((n_files - before)) || failed=1
    before=$n_files
done
exit $failed
