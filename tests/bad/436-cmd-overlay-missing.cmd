"$SITESIM" validate "$FILE" --overlay no-overlay.yaml
