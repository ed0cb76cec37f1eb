#!/bin/sh
# recalc-check.sh [-t TRUTH.xlsx] [-s SHEETS] [-x CELLS] [-o OUT.xlsx] BOOK.xlsx
#
# Let LibreOffice recalculate a workbook and compare each formula cell with the
# value that BOOK itself carries, or TRUTH with the same layout (numbers to
# 1e-9 of max(1, |x|), text exactly).  SHEETS is an extended regular expression
# over sheet numbers ("4|5"): only those are compared, but for CELLS ("B3").
# OUT keeps the recalculated workbook.  A cell with an error value fails in any case.
#
# By default LibreOffice trusts the values it finds, so a private profile tells
# it to recalculate always; a profile of its own also lets several run at once.
#
# Prints what differs, then "N formula cells, M differ"; exit 0 when all agree,
# 1 when not.  Needs: soffice (calc), unzip, xmllint.
set -eu
truth='' sheets='[0-9]+' skip='none' keep=''
while getopts t:s:x:o: option; do
    case $option in
    t) truth=$OPTARG ;;
    s) sheets=$OPTARG ;;
    x) skip=$OPTARG ;;
    o) keep=$OPTARG ;;
    *) exit 2 ;;
    esac
done
shift $((OPTIND - 1))
book=$1
truth=${truth:-$book}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

mkdir -p "$work/profile/user" "$work/out"
cat >"$work/profile/user/registrymodifications.xcu" <<'XCU'
<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop>
</item>
</oor:items>
XCU
cp "$book" "$work/book.xlsx"
if ! timeout 180 soffice -env:UserInstallation="file://$work/profile" \
    --headless --convert-to xlsx:"Calc MS Excel 2007 XML" \
    --outdir "$work/out" "$work/book.xlsx" >"$work/log" 2>&1 ||
    [ ! -s "$work/out/book.xlsx" ]; then
    echo "soffice failed: $(tail -n 1 "$work/log")"
    exit 1
fi

# sheet!cell, TAB, value of every formula cell: a formula's text value stands in
# the cell itself, so the table of shared strings is not needed
formulas() {
    n=1
    while unzip -p "$1" "xl/worksheets/sheet$n.xml" >"$work/sheet.xml" \
        2>/dev/null && [ -s "$work/sheet.xml" ]; do
        xmllint --xpath '//*[local-name()="c"][*[local-name()="f"]]' \
            "$work/sheet.xml" 2>/dev/null | sed 's/<c /\n<c /g' |
            sed -n 's/.* *r="\([A-Z]*[0-9]*\)".*<v>\(.*\)<\/v>.*/'"$n"'!\1\t\2/p
                    s/.* *r="\([A-Z]*[0-9]*\)".*<v\/>.*/'"$n"'!\1\t/p'
        n=$((n + 1))
    done | grep -E "^($sheets)!" |
        grep -vE "!($skip)$(printf '\t')" | LC_ALL=C sort
}

formulas "$truth" >"$work/a"
formulas "$work/out/book.xlsx" >"$work/b"
if [ -n "$keep" ]; then
    cp "$work/out/book.xlsx" "$keep"
fi
if [ "$(wc -l <"$work/a")" -ne "$(wc -l <"$work/b")" ]; then
    echo "formula cells lost: $(wc -l <"$work/a") and $(wc -l <"$work/b")"
    exit 1
fi
LC_ALL=C join -t "$(printf '\t')" "$work/a" "$work/b" | LC_ALL=C awk -F '\t' '
    { n++ }
    $3 ~ /^(#|Err:)/ { print "ERROR", $0; bad++; next }
    $2 + 0 == $2 && $3 + 0 == $3 {
        gap = $2 - $3; if (gap < 0) gap = -gap
        size = $2 < 0 ? -$2 : $2; if (size < 1) size = 1
        if (gap > 1e-9 * size) { print "DIFF", $0; bad++ }
        next
    }
    $2 != $3 { print "DIFF", $0; bad++ }
    END {
        print n + 0 " formula cells, " bad + 0 " differ"
        exit bad > 0 || n == 0
    }'
