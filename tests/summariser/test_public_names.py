"""The names that others rely on, and what importing them costs."""

import subprocess
import sys
from itertools import permutations

import pytest

import summariser

PUBLIC = ("Article", "brief", "find_mentions", "read", "resolve_entities", "split_sentences", "summarise")


def run(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize("name", PUBLIC)
def test_each_public_name_can_be_the_first_to_be_imported(name):
    done = run(f"from summariser import {name}; from summariser import {', '.join(PUBLIC)}")

    assert done.returncode == 0, done.stderr


def test_the_order_of_imports_does_not_matter():
    orders = [order for number, order in enumerate(permutations(PUBLIC)) if number % 500 == 0]
    code = "import sys\n" + "\n".join(
        "\n".join(f"from summariser import {name}" for name in order)
        + "\nfor module in [m for m in sys.modules if m.startswith('summariser')]: del sys.modules[module]"
        for order in orders
    )

    done = run(code)

    assert done.returncode == 0, done.stderr


def test_the_package_lists_its_public_names():
    assert sorted(summariser.__all__) == sorted(PUBLIC)


def test_a_name_that_does_not_exist_is_an_attribute_error():
    with pytest.raises(AttributeError, match="has no attribute 'paraphrase'"):
        summariser.paraphrase  # noqa: B018  # asking is the test


@pytest.mark.parametrize("module", ["summariser", "summariser.model", "summariser.errors", "summariser.methods"])
def test_the_light_modules_stay_light(module):
    done = run(f"import {module}, sys; print({{'nltk', 'sumy', 'numpy', 'trafilatura', 'lxml'}} & set(sys.modules))")

    assert done.stdout.strip() == "set()", done.stderr


def test_our_own_method_does_not_load_sumy():
    done = run(
        "import sys; from summariser import summarise; summarise('Ada Lund reopened the old mill on Monday.');"
        "print({'sumy'} & set(sys.modules))"
    )

    assert done.stdout.strip() == "set()", done.stderr
