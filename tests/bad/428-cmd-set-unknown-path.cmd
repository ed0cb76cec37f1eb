"$SITESIM" validate "$FILE" --set 'arrivls.rate=5 /s'
