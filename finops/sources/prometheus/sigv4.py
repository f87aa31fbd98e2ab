"""Signs PromQL requests for Amazon Managed Prometheus with AWS Signature Version 4."""

from collections.abc import Callable
from typing import Any

import requests
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.exceptions import BotoCoreError, ClientError

from finops.domain.errors import WillNeverWork


class SignedRequests(requests.auth.AuthBase):
    """Signs each request with the credentials of the moment (they are refreshed by boto3).

    `credentials` returns botocore credentials, or None where there are none.
    """

    def __init__(self, credentials: Callable[[], Any], *, region: str, service: str) -> None:
        self._credentials = credentials
        self._region, self._service = region, service

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Add the signature headers; raises WillNeverWork without credentials."""
        try:
            credentials = self._credentials()
            frozen = credentials.get_frozen_credentials() if credentials else None
        except (BotoCoreError, ClientError) as error:
            raise WillNeverWork(f"AWS gave no credentials to sign with: {error}") from error
        if frozen is None:
            raise WillNeverWork("there are no AWS credentials to sign with; set up AWS's own chain")
        # Hop-by-hop headers may be rewritten on the way; they are not signed.
        kept = {k: v for k, v in request.headers.items() if k.lower() in ("content-type", "host")}
        signed = AWSRequest(method=request.method, url=request.url, data=request.body, headers=kept)
        SigV4Auth(frozen, self._service, self._region).add_auth(signed)
        request.headers.update(dict(signed.headers.items()))
        return request
