"""The database: an embedded or a named PostgreSQL, walls between councils, sealed columns, the audit chain."""
