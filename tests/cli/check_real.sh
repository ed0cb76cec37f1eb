#!/bin/sh
# The presets against the published ranges of their tiers, and the replay of a
# real trace against an independent calculation.
#
# Truth: network latency 50-200, 20-80, 1-30, 1-30 ms and PUE 1.1-1.3, 1.2-1.8,
# 1.5-2.5, 1.6-3.0 for hyperscale, regional, edge and closet (TIERS in
# models/SOURCES.md); for the trace the recursion of Kiefer and Wolfowitz
# in awk, request by request.
# shellcheck source=tests/cli/common.sh
. "$(dirname "$0")/common.sh"

# metric NAME FILE: its value in a results.json
metric() {
    sed -n "s/^ *\"$1\": .*\"value\": \([-0-9.e+]*\)}.*/\1/p" "$2"
}

# between NAME VALUE LOW HIGH
between() {
    awk -v x="$2" -v low="$3" -v high="$4" \
        'BEGIN { exit !(x != "" && x >= low && x <= high) }'
    ok "$1" $? "is '$2', expected $3 .. $4"
}

tiers() {
    "$sitesim" run -q "$cases/tiers.yaml" -o "$tmp/tiers" --only json \
        >"$tmp/stdout" 2>&1
    ok tiers/run $?
    results=$tmp/tiers/results.json
    while read -r tier rtt_low rtt_high pue_low pue_high; do
        between "tiers/$tier/rtt" "$(metric "$tier.network.p50" "$results")" \
            "$rtt_low" "$rtt_high"
        between "tiers/$tier/pue" "$(metric "$tier.pue" "$results")" \
            "$pue_low" "$pue_high"
    done <<EOF
hyperscale 50 200 1.1 1.3
regional 20 80 1.2 1.8
edge 1 30 1.5 2.5
closet 1 30 1.6 3.0
EOF
    # time to add capacity: fast, moderate, slow, slow
    awk -v a="$(metric hyperscale.time_to_service "$results")" \
        -v b="$(metric regional.time_to_service "$results")" \
        -v c="$(metric edge.time_to_service "$results")" \
        -v d="$(metric closet.time_to_service "$results")" \
        'BEGIN { exit !(a < b && b < c && b < d) }'
    ok tiers/time-to-service $?
}

# Mean latency [ms] of the trace on 24 servers, independent of the program.
expected_mean() {
    awk -F, 'NR == 1 { next }
    {
        best = 1
        for (i = 2; i <= 24; i++)
            if (free[i] + 0 < free[best] + 0)
                best = i
        start = free[best] > $1 + 0 ? free[best] : $1 + 0
        free[best] = start + 0.020 + 0.00005 * $2 + 0.010 * $3
        sum += free[best] - $1
        n++
    }
    END { printf "%.12g\n", 1000 * sum / n }' "$1"
}

replay() {
    trace=${SITESIM_REAL_DATA:-}/requests/azure2023_conv.csv
    if [ ! -r "$trace" ]; then
        echo "skip cli/replay: SITESIM_REAL_DATA holds no requests/azure2023_conv.csv"
        return
    fi
    mkdir "$tmp/replay"
    cp "$cases/replay.yaml" "$tmp/replay/"
    cp "$trace" "$tmp/replay/trace.csv"
    "$sitesim" run -q "$tmp/replay/replay.yaml" -o "$tmp/replay/out" \
        --only json >"$tmp/stdout" 2>&1
    ok replay/run $?
    results=$tmp/replay/out/results.json
    between replay/offered "$(metric d.requests.offered "$results")" 19366 19366
    got=$(metric d.latency.mean "$results")
    awk -v x="$got" -v y="$(expected_mean "$trace")" \
        'BEGIN { d = x - y; if (d < 0) d = -d; exit !(x != "" && d <= 1e-9 * y) }'
    ok replay/mean $? "is '$got', expected $(expected_mean "$trace")"
}

tiers
replay
exit "$failed"
