"""The commands of `pcve`: the only code that prints, exits, or reads the clock or the environment.

Each command and each group (edit, evidence, docs) lies in a file of its name, `path` in build. It
imports what it needs when it runs. `main` is the entry point and lists the commands with their
summaries. To change what a command prints, open its file; how groups work, open groups; how output
and exit codes work, open console; options that several commands share, open context and bounds.
"""
