"""Who may do what over HTTP: tokens, rates, limits, the audit log, and how a refusal is told."""
