"""The public site: news pages, sign-up, and the pages behind a reader's own links."""
