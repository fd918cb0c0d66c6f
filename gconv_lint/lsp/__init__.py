"""Floor 8: a language server: what the rules find in the files that an editor has open, as they are typed."""
