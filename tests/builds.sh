#!/bin/sh
# builds.sh - the same figures from differently compiled programs.
#
# Builds what runs a study (sim, models, loader; no reports and charts) with
# -O0, -O3, with the AVX2 bodies of the hot loops left out, and with clang where
# it is there, and runs five small scenarios with each.  Against -O0 the digests
# of the latency histograms must be equal and all metrics agree to 1e-12.
#
# Takes a few minutes of processor time, so `make same` runs it and `make test`
# does not.  Prints "ok NAME", "not ok NAME: why" or "skip NAME: why".
set -u
LC_ALL=C
export LC_ALL
cd "$(dirname "$0")/.." || exit 1
failed=0
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' INT TERM HUP
scenarios='tests/cli/two.yaml tests/cli/mmc.yaml tests/cli/tiers.yaml tests/cli/kernels.yaml tests/cli/patience.yaml'

# build NAME CC FLAGS: into $tmp/NAME; figures into $tmp/NAME.txt
build() {
    env -u CI "${MAKE:-make}" -s --no-print-directory BUILD="$tmp/$1" CC="$2" CFLAGS_v="$3" \
        "$tmp/$1/tests/tools/figures" >"$tmp/$1.log" 2>&1 || {
        tail -n 20 "$tmp/$1.log"
        echo "not ok builds/$1: does not build"
        return 1
    }
    # shellcheck disable=SC2086 # a list of names
    "$tmp/$1/tests/tools/figures" $scenarios >"$tmp/$1.txt" 2>"$tmp/$1.log" || {
        echo "not ok builds/$1: $(head -n 1 "$tmp/$1.log")"
        return 1
    }
}

# compare NAME: $tmp/NAME.txt with that of -O0
compare() {
    # shellcheck disable=SC2086 # a list of names
    awk -v name="$1" -v files="$(printf '%s\n' $scenarios | wc -l)" '
    function differs(a, b) {
        if (a == b || (a ~ /nan/ && b ~ /nan/))
            return 0
        return a ~ /nan/ || b ~ /nan/ || (a - b) ^ 2 > 1e-24 * a * a
    }
    FNR == NR { want[FNR] = $0; n = FNR; next }
    {
        split(want[FNR], w, " ")
        if ($1 == "file")
            file = $2
        if ($1 == "digest") {
            digests++
            if ($2 != w[2])
                why = why " " file " has another digest;"
        } else if ($1 == "metric") {
            metrics++
            if ($2 != w[2] || differs(w[3], $3) || differs(w[4], $4))
                if (++bad <= 3)
                    why = why " " $2 " " $3 " not " w[3] ";"
        }
        seen = FNR
    }
    END {
        if (seen != n || digests != files || metrics < 1000)
            why = why " " seen " lines, not " n ";"
        if (why != "") {
            print "not ok builds/" name ":" why " " bad + 0 " metrics differ"
            exit 1
        }
        print "ok builds/" name " (" metrics " metrics)"
    }' "$tmp/O0.txt" "$tmp/$1.txt"
}

build O0 "${CC:-cc}" -O0 || exit 1
for row in 'O3|-O3' 'no-clones|-O3 -DSIM_NO_CLONES'; do
    if build "${row%%|*}" "${CC:-cc}" "${row#*|}"; then
        compare "${row%%|*}" || failed=1
    else
        failed=1
    fi
    rm -rf "${tmp:?}/${row%%|*}"
done
if ! command -v clang >/dev/null 2>&1; then
    echo 'skip builds/clang: clang is not here'
elif build clang clang -O2; then
    compare clang || failed=1
else
    failed=1
fi
exit "$failed"
