"""One file that carries a library: a backup, a sealed library, or an update of one."""
