"""Tables as people hand them in: workbooks and text files, read row by row."""
