"""The language of call scripts: parser, tree, checks, compiler, phrase libraries, plans."""
