"""How the secret of a machine is kept."""

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class MachineSecretHasher(PBKDF2PasswordHasher):
    """For a random secret nobody could guess: the many rounds that protect a chosen password would only cost time."""

    algorithm = "pbkdf2_sha256_machine"
    iterations = 1
