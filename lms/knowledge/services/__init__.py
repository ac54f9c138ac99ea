"""Use cases of the knowledge base, one function each; none of them commits."""
