"""The error tree of everything that asks a music service.

`None` from a client means *not found*: a miss, which may be remembered. An error of this tree means
*could not ask*, and must never be remembered as a miss.

    CatalogError
      Unreachable        the network, a time-out, a 5xx after retries
      Refused            401, 403, 429, a used-up quota; says when to come back, where known
        PremiumNeeded    the app's owner has no Premium any more
      BadAnswer          an answer that cannot be read, or is too large
      PlaylistGone       a playlist that we knew is not there any more
      NotLinked          there is no Spotify account yet, or no app
        GrantLost        there was one, and its consent has ended
"""


class CatalogError(Exception):
    """A music service could not be asked; the message is a sentence for people."""


class Unreachable(CatalogError):
    """The service did not answer in time, or answered with a failure of its own.

    `retry_after` holds the seconds after which it wants to be asked again, where it says so.
    """

    def __init__(self, sentence: str, retry_after: float | None = None) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after


class Refused(CatalogError):
    """The service answered that it does not want to answer.

    `status` is the HTTP status (200 where a service hides errors in the body), `retry_after` the seconds to
    wait where known, `reason` the service's own word for it.
    """

    def __init__(self, sentence: str, status: int, retry_after: float | None = None, reason: str = "") -> None:
        super().__init__(sentence)
        self.status = status
        self.retry_after = retry_after
        self.reason = reason


class PremiumNeeded(Refused):
    """Spotify answers an app in development mode only while its owner has Premium."""


class BadAnswer(CatalogError):
    """The answer cannot be read."""


class PlaylistGone(CatalogError):
    """The playlist is not there any more."""


class NotLinked(CatalogError):
    """No Spotify account is linked, or the app's id and secret are missing."""


class GrantLost(NotLinked):
    """The account's consent has ended: six months have passed, or it was taken back."""
