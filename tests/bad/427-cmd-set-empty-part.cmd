"$SITESIM" validate "$FILE" --set 'arrivals..rate=5 /s'
