"""Says why: what an agent believes, and the chain of reasons behind each decision."""
