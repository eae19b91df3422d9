"""The mailbox of a machine without a mail account: what was sent, as its readers see it."""
