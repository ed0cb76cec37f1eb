"$SITESIM" validate "$FILE" --set deployments.d.sites.q.servers=-1
