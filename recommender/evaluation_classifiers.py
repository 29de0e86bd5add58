"""The classifiers that others would pick, as they would set them up."""

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

LOGISTIC, FOREST, EXTRA_TREES, BOOSTING = "logistic regression", "random forest", "extra trees", "gradient boosting"
BOOSTERS = ("LightGBM", "XGBoost")
"""Those of the `bench` extra."""

TREES = 300


def logistic() -> Any:
    """Return scikit-learn's logistic regression on scaled columns."""
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(max_iter=1000)


def forest() -> Any:
    """Return a random forest, grown as it comes; leaves of two rows are no better."""
    from sklearn.ensemble import RandomForestClassifier

    return RandomForestClassifier(TREES, n_jobs=1, random_state=0)


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


def xgboost() -> Any:
    """Return XGBoost, of the `bench` extra, set as LightGBM is."""
    from xgboost import XGBClassifier

    return XGBClassifier(n_estimators=200, learning_rate=0.05, max_depth=5, random_state=0, verbosity=0, n_jobs=1)


def classifiers() -> dict[str, Callable[[], Any]]:
    """Return the classifiers by name; LightGBM and XGBoost where they are installed."""
    found: dict[str, Callable[[], Any]] = {
        LOGISTIC: logistic,
        FOREST: forest,
        EXTRA_TREES: extra_trees,
        BOOSTING: boosting,
    }
    boosters: dict[str, Callable[[], Any]] = dict(zip(BOOSTERS, (lightgbm, xgboost), strict=True))
    return found | {name: make for name, make in boosters.items() if find_spec(name.casefold())}
