"$SITESIM" validate "$FILE" --set seed=
