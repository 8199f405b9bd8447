"""Pages: self-contained HTML without scripts, in one look for the scan page and the site."""
