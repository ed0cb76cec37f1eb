"$SITESIM" validate "$FILE" --set horizon='2 years' --set seed=x
