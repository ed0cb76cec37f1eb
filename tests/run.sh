#!/bin/sh
# run.sh PROGRAM... - run test programs (Check) and the shell tests, and count.
#
# Shell tests are tests/golden.sh and every tests/*/check_*.sh.  Each prints
# lines "ok NAME", "not ok NAME: why" or "skip NAME: why"; anything else it
# prints is shown only when something failed.  A test program may print such
# skip lines too: that test then counts as skipped, not as passed.
#
# Prints one line per program, the output of those that failed, and last
# "N passed, N failed", with ", N skipped" when there are any.  A program that
# crashes, hangs or exits non-zero counts as at least one failure.  Exit 1 if
# anything failed.
#
# Environment: SITESIM  the program under test (build/release/sitesim)
#              BUILD    the build folder (build/release)
#              CK_FORK  "no" unless given: forking costs 2 ms a test
#              JOBS     programs at a time (number of processors)
#              SCRIPTS  "no" leaves the shell tests out
#              TEST_TIMEOUT  seconds before a program counts as hung (600)
# SITESIM and BUILD reach the tests as absolute paths; the current folder of a
# test is the top of the repository.
set -u

if [ "${1:-}" = --one ]; then # run one: --one FOLDER INDEX PROGRAM
    out=$2/$3
    limit=
    command -v timeout >/dev/null 2>&1 && limit="timeout ${TEST_TIMEOUT:-600}"
    $limit "$4" >"$out.out" 2>&1 </dev/null
    echo $? >"$out.rc"
    echo "$3"
    exit 0
fi

cd "$(dirname "$0")/.." || exit 1

absolute() {
    case $1 in
    /*) echo "$1" ;;
    *) echo "$PWD/$1" ;;
    esac
}

BUILD=$(absolute "${BUILD:-build/release}")
SITESIM=$(absolute "${SITESIM:-build/release/sitesim}")
CK_FORK=${CK_FORK:-no}
export BUILD SITESIM CK_FORK
jobs=${JOBS:-$(nproc 2>/dev/null || echo 2)}

dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
trap 'exit 130' INT TERM HUP

# The list of what to run, one "INDEX PROGRAM" a line.
{
    for program in "$@"; do
        echo "$program"
    done
    if [ "${SCRIPTS:-yes}" != no ]; then
        for script in tests/golden.sh tests/*/check_*.sh; do
            [ -f "$script" ] && echo "$script"
        done
    fi
} | awk '{ print NR, ($0 ~ /^\// ? "" : "./") $0 }' >"$dir/list"

# Sum up run INDEX of PROGRAM: a line, the output if it failed, and
# "passed failed skipped" into INDEX.sum.
report() {
    rc=$(cat "$dir/$1.rc")
    awk -v rc="$rc" -v sum="$dir/$1.sum" -v name="$2" -v out="$dir/$1.out" '
    function plural(n, what) { return n " " what (n == 1 ? "" : "s") }
    /^[0-9]+%: Checks: / {
        gsub(/[^0-9 ]/, "")
        checks += $2; failed += $3 + $4; passed += $2 - $3 - $4
        suites++
    }
    /^ok / { passed++; results++ }
    /^not ok / { failed++; results++ }
    /^skip / { skipped++; skips[skipped] = $0; results++ }
    END {
        sub(/^\.\//, "", name)
        shown = name
        sub(/.*\/tests\//, "", shown)
        script = name ~ /\.sh$/
        if (suites && skipped) # those returned early, so Check saw a pass
            passed -= skipped
        why = ""
        if (rc == 124)
            why = "timed out"
        else if (rc > 128)
            why = "killed by signal " (rc - 128)
        else if (rc == 126 || rc == 127)
            why = "cannot be run (is it executable?)"
        else if (!script && !suites)
            why = "no summary, exit status " rc
        else if (script && !results && rc == 0)
            why = "no result"
        else if (rc != 0 && !failed)
            why = "exit status " rc
        if (why != "")
            failed++
        printf "%d %d %d\n", passed, failed, skipped > sum
        line = sprintf("%s %s: %d passed", failed ? "FAIL" : "ok  ", shown, passed)
        if (failed)
            line = line ", " failed " failed"
        if (skipped)
            line = line ", " skipped " skipped"
        print line (why == "" ? "" : " - " why)
        if (failed) {
            while ((getline text < out) > 0)
                if (!(script && text ~ /^ok /))
                    print "    " text
        } else
            for (i = 1; i <= skipped; i++)
                print "    " skips[i]
    }' "$dir/$1.out"
}

# Workers say their index when done; print in the order of the list.
next=1
# with no input at all xargs would still run one
[ -s "$dir/list" ] && sed 's/\([^A-Za-z0-9]\)/\\\1/g; s/\\ / /' "$dir/list" |
    xargs -P "$jobs" -n 2 sh "$PWD/tests/run.sh" --one "$dir" |
    while read -r _; do
        while [ -f "$dir/$next.rc" ]; do
            report "$next" "$(sed -n "${next}s/^[0-9]* //p" "$dir/list")"
            next=$((next + 1))
        done
    done

# A run without a sum was lost (the runner itself was killed): a failure.
cat "$dir"/*.sum 2>/dev/null | awk -v n="$(wc -l <"$dir/list")" '
    { passed += $1; failed += $2; skipped += $3 }
    END {
        failed += n - NR
        printf "%d passed, %d failed", passed, failed
        if (skipped)
            printf ", %d skipped", skipped
        print ""
        exit failed > 0
    }'
