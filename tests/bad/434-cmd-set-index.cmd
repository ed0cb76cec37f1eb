"$SITESIM" validate "$FILE" --set 'thresholds.7=d.latency.p95 < 1 s'
