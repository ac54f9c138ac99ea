"""Questions: how they are written, kept in editions, drawn, shown without their key, and marked."""
