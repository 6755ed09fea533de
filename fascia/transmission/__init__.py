"""Who feels what: influence, attenuation, load paths, and what a trial would need."""
