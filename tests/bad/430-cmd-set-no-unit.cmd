"$SITESIM" validate "$FILE" --set arrivals.rate=72
