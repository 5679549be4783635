"""Joining a hub with a claim code: what the hub sends is checked, then written so that a power cut at any moment
leaves a device that goes on joining, or one that has joined."""

import hashlib
import logging
import re
import tomllib
from collections.abc import Iterable, Iterator
from enum import StrEnum
from pathlib import Path

import aiohttp
import msgspec
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from samut_edge.clock import kernel_is_synchronised
from samut_edge.durable import write_whole
from samut_edge.identity import IdentityError, has_met_hub, keep_pair, kept_key, request_for
from samut_edge.trust import trust
from samut_wire.errors import WireError
from samut_wire.joining import CLAIM_PATH, ClaimCode, JoinAnswered, JoinAsked, JoinSigned, read_code

log = logging.getLogger(__name__)

CLAIM_FILE = "claim.txt"
MORE_CLAIMS = "claim-*.txt"
KEY_FILE = "joining.key"
ASK_SECONDS = 20.0
LARGEST = 200_000
_PAGE_PORT = re.compile(r"^page_port = \d+$", re.MULTILINE)


class JoinFault(StrEnum):
    """Why the device has not joined; the hub says one of the first six."""

    UNKNOWN = "unknown"
    EXPIRED = "expired"
    USED = "used"
    TOO_OFTEN = "too_often"
    REFUSED = "refused"
    OTHER_DEVICE = "other_device"
    NOT_A_CODE = "not_a_code"
    AWAY = "away"
    IMPOSTOR = "impostor"


class JoinError(Exception):
    """The device has not joined. It may succeed later only where the hub is `away`."""

    def __init__(self, fault: JoinFault, detail: str = "") -> None:
        super().__init__(f"{fault}: {detail}" if detail else str(fault))
        self.fault = fault
        self.detail = detail


