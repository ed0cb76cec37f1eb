"$SITESIM" validate "$FILE" --overlay part/overlay.yaml
