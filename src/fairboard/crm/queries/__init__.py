"""Reading the CRM: every function takes the actor and shows no more than they may see."""
