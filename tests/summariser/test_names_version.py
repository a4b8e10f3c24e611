"""Names that are stored are found anew whenever others would be found."""

from hashlib import sha256
from importlib.resources import files

from summariser.limits import NAMES_VERSION

# Of each version the model that it finds names by: a new one needs a new version.
_FIRST = "c40cc1333b28d249050a8df4686cf75b3eb9e98c12ba366cbcba719dafe3a158"
_LONG_REPORTS = "a44a67b3d2471cc1ad65bd2c852813347c3b7047e5c3f482db2553ffebfd1223"
MODELS = {1: _FIRST, 2: _FIRST, 3: _LONG_REPORTS}


def test_a_new_model_comes_with_a_new_version_of_names():
    model = files("summariser.entities").joinpath("model.crfsuite").read_bytes()

    assert sha256(model).hexdigest() == MODELS[NAMES_VERSION]
