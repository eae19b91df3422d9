"""Sample articles: what a newcomer's Nashra shows before the first real feed is added."""
