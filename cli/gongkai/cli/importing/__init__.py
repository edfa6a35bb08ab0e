"""`gongkai import FILE`: a file of events handed in at the door, line by line, with a result for each."""
