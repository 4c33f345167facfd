"""From draft to dossier: everything is checked once more, then one code is taken, once."""

from dossiers.models import Dossier


class Incomplete(Exception):
    """What still keeps a draft from being submitted: the step to go back to, and a sentence."""

    def __init__(self, problems):
        super().__init__(problems)
        self.problems = problems


def submit(dossier_pk, by, at=None) -> Dossier:
    """Submit a draft of this citizen; one already submitted is returned as it stands."""
    raise NotImplementedError
