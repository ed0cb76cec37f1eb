"$SITESIM" run no-such-scenario.yaml -o new-folder
