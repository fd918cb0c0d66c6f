"""Every model of published zoos through ``gconv-lint model``, beside what torch itself counts."""
