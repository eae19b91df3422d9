"""A certificate for loopback, and one that this machine trusts meanwhile."""

from __future__ import annotations

import pytest

from tests.mail.smtp.mail_server import Certificate, make_certificate


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return make_certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def trusted(certificate: Certificate, monkeypatch: pytest.MonkeyPatch) -> Certificate:
    """The certificate, accepted as an authority."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.path))
    return certificate
