"$SITESIM" validate no-such-scenario.yaml
