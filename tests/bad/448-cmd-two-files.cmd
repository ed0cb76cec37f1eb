"$SITESIM" validate "$FILE" "$FILE"
