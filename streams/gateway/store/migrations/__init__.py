"""How the tables came to be, step by step (Alembic). Each file of `versions` is one step and never changes."""
