"$SITESIM" run "$FILE" -o part/typo.yaml/out
