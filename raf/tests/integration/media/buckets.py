"""A bucket of the real S3 server, made for one test."""

from __future__ import annotations

import os
import secrets
import urllib.request
from datetime import timedelta
from urllib.parse import unquote, urlsplit

import obstore
from obstore.store import S3Store


def settings_of(bucket: str, **changed: object) -> list[str]:
    """The settings of a house whose media lie in this bucket."""
    address = urlsplit(os.environ["OSTROV_TEST_S3"])
    said: dict[str, object] = {
        "endpoint": f"http://{address.hostname}:{address.port}",
        "bucket": bucket,
        "key": unquote(address.username or ""),
        "secret": unquote(address.password or ""),
    }
    return ["raf.media.storage=s3", *(f"raf.media.s3.{name}={value}" for name, value in (said | changed).items())]


def store_of(bucket: str) -> S3Store:
    """The bucket, asked behind Raf's back."""
    address = urlsplit(os.environ["OSTROV_TEST_S3"])
    return S3Store(
        bucket,
        endpoint=f"http://{address.hostname}:{address.port}",
        access_key_id=unquote(address.username or ""),
        secret_access_key=unquote(address.password or ""),
        client_options={"allow_http": True},
    )


def new_bucket() -> str:
    """An empty bucket; its name."""
    name = f"raf-{secrets.token_hex(8)}"
    address = obstore.sign(store_of(name), "PUT", "", timedelta(minutes=1))
    with urllib.request.urlopen(urllib.request.Request(address, method="PUT")) as answer:
        assert answer.status == 200
    return name


def keys(bucket: str) -> list[str]:
    """What lies in a bucket."""
    return sorted(entry["path"] for page in obstore.list(store_of(bucket)) for entry in page)
