"$SITESIM" validate "$FILE" --set 'users={ny: {weight: 1}'
