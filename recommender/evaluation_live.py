"""Judging a community that is alive: new members, people's next words, and its drops as they were received."""

from dataclasses import replace

from recommender.evaluation import Plan, Step, members_steps, report, weeks_steps
from recommender.evaluation_data import BadFolder
from recommender.evaluation_drops import picks_table
from recommender.evaluation_report import Progress, Report, Table
from recommender.evaluation_stream import Stream

FEW = (
    "New members are not judged: at least 3 people must have 3 likes and 3 dislikes each beside the first 5 opinions "
    "that they gave on purpose."
)
EARLY = "Weeks are not judged: there must be opinions of 3 weeks, and 20 before the first of them."
NO_DROPS = "Drops are not judged: none was made yet."
NOTHING = "{name} says too little to judge by yet. {reasons}"


def evaluate_stream(stream: Stream, plan: Plan, progress: Progress) -> Report:
    """Judge all that the community allows; what it does not is told in the report.

    Raises:
        BadFolder: nothing can be judged yet.
    """
    stream = stream.known()
    corpus = stream.corpus()
    left_out: list[str] = []
    steps: list[Step] = []
    received = picks_table(stream)
    if received is None:
        left_out.append(NO_DROPS)
    else:
        steps.append(_told(received))
    several = len(corpus.people) > 1 and bool(corpus.liked.any())
    for found, reason in (
        (list(weeks_steps(stream, corpus, plan)) if several else [], EARLY),
        (list(members_steps(corpus, plan)) if several else [], FEW),
    ):
        steps += found
        left_out += [] if found else [reason]
    if not steps:
        raise BadFolder(NOTHING.format(name=stream.name.capitalize(), reasons=" ".join(left_out)))
    return replace(report(corpus, plan, steps, progress), left_out=tuple(left_out))


def _told(table: Table) -> Step:
    return lambda _: [table]
