"""What `dq glossary` prints: each page as text for people and as a document."""
