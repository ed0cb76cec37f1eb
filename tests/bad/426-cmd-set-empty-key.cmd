"$SITESIM" validate "$FILE" --set =5
