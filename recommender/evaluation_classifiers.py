"""The classifiers that others would pick, as they would set them up."""

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

TREES = 300


def logistic() -> Any:
    """Return scikit-learn's logistic regression on scaled columns."""
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(max_iter=1000)


def forest() -> Any:
    """Return a random forest."""
    from sklearn.ensemble import RandomForestClassifier

    return RandomForestClassifier(TREES, min_samples_leaf=2, random_state=0)


def extra_trees() -> Any:
    """Return extremely randomised trees."""
    from sklearn.ensemble import ExtraTreesClassifier

    return ExtraTreesClassifier(TREES, min_samples_leaf=2, random_state=0)


def boosting() -> Any:
    """Return scikit-learn's gradient boosting by histograms."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    return HistGradientBoostingClassifier(max_iter=200, learning_rate=0.05, random_state=0)


def lightgbm() -> Any:
    """Return LightGBM, of the `bench` extra; small sets need smaller leaves than its default."""
    from lightgbm import LGBMClassifier

    return LGBMClassifier(
        n_estimators=200, learning_rate=0.05, min_child_samples=5, random_state=0, verbose=-1, n_jobs=1
    )


def classifiers() -> dict[str, Callable[[], Any]]:
    """Return the classifiers by name; LightGBM where it is installed."""
    found: dict[str, Callable[[], Any]] = {
        "logistic regression": logistic,
        "random forest": forest,
        "extra trees": extra_trees,
        "gradient boosting": boosting,
    }
    return found | ({"LightGBM": lightgbm} if find_spec("lightgbm") else {})
