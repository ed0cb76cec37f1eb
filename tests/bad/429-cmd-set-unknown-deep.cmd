"$SITESIM" validate "$FILE" --set deployments.d.sites.q.server=5
