# common.sh - what the tests of the command line share; sourced, not run.
#
# Environment: SITESIM, the program (build/release/sitesim).
# Sets: sitesim (absolute), cases (folder of the scenarios), tmp (a folder that
# is removed at the end), failed.
#
# shellcheck shell=sh
# shellcheck disable=SC2034 # variables for those who source this
set -u
LC_ALL=C
export LC_ALL
unset NO_COLOR SITESIM_JOBS SOURCE_DATE_EPOCH
cd "$(dirname "$0")/../.." || exit 1
sitesim=${SITESIM:-build/release/sitesim}
case $sitesim in
/*) ;;
*) sitesim=$PWD/$sitesim ;;
esac
cases=$PWD/tests/cli
failed=0
if [ ! -x "$sitesim" ]; then
    echo "not ok cli: no program '$sitesim', run 'make' first"
    exit 1
fi
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' INT TERM HUP

# ok NAME STATUS [WHY]: the result of a check
ok() {
    if [ "$2" -eq 0 ]; then
        echo "ok cli/$1"
    else
        echo "not ok cli/$1: ${3:-failed}"
        failed=1
    fi
}

# expect NAME STATUS ARG...: run the program; standard output and error land in
# $tmp/stdout and $tmp/stderr
expect() {
    expect_name=$1
    expect_status=$2
    shift 2
    "$sitesim" "$@" >"$tmp/stdout" 2>"$tmp/stderr" </dev/null
    got=$?
    [ "$got" -eq "$expect_status" ]
    ok "$expect_name" $? "exit status $got, not $expect_status: $(head -n 3 "$tmp/stderr" | tr '\n' ' ')"
}

# says NAME TEXT: the last run's standard error holds TEXT
says() {
    grep -qF -- "$2" "$tmp/stderr"
    ok "$1" $? "no '$2' in: $(head -n 3 "$tmp/stderr" | tr '\n' ' ')"
}

# clean NAME FOLDER: no temporary file is left in it
clean() {
    left=$(find "$2" -name '.*.tmp.*' 2>/dev/null | head -n 3)
    [ -z "$left" ]
    ok "$1" $? "left behind: $left"
}

# sums FOLDER: digests of its files but the one that may differ
sums() {
    (cd "$1" && find . -type f ! -name runinfo.json -exec cksum {} + | sort -k3)
}
