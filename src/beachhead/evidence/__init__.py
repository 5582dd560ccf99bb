"""What is known of the world: catalogue, snapshot, queries, imputation, the user's own evidence."""
