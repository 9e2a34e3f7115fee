"""Authentication: the credentials of a user, sent in the scheme that a server requires."""

from __future__ import annotations

import urllib.request
from base64 import b64encode
from dataclasses import dataclass
from urllib.error import URLError

from ...model.problems import UsageError
from ...system.http.connection import HttpRequest
from ...system.http.content import AnswerError


@dataclass(frozen=True, slots=True)
class Credentials:
    """User and password, or a token; anonymous if all are empty."""

    user: str = ""
    password: str = ""
    token: str = ""

    def __post_init__(self) -> None:
        """Raises UsageError for a value that a header cannot contain, without showing the value."""
        for name in ("user", "password", "token"):
            value = getattr(self, name)
            if any(ord(character) < 32 or ord(character) == 127 for character in value):
                raise UsageError(f"the {name} for the server contains a control character")
            if name == "token" and not value.isascii():
                raise UsageError("the token for the server contains a non-ASCII character")
            try:
                value.encode()
            except UnicodeEncodeError:
                raise UsageError(
                    f"the {name} for the server contains an unpaired surrogate"
                ) from None

    def __repr__(self) -> str:
        return f"Credentials({self.user!r})"

    def __bool__(self) -> bool:
        return bool(self.user or self.token)

    def redacted(self, text: str) -> str:
        """`text` with the password and the token redacted."""
        for secret in (self.password, self.token):
            text = text.replace(secret, "…") if secret else text
        return text


class Login:
    """The credentials for one server, and the authentication scheme it requires."""

    def __init__(self, credentials: Credentials) -> None:
        self.credentials = credentials
        self._basic = False
        self._challenge: dict[str, str] = {}
        self._digest = urllib.request.AbstractDigestAuthHandler(
            _AnyRealm(credentials.user, credentials.password)
        )

    def learn(self, challenges: list[str]) -> bool:
        """Store the scheme in WWW-Authenticate; true if it is supported and was not yet tried.

        The schemes are Digest and Basic. Raises AnswerError for a malformed digest challenge.
        """
        if not self.credentials.user:
            return False
        for challenge in challenges:
            scheme, _, rest = challenge.partition(" ")
            if scheme.lower() == "digest":
                self._challenge = _parsed_challenge(rest)
                return True
        schemes = {challenge.partition(" ")[0].lower() for challenge in challenges}
        new = "basic" in schemes and not self._basic
        self._basic = self._basic or new
        return new

    def header(self, request: HttpRequest) -> dict[str, str]:
        """The Authorization header in the scheme that the server requires; empty without one.

        Raises AnswerError for a digest challenge that cannot be answered.
        """
        credentials = self.credentials
        if self._challenge:
            return {"Authorization": f"Digest {self._digest_response(request)}"}
        if credentials.token:
            return {"Authorization": f"Bearer {credentials.token}"}
        if self._basic:
            pair = b64encode(f"{credentials.user}:{credentials.password}".encode()).decode()
            return {"Authorization": f"Basic {pair}"}
        return {}

    def _digest_response(self, request: HttpRequest) -> str:
        unsigned = urllib.request.Request(request.url, request.body, method=request.method)
        try:
            answer = self._digest.get_authorization(unsigned, self._challenge)
        except UnicodeEncodeError:
            raise AnswerError(
                "requires a digest (RFC 7616), which supports only users and passwords in ASCII"
            ) from None
        except (ValueError, URLError):
            answer = None
        if not answer or not answer.isprintable():
            raise _digest_error()
        return answer


def _parsed_challenge(text: str) -> dict[str, str]:
    try:
        challenge = urllib.request.parse_keqv_list(urllib.request.parse_http_list(text))
    except (ValueError, IndexError):
        raise _digest_error() from None
    if not challenge.keys() >= {"realm", "nonce"}:
        raise _digest_error()
    return challenge


def _digest_error() -> AnswerError:
    return AnswerError("requires a digest that is malformed or not supported (RFC 7616)")


class _AnyRealm(urllib.request.HTTPPasswordMgr):
    """The same user and password for every realm."""

    def __init__(self, user: str, password: str) -> None:
        super().__init__()
        self.pair = (user, password)

    def find_user_password(self, realm: str, authuri: str) -> tuple[str, str]:
        return self.pair
