#!/bin/sh
# check_files.sh - output files appear together, whole, or not at all.
# shellcheck source=tests/cli/common.sh
. "$(dirname "$0")/common.sh"
cd "$tmp" || exit 1

expect files/first 0 run -q "$cases/two.yaml" -o kept
for file in results.json report.xlsx summary.md runinfo.json csv/metrics.csv \
    csv/series.csv charts/latency-cdf.svg charts/latency-cdf.png; do
    [ -s "kept/$file" ] || ok "files/$file" 1 'missing or empty'
done
clean files/no-temps .

# another scenario into the same folder, with something in the way: nothing of
# the earlier run may change
before=$(sums kept)
intact() { # NAME
    [ "$(sums kept)" = "$before" ]
    ok "$1-intact" $? 'files of the earlier run were touched'
    clean "$1-temps" kept
}
blocked() { # NAME FILE TEXT: FILE stands where a folder or file must go
    expect "$1" 4 run -q "$cases/mmc.yaml" -o kept
    says "$1-text" "$3"
    intact "$1"
}
mv kept/charts aside && echo x >kept/charts
before=$(sums kept)
blocked files/charts-a-file charts "'kept/charts': not a directory"
rm kept/charts && mv aside kept/charts
rm kept/report.xlsx && mkdir kept/report.xlsx
before=$(sums kept)
blocked files/a-folder report.xlsx "cannot write 'kept/report.xlsx': is a directory"
rmdir kept/report.xlsx && mkfifo kept/report.xlsx
blocked files/a-fifo report.xlsx "cannot write 'kept/report.xlsx': not a regular file"
rm kept/report.xlsx
before=$(sums kept)

# as root, permissions mean nothing: become somebody else
as_user=
if [ "$(id -u)" -eq 0 ]; then
    as_user='setpriv --reuid=65534 --regid=65534 --clear-groups'
    cp "$sitesim" "$tmp/program" && chmod 755 "$tmp" "$tmp/program"
    cp "$cases/mmc.yaml" "$tmp/mmc.yaml" && chmod 644 "$tmp/mmc.yaml"
    $as_user "$tmp/program" version >/dev/null 2>&1 || as_user=skip
else
    cp "$sitesim" "$tmp/program" && cp "$cases/mmc.yaml" "$tmp/mmc.yaml"
fi
if [ "$as_user" = skip ]; then
    echo 'skip cli/files/unwritable: runs as root'
else
    chmod 555 kept
    # shellcheck disable=SC2086 # words
    $as_user "$tmp/program" run -q mmc.yaml -o kept >/dev/null 2>"$tmp/stderr"
    [ $? -eq 4 ]
    ok files/unwritable $?
    says files/unwritable-text "cannot write 'kept/results.json': permission denied"
    # shellcheck disable=SC2086
    $as_user "$tmp/program" run -q mmc.yaml -o kept/new >/dev/null 2>"$tmp/stderr"
    [ $? -eq 4 ] && [ ! -e kept/new ]
    ok files/unwritable-folder $?
    chmod 755 kept
    intact files/unwritable
fi

# a disk that is full: 64 KiB hold the JSON, not the workbook and charts
if [ "$(id -u)" -eq 0 ] && mkdir small &&
    mount -t tmpfs -o size=64k none small 2>/dev/null; then
    "$sitesim" run -q "$cases/two.yaml" -o small/out >/dev/null 2>"$tmp/stderr"
    rc=$?
    left=$(find small -mindepth 1)
    umount small
    [ "$rc" -eq 4 ] && [ -z "$left" ]
    ok files/disk-full $? "status $rc, left: $left"
    grep -q 'no space left' "$tmp/stderr"
    ok files/disk-full-text $? "$(head -n 1 "$tmp/stderr")"
else
    echo 'skip cli/files/disk-full: cannot mount'
fi

# a limit on the size of files instead, for everybody
(ulimit -f 8 2>/dev/null && trap '' XFSZ &&
    "$sitesim" run -q "$cases/two.yaml" -o limit >/dev/null 2>"$tmp/stderr")
[ $? -eq 4 ] && [ ! -e limit ]
ok files/too-large $? "$(head -n 1 "$tmp/stderr")"

# symbolic links are replaced, not followed
echo precious >precious
mkdir links && ln -s ../precious links/results.json
expect files/link 0 run -q "$cases/mmc.yaml" -o links
[ "$(cat precious)" = precious ] && [ ! -L links/results.json ]
ok files/link-target $? 'the file behind the link was written'
expect files/device 4 schema -o /dev/null
[ -c /dev/null ]
ok files/device-stays $?

# --only, several scenarios, what a run leaves of an earlier one
expect files/only 0 run -q "$cases/mmc.yaml" -o only --only json,svg
[ -s only/results.json ] && [ -s only/charts/latency-cdf.svg ] &&
    [ ! -e only/report.xlsx ] && [ ! -e only/csv ] &&
    [ ! -e only/charts/latency-cdf.png ]
ok files/only-these $? "$(find only -type f | tr '\n' ' ')"
expect files/several 0 run -q "$cases/mmc.yaml" "$cases/two.yaml" -o both --only json
[ -s both/mmc/results.json ] && [ -s both/two/results.json ]
ok files/several-folders $?
expect files/twice 2 run -q "$cases/mmc.yaml" "$cases/mmc.yaml" -o twice
[ ! -e twice ]
ok files/twice-none $?
[ -e kept/charts/tco-stack.svg ]
ok files/stale-before $? 'the first run has no chart of money'
expect files/stale 0 run -q "$cases/mmc.yaml" -o kept
[ ! -e kept/charts/tco-stack.svg ] && [ ! -e kept/charts/tco-stack.png ]
ok files/stale-after $? 'a chart of the earlier run stayed'

# rendering again gives the same bytes
expect files/fresh 0 run -q "$cases/two.yaml" -o fresh
expect files/again 0 report fresh/results.json -o again
[ "$(sums fresh)" = "$(sums again)" ]
ok files/again-same $? 'report differs from run'
sed 's/"scenario": "[^"]*"/"scenario": "..\/up"/; s/"name": "two"/"name": "..\/up"/' \
    fresh/results.json >evil.json
"$sitesim" report evil.json fresh/results.json -o evil >/dev/null 2>"$tmp/stderr"
[ ! -e up ] && [ ! -e evil/../up/results.json ]
ok files/name-escape $? 'a name led out of the folder'

# init never overwrites, and what it writes runs
expect init/first 0 init -q new.yaml
before=$(cksum <new.yaml)
expect init/second 4 init -q new.yaml
says init/second-text "'new.yaml' exists already"
[ "$(cksum <new.yaml)" = "$before" ]
ok init/kept $?
ln -s nowhere dangling.yaml
expect init/link 4 init -q dangling.yaml
[ ! -e nowhere ]
ok init/link-kept $?
expect init/validate 0 validate new.yaml
expect init/run 0 run -q new.yaml -o new
expect init/stdout 0 init -
cmp -s "$tmp/stdout" new.yaml
ok init/same $? 'standard output differs from the file'
expect init/full 0 init --template full -
grep -q '^# *servers:' "$tmp/stdout"
ok init/full-text $? 'the keys are missing'
cp "$tmp/stdout" full.yaml
expect init/full-validate 0 validate full.yaml
expect init/unknown 2 init --template fll -
clean init/temps .
exit "$failed"
