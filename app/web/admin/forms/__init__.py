"""The admin's forms: what a page may ask for, checked before a use case sees it."""
