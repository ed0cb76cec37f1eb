OUT=$(mktemp -d "$SCRATCH/out.XXXXXX") && "$SITESIM" run "$FILE" -o "$OUT" --only json --progress never
