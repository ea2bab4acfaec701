"""Every read of the market that is more than a look-up."""
