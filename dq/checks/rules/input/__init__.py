"""Family I: rows and cells that the file itself spoils."""
