"""Write beliefs and reasons as sentences, and ask an agent for them."""
