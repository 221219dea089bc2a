"""What migtui found, as text and as JSON; values in, strings out."""
