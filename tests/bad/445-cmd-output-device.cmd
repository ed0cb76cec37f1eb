"$SITESIM" run "$FILE" -o /dev/null
