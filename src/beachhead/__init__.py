"""beachhead: where, how and how fast a small firm should go abroad."""
