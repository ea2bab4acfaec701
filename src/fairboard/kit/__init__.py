"""Small Django pieces every room uses, named by subject: clock, ids, problems, pagination, tasks, mail."""
