"$SITESIM" resolve "$FILE"
