"""Who asks: the credentials of a user, in the way that a server asks for them."""

from __future__ import annotations

import urllib.request
from base64 import b64encode
from dataclasses import dataclass
from urllib.error import URLError

from ...model.problems import UsageError
from .connection import Request
from .content import AnswerError


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who asks: user and password, or a token; nobody where all are empty."""

    user: str = ""
    password: str = ""
    token: str = ""

    def __post_init__(self) -> None:
        """Raises UsageError for what a header cannot hold; the message does not show it."""
        for name in ("user", "password", "token"):
            value = getattr(self, name)
            if any(ord(character) < 32 or ord(character) == 127 for character in value):
                raise UsageError(f"the {name} for the server has a control character")
            if name == "token" and not value.isascii():
                raise UsageError("the token for the server has a character outside of ASCII")
            try:
                value.encode()
            except UnicodeEncodeError:
                raise UsageError(f"the {name} for the server is not UTF-8 text") from None

    def __repr__(self) -> str:
        return f"Credentials({self.user!r})"

    def __bool__(self) -> bool:
        return bool(self.user or self.token)

    def hidden(self, text: str) -> str:
        """`text` without the password and the token."""
        for secret in (self.password, self.token):
            text = text.replace(secret, "…") if secret else text
        return text


class Login:
    """The credentials for one server, whose way of asking for them it learns once."""

    def __init__(self, credentials: Credentials) -> None:
        self.credentials = credentials
        self._basic = False
        self._challenge: dict[str, str] = {}
        self._digest = urllib.request.AbstractDigestAuthHandler(
            _AnyRealm(credentials.user, credentials.password)
        )

    def learn(self, challenges: list[str]) -> bool:
        """Whether a server asks in a way that is new and understood: a digest, or a password.

        Raises AnswerError for a malformed digest.
        """
        if not self.credentials.user:
            return False
        for challenge in challenges:
            scheme, _, rest = challenge.partition(" ")
            if scheme.lower() == "digest":
                self._challenge = _parsed(rest)
                return True
        schemes = {challenge.partition(" ")[0].lower() for challenge in challenges}
        new = "basic" in schemes and not self._basic
        self._basic = self._basic or new
        return new

    def header(self, request: Request) -> dict[str, str]:
        """The header that says who asks, in the way that the server asked for.

        Raises AnswerError where a digest cannot be answered.
        """
        who = self.credentials
        if self._challenge:
            return {"Authorization": f"Digest {self._answer(request)}"}
        if who.token:
            return {"Authorization": f"Bearer {who.token}"}
        if self._basic:
            pair = b64encode(f"{who.user}:{who.password}".encode()).decode()
            return {"Authorization": f"Basic {pair}"}
        return {}

    def _answer(self, request: Request) -> str:
        unsigned = urllib.request.Request(request.url, request.body, method=request.method)
        try:
            answer = self._digest.get_authorization(unsigned, self._challenge)
        except UnicodeEncodeError:
            raise AnswerError(
                "asks for a digest (RFC 7616), which is answered for users and passwords in ASCII"
            ) from None
        except (ValueError, URLError):
            answer = None
        if not answer or not answer.isprintable():
            raise _malformed()
        return answer


def _parsed(text: str) -> dict[str, str]:
    try:
        challenge = urllib.request.parse_keqv_list(urllib.request.parse_http_list(text))
    except (ValueError, IndexError):
        raise _malformed() from None
    if not challenge.keys() >= {"realm", "nonce"}:
        raise _malformed()
    return challenge


def _malformed() -> AnswerError:
    return AnswerError("asks for a digest that is malformed or not supported (RFC 7616)")


class _AnyRealm(urllib.request.HTTPPasswordMgr):
    """The same user and password whatever a server calls its realm."""

    def __init__(self, user: str, password: str) -> None:
        super().__init__()
        self.pair = (user, password)

    def find_user_password(self, realm: str, authuri: str) -> tuple[str, str]:
        return self.pair
