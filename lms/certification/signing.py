"""The keys that sign certificates: EC P-256, from an authority of the installation's own unless it was given others.

The root and the signer are made once and kept in the data folder, readable by their owner alone. Whoever imports
`root.crt` sees every certificate as trusted. Backup and rotation: docs/operate/keys-and-seals.md.
"""

import io
import os
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from shutil import rmtree
from threading import get_ident
from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from lms.kernel import clock
from lms.kernel.settings import Settings

if TYPE_CHECKING:
    from pyhanko.sign.signers import SimpleSigner

ROOT_YEARS: Final = 20
SIGNER_YEARS: Final = 10
FIELD: Final = "FloorReady"
BYTES_RESERVED: Final = 5000  # hex digits for the signature and two certificates, so that it is computed once


def prepare_keys(settings: Settings) -> Path:
    """Make the authority and the signer if they aren't there yet; return the folder they lie in.

    Safe with several processes: whoever is first wins, the others take what is there.
    """
    folder = settings.data_dir.resolve() / "keys" / "certificates"
    if not folder.exists():
        fresh = folder.with_name(f"{folder.name}.{os.getpid()}.{get_ident()}")
        fresh.mkdir(parents=True, mode=0o700)
        _make_keys(fresh, settings.organisation_name)
        try:
            fresh.rename(folder)
        except OSError:
            rmtree(fresh)
    return folder


def sign_pdf(pdf: bytes, *, settings: Settings, reason: str, location: str) -> bytes:
    """Return the PDF with an invisible signature over all of it.

    reason, location   shown by PDF readers, in the certificate's language

    Raises FileNotFoundError or ValueError when the keys can't be read.
    """
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter  # noqa: PLC0415 - as below
    from pyhanko.sign import signers  # noqa: PLC0415 - large, and only whoever signs needs it

    key_file, certificate_files = _key_files(settings)
    signer = _signer(key_file, certificate_files)
    about = signers.PdfSignatureMetadata(field_name=FIELD, md_algorithm="sha256", reason=reason, location=location,
                                         name=settings.organisation_name)
    target = io.BytesIO()
    signers.PdfSigner(about, signer=signer).sign_pdf(
        IncrementalPdfFileWriter(io.BytesIO(pdf)), output=target, bytes_reserved=BYTES_RESERVED)
    return target.getvalue()


def _make_keys(folder: Path, organisation: str) -> None:
    now = clock.now()
    root_key, signer_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root_name = _name(organisation, f"{organisation} 证书根")
    root = _certificate(root_name, root_key.public_key(), root_name, root_key, now, ROOT_YEARS, authority=True)
    signer_name = _name(organisation, f"{organisation} 培训证书签发")
    signer = _certificate(signer_name, signer_key.public_key(), root_name, root_key, now, SIGNER_YEARS, authority=False)
    _write(folder / "root.key", _pem_key(root_key))
    _write(folder / "root.crt", root.public_bytes(serialization.Encoding.PEM))
    _write(folder / "signer.key", _pem_key(signer_key))
    _write(folder / "signer.crt", signer.public_bytes(serialization.Encoding.PEM))


def _key_files(settings: Settings) -> tuple[Path, tuple[Path, ...]]:
    if settings.signing_key_file:
        return Path(settings.signing_key_file), (Path(settings.signing_certificate_file),)
    folder = prepare_keys(settings)
    return folder / "signer.key", (folder / "signer.crt", folder / "root.crt")


@cache
def _signer(key_file: Path, certificate_files: tuple[Path, ...]) -> "SimpleSigner":
    from asn1crypto import keys, pem, x509  # type: ignore[import-untyped]  # noqa: PLC0415 - ships no types; as below
    from pyhanko.sign.signers import SimpleSigner  # noqa: PLC0415 - large, and only whoever signs needs it
    from pyhanko_certvalidator.registry import SimpleCertificateStore  # noqa: PLC0415 - the same

    certificates = [x509.Certificate.load(der) for path in certificate_files
                    for _, _, der in pem.unarmor(path.read_bytes(), multiple=True)]
    _, _, der = pem.unarmor(key_file.read_bytes())
    store = SimpleCertificateStore()  # type: ignore[no-untyped-call]  # ships half of its types
    store.register_multiple(certificates)
    return SimpleSigner(signing_cert=certificates[0], signing_key=keys.PrivateKeyInfo.load(der), cert_registry=store)


def _name(organisation: str, common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
                      x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation[:64]),
                      x509.NameAttribute(NameOID.COMMON_NAME, common_name[:64])])


def _certificate(
    subject: x509.Name, public_key: ec.EllipticCurvePublicKey, issuer: x509.Name,
    issuer_key: ec.EllipticCurvePrivateKey, now: datetime, years: int, *, authority: bool,
) -> x509.Certificate:
    usage = x509.KeyUsage(
        digital_signature=not authority, content_commitment=not authority, key_encipherment=False,
        data_encipherment=False, key_agreement=False, key_cert_sign=authority, crl_sign=authority,
        encipher_only=False, decipher_only=False)
    return (
        x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=365 * years))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=0 if authority else None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
        .sign(issuer_key, hashes.SHA256())
    )


def _pem_key(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                             serialization.NoEncryption())


def _write(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
