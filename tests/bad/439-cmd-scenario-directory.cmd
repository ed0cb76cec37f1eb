"$SITESIM" validate part
