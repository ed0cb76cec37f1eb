"$SITESIM" run "$FILE" -o - --format json --progress never
