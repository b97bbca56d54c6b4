"""Seed data: the casebook as a bundle, the lexicon, and demonstration people."""
