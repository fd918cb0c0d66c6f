"""The sub-commands of ``gconv-lint``, each a ``run(words) -> exit code``."""
