"""What each kind of part can do. Drivers fulfil these; flows and the agent know nothing else of hardware."""
