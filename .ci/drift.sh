#!/bin/sh
# drift.sh [PROGRAM] - are the generated files in the repository what the
# program (build/release/sitesim) would write today?
#
# Prints "ok NAME", "not ok NAME: why" or "skip NAME: why" per file; exit 1
# if one differs.  'make docs' writes them anew.
set -u
cd "$(dirname "$0")/.." || exit 1
program=${1:-build/release/sitesim}
case $program in
*/*) ;;
*) program=./$program ;;
esac
failed=0
tmp=$(mktemp) || exit 1
trap 'rm -f "$tmp"' EXIT
trap 'exit 130' INT TERM HUP

# same FILE ARGUMENT...
same() {
    file=$1
    shift
    if [ ! -f "$file" ]; then
        echo "skip drift/$file: not there yet"
    elif ! "$program" "$@" >"$tmp" </dev/null; then
        echo "not ok drift/$file: '$program $*' failed"
        failed=1
    elif ! cmp -s "$file" "$tmp"; then
        diff -u "$file" "$tmp" | sed -n '1,40s/^/    /p'
        echo "not ok drift/$file: out of date, run 'make docs'"
        failed=1
    else
        echo "ok drift/$file"
    fi
}

same scenarios/schema.json schema
same scenarios/REFERENCE.md schema --reference
exit "$failed"
