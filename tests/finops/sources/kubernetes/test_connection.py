"""Kubeconfigs with tokens, authorities and exec plugins, against a server that checks them."""

import base64
import datetime
import ipaddress
import ssl
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from finops.domain.errors import TryAgainLater, WillNeverWork
from finops.sources.kubernetes import connection
from finops.sources.kubernetes.api import KubernetesApi, Patience
from finops.sources.kubernetes.connection import Connect, from_kubeconfig, in_cluster
from tests.real_parts.kubernetes_api import kubernetes_api

QUICK = Patience(timeout_seconds=5, tries=1)


def kubeconfig(folder: Path, server: str, user: dict[str, Any], **cluster: Any) -> str:
    path = folder / "kubeconfig.yaml"
    path.write_text(
        yaml.safe_dump(
            {
                "current-context": "prod",
                "contexts": [{"name": "prod", "context": {"cluster": "c", "user": "u"}}],
                "clusters": [{"name": "c", "cluster": {"server": server} | cluster}],
                "users": [{"name": "u", "user": user}],
            }
        )
    )
    return str(path)


def version_by(connect: Connect) -> object:
    api = KubernetesApi(connect, QUICK)
    try:
        return api.get("/version").body["gitVersion"]
    finally:
        api.close()


def plugin(folder: Path, script: str) -> dict[str, Any]:
    path = folder / "plugin.py"
    path.write_text(script)
    api_version = "client.authentication.k8s.io/v1"
    return {"exec": {"command": sys.executable, "args": [str(path)], "apiVersion": api_version}}


def test_the_token_of_a_context_is_sent(tmp_path: Path) -> None:
    with kubernetes_api({}) as server:
        server.tokens = {"secret-token"}
        path = kubeconfig(tmp_path, server.url, {"token": "secret-token"})

        assert version_by(from_kubeconfig("prod", path)) == "v1.33.4"


def test_the_current_context_is_used_without_a_name(tmp_path: Path) -> None:
    with kubernetes_api({}) as server:
        path = kubeconfig(tmp_path, server.url, {})

        assert version_by(from_kubeconfig("", path)) == "v1.33.4"


def test_an_exec_plugin_gives_the_token(tmp_path: Path) -> None:
    script = (
        'print(\'{"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential",'
        ' "status": {"token": "from-the-plugin"}}\')'
    )
    with kubernetes_api({}) as server:
        server.tokens = {"from-the-plugin"}
        path = kubeconfig(tmp_path, server.url, plugin(tmp_path, script))

        assert version_by(from_kubeconfig("prod", path)) == "v1.33.4"


def test_a_plugin_that_gives_nothing_is_named_before_anything_is_asked(tmp_path: Path) -> None:
    path = kubeconfig(tmp_path, "https://127.0.0.1:1", plugin(tmp_path, "raise SystemExit(3)"))
    with pytest.raises(WillNeverWork, match="run `kubectl --context prod get --raw /version`"):
        from_kubeconfig("prod", path)()


def test_a_plugin_that_waits_for_a_person_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "CREDENTIAL_SECONDS", 0.2)
    path = kubeconfig(
        tmp_path, "https://127.0.0.1:1", plugin(tmp_path, "import time; time.sleep(3)")
    )
    began = time.monotonic()
    with pytest.raises(TryAgainLater, match="a plugin that asks a person"):
        from_kubeconfig("prod", path)()

    assert time.monotonic() - began < 2


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "could not be read"),
        ("current-context: prod", "could not be read"),
        ("contexts: 7\ncurrent-context: prod", "could not be read"),
        ("{", "could not be read"),
        ("[]", "could not be read"),
    ],
)
def test_a_broken_kubeconfig_is_named(tmp_path: Path, text: str, sentence: str) -> None:
    path = tmp_path / "config"
    path.write_text(text)
    with pytest.raises(WillNeverWork, match=sentence):
        from_kubeconfig("prod", str(path))()


def test_an_unknown_context_is_named(tmp_path: Path) -> None:
    path = kubeconfig(tmp_path, "http://127.0.0.1:1", {})
    with pytest.raises(WillNeverWork, match="the kubeconfig context prid"):
        from_kubeconfig("prid", path)()


def test_outside_a_cluster_the_service_account_is_missed_in_a_sentence() -> None:
    with pytest.raises(WillNeverWork, match=r"the pod's service account: Service host/port"):
        in_cluster()()


def certificate(folder: Path) -> tuple[ssl.SSLContext, str]:
    """A server context for 127.0.0.1, and its certificate in base64 as a kubeconfig holds it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "stand-in")])
    now = datetime.datetime.now(datetime.UTC)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (folder / "both.pem").write_bytes(private + pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "both.pem")
    return context, base64.b64encode(pem).decode()


def test_inside_a_cluster_the_service_accounts_token_and_authority_are_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kubernetes.config import incluster_config

    context, authority = certificate(tmp_path)
    token, trusted = tmp_path / "token", tmp_path / "ca.crt"
    token.write_text("of-the-account")
    trusted.write_bytes(base64.b64decode(authority))
    monkeypatch.setattr(incluster_config, "SERVICE_TOKEN_FILENAME", str(token))
    monkeypatch.setattr(incluster_config, "SERVICE_CERT_FILENAME", str(trusted))
    with kubernetes_api({}, tls=context) as server:
        server.tokens = {"of-the-account"}
        monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "127.0.0.1")
        monkeypatch.setenv("KUBERNETES_SERVICE_PORT", server.url.rpartition(":")[2])

        assert version_by(in_cluster()) == "v1.33.4"


def test_tls_is_checked_against_the_authority_of_the_kubeconfig(tmp_path: Path) -> None:
    context, authority = certificate(tmp_path)
    with kubernetes_api({}, tls=context) as server:
        user, trusted = {"token": "t"}, {"certificate-authority-data": authority}
        good = kubeconfig(tmp_path, server.url, user, **trusted)

        assert version_by(from_kubeconfig("prod", good)) == "v1.33.4"

        bad = kubeconfig(tmp_path, server.url, user)
        with pytest.raises(WillNeverWork, match="TLS certificate was not accepted"):
            version_by(from_kubeconfig("prod", bad))
