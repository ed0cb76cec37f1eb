"$SITESIM" run part -o new-folder
