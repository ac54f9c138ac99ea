"""The key that signs daily seals: EC P-256, made at first use, kept in the data folder, readable by its owner alone."""

import base64
import hashlib
import os
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from lms.kernel.settings import get_settings

_ALGORITHM = ec.ECDSA(hashes.SHA256())


def sign(digest: str) -> tuple[str, str]:
    """Sign a digest with the newest key; return the signature (base64) and the key's id."""
    folder = _folder()
    newest = max(folder.glob("*.pem"), key=lambda path: path.stat().st_mtime, default=None) or _make(folder)
    key = serialization.load_pem_private_key(newest.read_bytes(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError(f"{newest} is no EC key")
    return base64.b64encode(key.sign(digest.encode(), _ALGORITHM)).decode(), newest.stem


def verify(digest: str, signature: str, key_id: str) -> bool:
    """Tell whether the signature is that key's over that digest; False when the public key isn't here any more."""
    path = _folder() / f"{key_id}.pub"
    if not path.exists():
        return False
    key = serialization.load_pem_public_key(path.read_bytes())
    try:
        if isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(base64.b64decode(signature), digest.encode(), _ALGORITHM)
            return True
    except (InvalidSignature, ValueError):
        pass
    return False


def _folder() -> Path:
    folder = get_settings().data_dir.resolve() / "keys" / "seal"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def _make(folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    key_id = hashlib.sha256(public).hexdigest()[:16]
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / f"{key_id}.pub").write_bytes(public)
    path = folder / f"{key_id}.pem"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(private)
    return path
