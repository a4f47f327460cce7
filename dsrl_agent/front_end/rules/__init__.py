"""Front end that learns rules from contacts and plans on them."""
