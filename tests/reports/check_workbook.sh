#!/bin/sh
# The workbook's parts as files: well-formed, every formula with a value, no
# NaN, nothing of the scenario's text outside string cells, one formula a row,
# no numbers hidden in formulas, equal bytes in any time zone and locale.
set -u
BUILD=${BUILD:-build/release}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

for need in unzip xmllint; do
    if ! command -v "$need" >/dev/null 2>&1; then
        echo "skip workbook: no $need"
        exit 0
    fi
done

failed=0
# check NAME WHY: the last command's output must be empty
empty() {
    if [ -z "$2" ]; then
        echo "ok workbook/$1"
    else
        echo "not ok workbook/$1: $(echo "$2" | head -n 3 | cut -c 1-300 | tr '\n' ' ')"
        failed=1
    fi
}

mkdir "$work/1" "$work/2"
program=$BUILD/tests/reports/test_report
make_books() { # FOLDER TIME-ZONE LOCALE
    if ! TZ=$2 LC_ALL=$3 REP_BOOKS=$1 "$program" >"$work/log" 2>&1; then
        echo "not ok workbook: test_report failed: $(tail -n 1 "$work/log")"
        exit 1
    fi
}
make_books "$work/1" UTC C
sleep 2 # the stamps of a ZIP archive count in steps of two seconds
make_books "$work/2" Asia/Kolkata de_DE.UTF-8
gap=''
for book in "$work"/1/*.xlsx; do
    cmp -s "$book" "$work/2/$(basename "$book")" || gap="$gap $(basename "$book")"
done
empty same-bytes "$gap"

for book in year-end month-end hostile; do
    mkdir "$work/$book"
    (cd "$work/$book" && unzip -q "$work/1/$book.xlsx")
    cd "$work/$book" || exit 1
    empty "$book-well-formed" "$(find . \( -name '*.xml' -o \
        -name '*.rels' \) -exec xmllint --noout {} + 2>&1)"
    # xl/worksheets: every formula with a value that is a finite number or text
    empty "$book-cached" "$(grep -o '<c [^>]*><f>[^<]*</f></c>' xl/worksheets/*.xml)"
    empty "$book-finite" "$(grep -oiE '<v>-?(nan|inf)[^<]*</v>' xl/worksheets/*.xml)"
    empty "$book-array" "$(grep -oE '<f [^>]*>' xl/worksheets/*.xml)"
    empty "$book-links" "$(grep -ohE '<hyperlink [^>]*>' xl/worksheets/*.xml |
        grep -v ' location=')"
    empty "$book-names" "$(grep -oE '<sheet name="[^"]*"' xl/workbook.xml |
        sed 's/<sheet name="//;s/"//' | awk 'length($0) > 31')"
    empty "$book-same-name" "$(grep -oE 'definedName name="[^"]*"' xl/workbook.xml |
        tr '[:upper:]' '[:lower:]' | grep -v _xlnm | sort | uniq -d)"
    # numbers in formulas, cell references, functions and quoted text aside
    empty "$book-literals" "$(grep -ohE '<f>[^<]*</f>' xl/worksheets/*.xml |
        sed -E 's/<\/?f>//g; s/&quot;/"/g; s/"[^"]*"//g; s/'"'[^']*'"'!//g
                s/\$?[A-Z]+\$?[0-9]+//g' |
        grep -oE '[0-9]+\.?[0-9]*' | grep -vE '^(0|1|100|12)$' | sort -u)"
    # TCO sheets, rows of the time series: from the second column of the series
    # on, each formula is its left neighbour's copied right
    empty "$book-one-formula" "$(for f in xl/worksheets/*.xml; do
        grep -q 'Last column: 1\|<f>SimData' "$f" || continue
        grep -oE '<c r="[A-Z]+[0-9]+"[^>]*><f>[^<]*' "$f" |
            sed -E 's/<c r="([A-Z]+)([0-9]+)"[^>]*><f>/\2 \1 /' |
            awk '
            function number(s, i, n) {
                n = 0
                for (i = 1; i <= length(s); i++)
                    n = n * 26 + index("ABCDEFGHIJKLMNOPQRSTUVWXYZ", substr(s, i, 1))
                return n
            }
            # columns that move become their distance from here
            function relative(f, here, out, t, c) {
                out = ""
                while (match(f, /[$]?[A-Z]+[$]?[0-9]+/)) {
                    t = substr(f, RSTART, RLENGTH)
                    out = out substr(f, 1, RSTART - 1)
                    f = substr(f, RSTART + RLENGTH)
                    if (substr(t, 1, 1) != "$") {
                        c = t
                        gsub(/[$0-9]/, "", c)
                        sub(/^[A-Z]+/, "", t)
                        t = "C[" number(c) - here "]" t
                    }
                    out = out t
                }
                return out f
            }
            { here = number($2); row = $1; $1 = ""; $2 = "" }
            here > 8 {
                form = relative($0, here)
                if (row in seen && seen[row] != form) print FILENAME row ": " form
                seen[row] = form
            }' | head -n 2
    done)"
    cd - >/dev/null || exit 1
done

# text of the scenario that looks like a formula or a link stays text
cd "$work/hostile" || exit 1
empty hostile-formula "$(grep -ohE '<f>[^<]*</f>' xl/worksheets/*.xml |
    grep -iE 'cmd|HYPERLINK|evil')"
empty hostile-control "$(LC_ALL=C grep -lE '_x00|&#' xl/sharedStrings.xml)"
cd - >/dev/null || exit 1
exit $failed
