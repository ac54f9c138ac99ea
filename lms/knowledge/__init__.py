"""The knowledge base: common questions and their answers, by product and queue, kept in editions."""
