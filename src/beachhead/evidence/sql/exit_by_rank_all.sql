SELECT * FROM exit_by_rank ORDER BY origin, n_dest, dest_rank
