"""What `poolctl users` can do: the words of its command line, known without an import."""

from __future__ import annotations

ACTIONS = {
    "list": "POOL",
    "show": "POOL USER",
    "groups": "POOL USER",
    "import": "POOL FILE",
    "export": "POOL FILE",
}
"""Action → its operands."""

ALGORITHMS = ("BCRYPT", "SCRYPT", "ARGON2ID", "PBKDF2_SHA256")
"""Values of PasswordHashingAlgorithm."""
