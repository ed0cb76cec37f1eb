"$SITESIM" run "$FILE" -o new-folder
