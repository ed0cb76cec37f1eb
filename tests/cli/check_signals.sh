#!/bin/sh
# check_signals.sh - a run that is stopped ends soon, with the right status,
# and leaves the files of an earlier run alone.
# shellcheck source=tests/cli/common.sh
. "$(dirname "$0")/common.sh"
cd "$tmp" || exit 1
if ! timeout --help 2>/dev/null | grep -q foreground; then
    echo 'skip cli/signals: no timeout with --foreground'
    exit 0
fi

# stop NAME SIGNAL STATUS AFTER ARG...
stop() {
    name=$1
    signal=$2
    want=$3
    after=$4
    shift 4
    begin=$(date +%s)
    timeout --foreground --preserve-status -s "$signal" "$after" \
        "$sitesim" "$@" >"$tmp/stdout" 2>"$tmp/stderr"
    got=$?
    took=$(($(date +%s) - begin))
    [ "$got" -eq "$want" ]
    ok "$name" $? "exit status $got, not $want"
    [ "$took" -le 5 ]
    ok "$name-soon" $? "took $took s"
}

expect signals/before 0 run -q "$cases/mmc.yaml" -o out
before=$(sums out)

# a script in the background has SIGINT ignored, and so has all it starts
ignored=$(awk '/^SigIgn/ { print $2 }' /proc/self/status 2>/dev/null)
case $ignored in
*[2367abef])
    echo 'skip cli/signals/int: SIGINT is ignored here'
    ;;
*)
    stop signals/int INT 130 0.3 run "$cases/long.yaml" -o out
    says signals/int-text 'interrupted; nothing was written'
    ;;
esac
stop signals/term TERM 143 0.3 run "$cases/long.yaml" -o out --jobs 2
stop signals/hup HUP 129 0.3 run "$cases/long.yaml" -o new
[ ! -e new ]
ok signals/new $? 'a folder for nothing'

# one piece of work that takes minutes: the hard way, two seconds later
stop signals/piece TERM 143 0.3 run "$cases/long.yaml" -o out --jobs 1 \
    --set simulate.requests=2000000000 --set simulate.replications=1
# the second signal kills at once
"$sitesim" run -q "$cases/long.yaml" -o out --jobs 1 \
    --set simulate.requests=2000000000 --set simulate.replications=1 \
    >"$tmp/stdout" 2>&1 &
pid=$!
sleep 0.3
kill -TERM "$pid"
sleep 0.2
kill -TERM "$pid"
begin=$(date +%s)
wait "$pid"
[ $? -eq 143 ] && [ $(($(date +%s) - begin)) -le 1 ]
ok signals/second $?
[ "$(sums out)" = "$before" ]
ok signals/intact $? 'files of the earlier run were touched'

# at any moment of a short run: the earlier files or the new ones, never a mix
# of both, never a temporary file
expect signals/other 0 run -q "$cases/mmc.yaml" -o other --seed 8
after=$(sums other)
bad=0
for delay in 0.01 0.03 0.05 0.07 0.09 0.11 0.13 0.15 0.17 0.2 0.25 0.3; do
    timeout --foreground --preserve-status -s TERM "$delay" \
        "$sitesim" run -q "$cases/mmc.yaml" -o out --seed 8 >/dev/null 2>&1
    now=$(sums out)
    [ "$now" = "$before" ] || [ "$now" = "$after" ] || bad=$delay
    [ "$now" = "$after" ] && before=$after
done
[ "$bad" = 0 ]
ok signals/any-moment $? "half written after $bad s"
clean signals/temps .
exit "$failed"
