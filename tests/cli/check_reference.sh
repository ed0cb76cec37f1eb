#!/bin/sh
# check_reference.sh - presets, schema, units, explain, resolve, version.
# shellcheck source=tests/cli/common.sh
. "$(dirname "$0")/common.sh"
here=$PWD
cd "$tmp" || exit 1

expect presets/list 0 presets list
for file in "$here"/scenarios/presets/*.yaml "$here"/scenarios/data/*.csv; do
    name=$(basename "$file" .yaml)
    grep -q "^$name " "$tmp/stdout" || ok "presets/$name" 1 'not listed'
done
awk 'length > 80 { exit 1 }' "$tmp/stdout"
ok presets/width $?
expect presets/show 0 presets show tier-edge
cmp -s "$tmp/stdout" "$here/scenarios/presets/tier-edge.yaml"
ok presets/bytes $? 'differs from the file'
expect presets/path 0 presets show presets/tier-edge.yaml
expect presets/table 0 presets show metros.csv -o metros.csv
cmp -s metros.csv "$here/scenarios/data/metros.csv"
ok presets/table-bytes $?
expect presets/unknown 2 presets show tier-egde
says presets/hint "did you mean 'tier-edge'?"
expect presets/verb 2 presets shwo x
expect presets/no-name 2 presets show

expect schema/json 0 schema
if command -v python3 >/dev/null 2>&1; then
    python3 -m json.tool "$tmp/stdout" >/dev/null 2>"$tmp/stderr"
    ok schema/parses $? "$(head -n 1 "$tmp/stderr")"
fi
expect schema/reference 0 schema --reference
grep -q '^#' "$tmp/stdout"
ok schema/markdown $?

# 1 kWh = 3.6 MJ, a model year = 8,760 h
expect units/all 0 units
grep -q '^  kWh  *3600000 J$' "$tmp/stdout" && grep -q '^  year  *31536000 s$' "$tmp/stdout"
ok units/values $?
expect units/kind 0 units energy
! grep -q year "$tmp/stdout"
ok units/only $?
expect units/unknown 2 units enrgy
says units/hint "did you mean 'energy'?"

expect explain/code 0 explain K001
grep -q '^K001: ' "$tmp/stdout"
ok explain/code-text $?
expect explain/lower 0 explain k001
expect explain/key 0 explain deployments.edge.sites.stores.servers
grep -q '^deployments.NAME.sites.NAME.servers$' "$tmp/stdout"
ok explain/key-path $? "$(head -n 1 "$tmp/stdout")"
expect explain/short 0 explain discount_rate
grep -q '^finance.discount_rate$' "$tmp/stdout"
ok explain/short-path $?
expect explain/metric 0 explain d.class.r.latency.p95
grep -q '^metric latency: ' "$tmp/stdout"
ok explain/metric-text $?
expect explain/unknown 2 explain servres
says explain/hint "did you mean 'servers'?"

# a merged scenario loads to the same digest
expect resolve/plain 0 resolve "$cases/two.yaml" --set seed=12 -o resolved.yaml
expect resolve/origin 0 resolve "$cases/two.yaml" --set seed=12 --origin
grep -q '^seed: 12  *# --set #1$' "$tmp/stdout"
ok resolve/origin-text $? "$(grep ^seed "$tmp/stdout")"
expect resolve/loads 0 validate resolved.yaml
digest() {
    "$sitesim" run -q "$@" -o - --format json | sed -n 's/.*"scenario_sha256": "\([0-9a-f]*\)".*/\1/p'
}
one=$(digest "$cases/two.yaml" --set seed=12)
[ -n "$one" ] && [ "$one" = "$(digest resolved.yaml)" ]
ok resolve/digest $? 'the merged scenario has another digest'

expect version/text 0 version
grep -q '^sitesim [0-9]' "$tmp/stdout"
ok version/line $?
expect version/option 0 --version
expect version/json 0 version --json
grep -q '"version": "' "$tmp/stdout"
ok version/field $?
exit "$failed"
