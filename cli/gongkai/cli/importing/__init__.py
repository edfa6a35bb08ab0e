"""`gongkai import FILE`: sends the events of a file to intake's ingress, with a result for each line."""
