"""Members' consents at Spotify's accounts service: authorization code with PKCE, without the app's secret."""

import secrets as randomness

from spotipy.oauth2 import SpotifyPKCE

from catalog.errors import BadAnswer, GrantLost
from catalog.models import Grant
from catalog.spotify_accounts import SpotifyAccounts, TokenAnswer
from catalog.spotify_session import Proof, make_public_consent

VERIFIER_BYTES = 64  # 86 characters of the 43 to 128 that RFC 7636 asks for
MEMBER_LOST = "Spotify has ended a member's consent; `/link` gives it anew."


class MemberConsents(SpotifyAccounts):
    """Ask the accounts service in the name of members; keep nothing."""

    def begin(self, redirect_uri: str, scopes: tuple[str, ...], state: str) -> tuple[str, Proof]:
        """Return the address at which a member consents, and what only we know of it."""
        proof = Proof(randomness.token_urlsafe(VERIFIER_BYTES), redirect_uri, scopes)
        return str(self._public(proof).get_authorize_url(state=state)), proof

    async def finish(self, code: str, proof: Proof) -> Grant:
        """Exchange the code that a consent came back with; raise GrantLost for one that is none."""

        def exchange() -> object:
            flow = self._public(proof)
            flow.get_access_token(code, check_cache=False)
            return flow.cache_handler.get_cached_token()

        answer = await self._token(exchange)
        if answer.refresh_token is None:
            raise BadAnswer("Spotify's accounts service gave no refresh token.")
        return Grant(
            account_id=await self.account_id(answer.access_token),
            refresh_token=answer.refresh_token,
            scopes=answer.scopes or proof.scopes,
            consented_at=self._clock.now(),
            access_token=answer.access_token,
            expires_at=answer.expires_at,
        )

    async def refresh(self, refresh_token: str) -> TokenAnswer:
        """Exchange a refresh token, which gives a new one each time; raise GrantLost when its consent has ended."""
        flow = self._public(Proof("", self._settings.redirect_uri, ()))
        try:
            return await self._token(lambda: flow.refresh_access_token(refresh_token))
        except GrantLost as error:
            raise GrantLost(MEMBER_LOST) from error

    def _public(self, proof: Proof) -> SpotifyPKCE:
        self._need_app()
        return make_public_consent(self._settings, self._secrets, self._session, proof)
