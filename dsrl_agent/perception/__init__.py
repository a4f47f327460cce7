"""Turn frames into facts: the only package that knows grid and codebook together."""
