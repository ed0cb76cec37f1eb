"$SITESIM" run "$FILE" -o /proc/sitesim-out
