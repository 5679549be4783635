"""The address in an e-mail at which its receiver asks for no more of its kind, without signing in (RFC 8058)."""

import hmac

from samut_hub.notices.policy import Subject
from samut_hub.notices.sealing import signature


def stop_address(home: str, secret: bytes, library_id: int, member_id: int, subject: Subject) -> str:
    token = stop_token(secret, library_id, member_id, subject)
    return f"{home.rstrip('/')}/notices/stop/{library_id}/{member_id}/{subject}/{token}"


def stop_token(secret: bytes, library_id: int, member_id: int, subject: Subject) -> str:
    return signature(secret, f"{library_id}:{member_id}:{subject}")


def is_stop_token(secret: bytes, library_id: int, member_id: int, subject: Subject, token: str) -> bool:
    return hmac.compare_digest(stop_token(secret, library_id, member_id, subject).encode(), token.encode())
