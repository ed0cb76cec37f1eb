"$SITESIM" validate --format json "$FILE" >&2
