"""The admin on real services: who may do what, and what happens then."""
