#!/bin/sh
# lint.sh [BUILD] - the checks that read the source instead of running it.
#
#   lint/format      clang-format 14 has nothing to change
#   lint/cppcheck    cppcheck finds nothing
#   lint/headers     every header compiles alone, and twice
#   lint/includes, lint/symbols   see floors.sh
#   lint/tidy        clang-tidy finds nothing; slow, so only when CI is set
#                    or TIDY=1
#   lint/shellcheck  shellcheck finds nothing in our scripts
#
# Prints faults, then "ok NAME", "not ok NAME: why" or "skip NAME: why" per
# check.  Exit 1 if one failed.  BUILD (build/release) holds the archives of
# the release variant and keeps cppcheck's notes between runs.
set -u
LC_ALL=C
export LC_ALL
cd "$(dirname "$0")/.." || exit 1
build=${1:-build/release}
failed=0
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' INT TERM HUP

have() {
    command -v "$1" >/dev/null 2>&1
}

# verdict NAME STATUS: show the start of $tmp/out, which the check wrote, if it
# failed
verdict() {
    if [ "$2" -eq 0 ]; then
        echo "ok $1"
        return
    fi
    sed -n '1,80s/^/    /p' "$tmp/out"
    echo "not ok $1: $(wc -l <"$tmp/out" | tr -d ' ') lines of faults"
    failed=1
}

# Files of ours matching the patterns, committed or not, one a line.
ours() {
    if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
        git ls-files --cached --others --exclude-standard -- "$@"
    else # a release tarball
        for pattern in "$@"; do
            find . -path ./build -prune -o -type f -name "${pattern##*/}" -print
        done | sed 's|^\./||'
    fi | sort -u | while read -r file; do
        [ -f "$file" ] && echo "$file"
    done
}

# The Makefile's compiler flags, word by word, through its own variables.
# Warnings are on; whether they are errors is up to each check.  MAKEFLAGS of
# a make that called us names a job server we cannot use.
# shellcheck disable=SC2016 # make expands these
flags=$(MAKEFLAGS='' make -s --no-print-directory \
    --eval='lint-flags:;@:$(info $(CFLAGS_all) $(inc_plots))' lint-flags) ||
    flags=
[ -n "$flags" ] || {
    echo 'not ok lint/flags: cannot read CFLAGS_all from the Makefile'
    failed=1
}

check_format() {
    for tool in clang-format-14 clang-format; do
        have "$tool" && "$tool" --version | grep -q 'version 14\.' && break
        tool=
    done
    if [ -z "$tool" ]; then
        echo 'skip lint/format: clang-format 14 is not here, others differ'
        return
    fi
    # the messages show half of each line of the source; the names will do
    ours '*.c' '*.h' | xargs "$tool" --dry-run -Werror >"$tmp/log" 2>&1
    status=$?
    sed -n 's/^\([^ :]*\):[0-9]*:[0-9]*: error: .*/\1/p' "$tmp/log" | sort |
        uniq -c | awk -v tool="$tool" '{ print tool " -i " $2 "  # " $1 }' \
        >"$tmp/out"
    [ -s "$tmp/out" ] || mv "$tmp/log" "$tmp/out"
    verdict lint/format "$status"
}

check_cppcheck() {
    if ! have cppcheck; then
        echo 'skip lint/cppcheck: cppcheck is not here'
        return
    fi
    mkdir -p "$build/cppcheck"
    # One configuration is checked, the one we build.  System headers are
    # left out: cppcheck knows the standard library from its own tables.
    # sim_bug() stands in as abort(), for it does not read _Noreturn.
    cppcheck --quiet --std=c11 --language=c --error-exitcode=1 -j 2 \
        --cppcheck-build-dir="$build/cppcheck" --inline-suppr \
        --library=.ci/cppcheck.cfg \
        --enable=warning,performance,portability \
        --suppress=missingInclude --suppress=missingIncludeSystem \
        --suppress=unmatchedSuppression \
        -I. -D__GNUC__ -D_POSIX_C_SOURCE=200809L -DSITESIM_VERSION='"0"' \
        -DSIM_NO_CLONES '-Dsim_bug(file,line,cond)=abort()' \
        sim models scenarios reports plots cli >"$tmp/out" 2>&1
    verdict lint/cppcheck $?
}

# compiles HEADER FLAG...: alone, and twice, for its guard must work.  The
# declaration is there because ISO C wants at least one.
# shellcheck disable=SC2317 # called through eval
compiles() {
    header=$1
    shift
    printf '#include "%s"\n#include "%s"\nextern int lint_unit;\n' \
        "$header" "$header" |
        "${CC:-gcc}" "$@" -Werror -fsyntax-only -x c - >>"$tmp/out" 2>&1
}

check_headers() {
    status=0
    : >"$tmp/out"
    for header in $(ours 'sim/*.h' 'models/*.h' 'scenarios/*.h' \
        'reports/*.h' 'plots/*.h' 'cli/*.h'); do
        eval "compiles \"\$header\" $flags" || status=1
    done
    verdict lint/headers "$status"
}

check_tidy() {
    if [ -z "${CI:-}" ] && [ "${TIDY:-0}" != 1 ]; then
        echo 'skip lint/tidy: slow, set TIDY=1 (or CI) to run it'
        return
    fi
    if ! have clang-tidy; then
        echo 'skip lint/tidy: clang-tidy is not here'
        return
    fi
    mkdir -p "$build" "$tmp/tidy"
    # One file per process: clang-tidy 14 mistakes every va_list for an
    # uninitialized one in the second and later files of a process.
    # shellcheck disable=SC2016 # the inner shell expands these
    ours 'sim/*.c' 'models/*.c' 'scenarios/*.c' 'reports/*.c' 'plots/*.c' \
        'cli/*.c' | xargs -P 2 -n 1 sh -c '
            file=$2
            out=$0/$(echo "$file" | tr / _)
            eval "set -- $1"
            clang-tidy --quiet "$file" -- "$@" -DSIM_NO_CLONES \
                -Wno-unknown-warning-option >"$out" 2>"$out.err" && rm "$out"
        ' "$tmp/tidy" "$flags"
    status=$?
    # each fault comes with the path that leads to it, often a screenful
    cat "$tmp/tidy"/* >"$build/tidy.log" 2>/dev/null
    sed -n "s|^$PWD/||; s|^\./||; / error: /p" "$build/tidy.log" | sort -u >"$tmp/out"
    [ "$status" -eq 0 ] || echo "the whole story: $build/tidy.log" >>"$tmp/out"
    verdict lint/tidy "$status"
}

check_shell() {
    if ! have shellcheck; then
        echo 'skip lint/shellcheck: shellcheck is not here'
        return
    fi
    ours '*.sh' .ci/run .ci/pre-commit | xargs shellcheck >"$tmp/out" 2>&1
    verdict lint/shellcheck $?
}

check_format
check_cppcheck
check_headers
sh .ci/floors.sh "$build" || failed=1
check_tidy
check_shell
exit "$failed"
