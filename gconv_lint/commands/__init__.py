"""The sub-commands of ``gconv-lint``, each a ``run(words) -> exit code``."""

#: Their names, each a module here; ``check`` may be left out.
COMMANDS = ("check", "model", "suggest", "rule", "clean", "lsp", "completion")
