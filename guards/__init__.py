"""Guards, snapshots, side exits, bridges and invalidation."""
