"""What the DNS must say about a domain that sends mail: SPF, DKIM, DMARC, and where bounces go."""