class Joiner:
    """Of the device that lives, or will live, in the folder of this settings file. Its own page will be on
    `page_port`, where the page for joining is. `is_new`: it has become another device, or of another hub."""

    def __init__(self, settings: Path, page_port: int | None = None) -> None:
        self._settings = settings
        self._page_port = page_port
        self._folder = settings.parent
        self.is_new = False

    @property
    def has_joined(self) -> bool:
        return self._settings.exists()

    @property
    def is_bound(self) -> bool:
        """Whether it has joined a hub that answered since. Before that whoever came first may not be the owner."""
        return self.has_joined and has_met_hub(self._folder)

    def codes_in(self, files: Iterable[Path]) -> Iterator[ClaimCode]:
        """The claim codes in those of the files that hold one."""
        for file in files:
            try:
                yield read_code(file.read_text("utf-8"))
            except (FileNotFoundError, NotADirectoryError):
                continue
            except (WireError, OSError, UnicodeDecodeError) as error:
                log.warning("%s holds no claim code: %s", file, error)

    def code_in(self, files: Iterable[Path]) -> ClaimCode | None:
        """The first of them."""
        return next(self.codes_in(files), None)

    @property
    def own_file(self) -> Path:
        """Where a code that was typed is kept until the device has joined."""
        return self._folder / CLAIM_FILE

    @property
    def own_files(self) -> list[Path]:
        """That file, and those of codes that were typed while it was waiting."""
        return [self.own_file, *sorted(self._folder.glob(MORE_CLAIMS))]

    async def join(self, code: ClaimCode) -> str:
        """Join as the device of the code, and return its id. Raises JoinError; only while the hub is away is the
        code kept for later. The key stays until it has a certificate: the hub may have given it one already."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        kept = self._keep(code)
        try:
            key = kept_key(self._folder / KEY_FILE)
            request = request_for(key, self._own_id() if self.is_bound else "")
            answered, authority = self._checked(code, await _ask(code, request))
            self._write(answered, authority, key)
        except JoinError as error:
            if error.fault is not JoinFault.AWAY:
                kept.unlink(missing_ok=True)
            raise
        for file in self.own_files:
            file.unlink(missing_ok=True)
        (self._folder / KEY_FILE).unlink(missing_ok=True)
        log.info("joined %s as %s", code.url, answered.device)
        return answered.device

    def _keep(self, code: ClaimCode) -> Path:
        """Beside a code that waits, until one of them has succeeded: whoever types may be a prankster."""
        is_free = self.code_in([self.own_file]) in (None, code)
        file = self.own_file if is_free else self._folder / MORE_CLAIMS.replace("*", digest_of(code)[:8])
        if self.code_in([file]) != code:
            write_whole(file, f"{code}\n".encode())
        return file

    def _checked(self, code: ClaimCode, signed: JoinSigned) -> tuple[JoinAnswered, x509.Certificate]:
        """What the hub says, if it is the hub of the code, and of before where the device is bound to one."""
        authority = _signer(signed)
        known = self._known() if self.is_bound else ""
        prints = {authority.fingerprint(hashes.SHA256()).hex(), *filter(None, (code.fingerprint, known))}
        if len(prints) > 1:
            raise JoinError(JoinFault.IMPOSTOR, "its authority is another than that of the code or of this device")
        answered = msgspec.json.decode(signed.answer, type=JoinAnswered)
        if self.is_bound and self._own_id() != answered.device:
            raise JoinError(JoinFault.OTHER_DEVICE, f"{self._own_id()} ≠ {answered.device}")
        return answered, authority

    def _known(self) -> str:
        """The fingerprint of the authority of the hub that the device has joined."""
        try:
            known = x509.load_pem_x509_certificate((self._folder / "ca.crt").read_bytes())
        except (FileNotFoundError, ValueError):
            return ""
        return known.fingerprint(hashes.SHA256()).hex() if self.has_joined else ""

    def _is_same(self, answered: JoinAnswered, authority: x509.Certificate) -> bool:
        """Whether it has joined as this device of this hub before."""
        known = self._known()
        return known == authority.fingerprint(hashes.SHA256()).hex() and self._own_id() == answered.device

    def _own_id(self) -> str:
        return str(tomllib.loads(self._settings.read_text("utf-8")).get("device", ""))

    def _write(self, answered: JoinAnswered, authority: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> None:
        """The settings last: with them the device has joined. Those that are there stay, as somebody corrected them,
        unless they are of another hub or device."""
        self.is_new = not self.is_bound and not self._is_same(answered, authority)
        if self.is_new:
            self._settings.unlink(missing_ok=True)
        write_whole(self._folder / "ca.crt", authority.public_bytes(serialization.Encoding.PEM))
        write_whole(self._folder / "snapshot.pub", bytes.fromhex(answered.signing_key))
        write_whole(self._folder / "card.key", bytes.fromhex(answered.card_key))
        try:
            keep_pair(self._folder, answered.certificate, key, authority)
        except IdentityError as error:
            raise JoinError(JoinFault.IMPOSTOR, str(error)) from None
        if self.is_new:
            text = answered.settings
            if self._page_port is not None:
                text = _PAGE_PORT.sub(f"page_port = {self._page_port}", text)
            write_whole(self._settings, text.encode())


def digest_of(code: ClaimCode) -> str:
    """By which a code that was refused is known again without keeping it."""
    return hashlib.sha256(str(code).encode()).hexdigest()


async def _ask(code: ClaimCode, request: str) -> JoinSigned:
    """Certificates of public authorities are checked as any browser does."""
    asked = msgspec.json.encode(JoinAsked(token=code.token, request=request))
    known = trust(knows_time=kernel_is_synchronised())
    limit = aiohttp.ClientTimeout(total=ASK_SECONDS)
    try:
        async with (
            aiohttp.ClientSession(timeout=limit) as http,
            http.post(code.url + CLAIM_PATH, data=asked, allow_redirects=False, ssl=known) as answer,
        ):
            body = await answer.content.read(LARGEST)
            while answer.status == 200 and not answer.content.at_eof() and len(body) < LARGEST:
                body += await answer.content.read(LARGEST)
            if answer.status >= 500:
                raise JoinError(JoinFault.AWAY, f"HTTP {answer.status}")
            return _answer(answer.status, body)
    except aiohttp.ClientConnectorCertificateError as error:
        raise JoinError(JoinFault.IMPOSTOR, str(error)) from None
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise JoinError(JoinFault.AWAY, str(error) or type(error).__name__) from None


def _answer(status: int, body: bytes) -> JoinSigned:
    try:
        if status == 200:
            return msgspec.json.decode(body, type=JoinSigned)
        told = msgspec.json.decode(body, type=dict[str, str])
        raise JoinError(JoinFault(told.get("fault", "")), told.get("detail", ""))
    except (msgspec.MsgspecError, ValueError):
        raise JoinError(JoinFault.REFUSED, f"what answers there is no hub (HTTP {status})") from None


def _signer(signed: JoinSigned) -> x509.Certificate:
    """The authority that signed the answer; raises JoinError."""
    try:
        authority = x509.load_pem_x509_certificate(signed.authority.encode())
        public = authority.public_key()
        if not isinstance(public, ec.EllipticCurvePublicKey):
            raise JoinError(JoinFault.IMPOSTOR, "its authority has no key of this kind")
        public.verify(bytes.fromhex(signed.signature), signed.answer.encode(), ec.ECDSA(hashes.SHA256()))
    except (ValueError, InvalidSignature):
        raise JoinError(JoinFault.IMPOSTOR, "its signature is not good") from None
    return authority
