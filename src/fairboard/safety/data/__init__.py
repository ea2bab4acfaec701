"""Tables that come with the safety room, each a file an operator can read and change."""
