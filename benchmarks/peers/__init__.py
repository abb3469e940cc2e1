"""Other systems on the same passages with the same vectors, each as its users would set it up for Chinese.

Every peer lives in an environment of its own below the cache folder and is run as a process of its own (`systems`),
which reads passages and vectors from files, and writes what it found and how long it took.
"""
