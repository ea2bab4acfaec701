"""What is looked for in a text, one kind a file."""
