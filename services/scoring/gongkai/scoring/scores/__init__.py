"""考核记分: a unit's score of a year (GT-assess)."""
