"""Access to the operating system: files, locks, the cache, threads and processes.

To change how files are read, open `files`; how they are written, `atomic_writes` (single files),
`folders` (whole folders) or `locks`; to change what is cached between commands, `cache`; to change
concurrent work, `background`; to change requests to servers, the package `http`; to change the
limits of time and memory of a command, the package `sandbox`.
"""
