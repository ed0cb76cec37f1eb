#!/bin/sh
# check_help.sh - help, the manual page, and what the program says about a
# command line it does not understand.
# shellcheck source=tests/cli/common.sh
. "$(dirname "$0")/common.sh"

expect help/program 0 --help
commands=$(awk '/^Commands:/ { on = 1; next } /^$/ { on = 0 } on { print $1 }' \
    "$tmp/stdout")
[ "$(echo "$commands" | wc -l)" -ge 11 ]
ok help/commands $? "fewer than 11 commands: $commands"

# every help fits 80 columns and has two examples
for command in $commands; do
    "$sitesim" "$command" --help >"$tmp/stdout" 2>"$tmp/stderr"
    rc=$?
    [ "$rc" -eq 0 ] && [ ! -s "$tmp/stderr" ] &&
        awk 'length > 80 { exit 1 }' "$tmp/stdout" &&
        [ "$(sed '1,/^Examples:/d' "$tmp/stdout" | grep -c '^  sitesim ')" -eq 2 ] &&
        "$sitesim" help "$command" | cmp -s - "$tmp/stdout"
    ok "help/$command" $? "status $rc, or too wide, or not two examples"
done
for topic in exit-codes files environment signals; do
    expect "help/topic-$topic" 0 help "$topic"
    awk 'length > 80 { exit 1 }' "$tmp/stdout"
    ok "help/width-$topic" $? 'wider than 80 columns'
done

expect man 0 help --man
grep -q '^\.SH OPTIONS' "$tmp/stdout"
ok man/sections $?
if command -v man >/dev/null 2>&1 && command -v groff >/dev/null 2>&1; then
    man -l --warnings "$tmp/stdout" 2>"$tmp/stderr" >/dev/null
    [ ! -s "$tmp/stderr" ]
    ok man/warnings $? "$(head -n 1 "$tmp/stderr")"
else
    echo 'skip cli/man/warnings: no man and groff'
fi

# usage errors: exit status 2, and a hint
expect usage/none 2
expect usage/command 2 rnu
says usage/command-hint "did you mean 'run'?"
expect usage/option 2 run --sead 7 "$cases/mmc.yaml"
says usage/option-hint "did you mean '--seed'?"
expect usage/letter 2 run -Z "$cases/mmc.yaml"
expect usage/foreign 2 validate --jobs 2 "$cases/mmc.yaml"
says usage/foreign-text "takes no option '--jobs'"
expect usage/missing-value 2 run "$cases/mmc.yaml" --seed
says usage/missing-value-text "option '--seed' needs a value"
expect usage/surplus-value 2 run --quiet=1 "$cases/mmc.yaml"
says usage/surplus-value-text "takes no value"
expect usage/no-file 2 run
expect usage/surplus 2 schema surplus
expect usage/before 2 -q run "$cases/mmc.yaml"
for bad in --jobs=0 --jobs=x --jobs=1025 --jobs=+1 --seed=-1 --seed=0x10 \
    --seed=9007199254740993 --reps=0 --reps=1.5 --format=yaml --color=pink \
    --progress=loud --theme=pink --only=pdf --only= "--only=," --timeout=0 \
    --timeout=3kg --timeout=-1s --set=seed --set==3 --output=; do
    expect "usage/bad $bad" 2 run "$bad" "$cases/mmc.yaml"
done
SITESIM_JOBS=none expect usage/env-jobs 2 run "$cases/mmc.yaml"
says usage/env-jobs-text SITESIM_JOBS
(cd "$tmp" && SOURCE_DATE_EPOCH=x "$sitesim" run -q "$cases/mmc.yaml" >/dev/null 2>&1)
[ $? -eq 2 ] && [ ! -e "$tmp/out" ]
ok usage/source-date-epoch $?

# nothing from the command line reaches a terminal as an escape
{
    "$sitesim" "$(printf 'r\033[31mun')"
    "$sitesim" run "$(printf 'no\033[31m\a.yaml')"
    "$sitesim" explain "$(printf 'x\033]0;y')"
    "$sitesim" run "$(printf -- '--\033[31mx')"
} 2>"$tmp/stderr"
[ "$(grep -c . "$tmp/stderr")" -ge 4 ] && ! grep -q "$(printf '\033')" "$tmp/stderr"
ok usage/escapes $? 'an escape sequence in a message'
exit "$failed"
