"""What a demo has in place of providers: an inbox in which everything arrives, and a gateway for other programs."""
