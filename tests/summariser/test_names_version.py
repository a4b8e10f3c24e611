"""Names that are stored are found anew whenever others would be found."""

from hashlib import sha256
from importlib.resources import files

from summariser.limits import NAMES_VERSION

# Of each version the model that it finds names by: a new one needs a new version.
_MODEL = "c40cc1333b28d249050a8df4686cf75b3eb9e98c12ba366cbcba719dafe3a158"
MODELS = {1: _MODEL, 2: _MODEL}


def test_a_new_model_comes_with_a_new_version_of_names():
    model = files("summariser.entities").joinpath("model.crfsuite").read_bytes()

    assert sha256(model).hexdigest() == MODELS[NAMES_VERSION]
