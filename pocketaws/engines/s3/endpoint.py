"""The way of a request through the engine: gates, then our answer or moto's, then what is added to it."""

from __future__ import annotations

import io
import re
import threading
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

from moto.s3.exceptions import S3ClientError
from moto.s3.responses import S3Response
from requests.structures import CaseInsensitiveDict

from pocketaws.engines.s3 import (
    access,
    blocking,
    customer_keys,
    encryption,
    events,
    forms,
    integrity,
    inventory,
    lifecycle,
    lifecycle_api,
    listing,
    locks,
    multipart,
    names,
    objects,
    replication,
    replication_api,
    restore,
    signing,
    tiering,
)
from pocketaws.engines.s3.call import Call
from pocketaws.engines.s3.checksums import digest
from pocketaws.engines.s3.errors import Answer, S3Error

__all__ = ["Endpoint"]

#: Each may refuse the request; in this order, which is AWS's: who are you, may you, is it sound.
GATES: tuple[Callable[[Call], None], ...] = (
    signing.check_presigned,
    forms.check_form,
    names.check_limits,
    access.authorize,
    blocking.check_acl,
    integrity.check_body,
    multipart.check_upload,
    objects.check_delete_marker,
    objects.check_conditions,
    customer_keys.check_keys,
    encryption.check_method,
    locks.check_versioning,
    restore.check_readable,
)


def _closed(call: Call) -> Answer:
    """SelectObjectContent is closed to new customers since July 2024."""
    raise S3Error("MethodNotAllowed", "The specified method is not allowed against this resource.", 405)


#: Operations that the engine answers itself; moto answers the others.
OWN: dict[str, Callable[[Call], Answer]] = {
    "PutBucketLifecycleConfiguration": lifecycle_api.put,
    "GetBucketLifecycleConfiguration": lifecycle_api.get,
    "DeleteBucketLifecycle": lifecycle_api.delete,
    "PutBucketPolicy": blocking.put_policy,
    "GetBucketPolicyStatus": blocking.get_policy_status,
    "PutBucketEncryption": encryption.put_default,
    "GetBucketEncryption": encryption.get_default,
    "DeleteBucketEncryption": encryption.delete_default,
    "PutBucketReplication": replication_api.put,
    "GetBucketReplication": replication_api.get,
    "DeleteBucketReplication": replication_api.delete,
    "PutBucketInventoryConfiguration": inventory.put,
    "GetBucketInventoryConfiguration": inventory.get,
    "ListBucketInventoryConfigurations": inventory.list_all,
    "DeleteBucketInventoryConfiguration": inventory.delete,
    "PutBucketIntelligentTieringConfiguration": tiering.put_configuration,
    "GetBucketIntelligentTieringConfiguration": tiering.get_configuration,
    "ListBucketIntelligentTieringConfigurations": tiering.list_configurations,
    "DeleteBucketIntelligentTieringConfiguration": tiering.delete_configuration,
    "ListObjectVersions": listing.list_object_versions,
    "ListMultipartUploads": listing.list_uploads,
    "CompleteMultipartUpload": multipart.complete,
    "DeleteObjects": objects.delete_objects,
    "GetObjectAttributes": objects.get_attributes,
    "RestoreObject": restore.restore_object,
    "PutObjectLockConfiguration": locks.put_configuration,
    "GetObjectLockConfiguration": locks.get_configuration,
    "PutObjectRetention": locks.put_retention,
    "GetObjectRetention": locks.get_retention,
    "PutObjectLegalHold": locks.put_legal_hold,
    "GetObjectLegalHold": locks.get_legal_hold,
    "SelectObjectContent": _closed,
}

#: Each may add to a good answer.
FINISHERS: tuple[Callable[[Call, Answer], Answer], ...] = (
    names.tag_new_bucket,
    objects.tidy_headers,
    objects.show_version,
    multipart.read_part,
    multipart.name_checksums,
    integrity.add_checksums,
    restore.add_status,
    restore.add_list_status,
    replication.add_status,
    encryption.show_method,
    customer_keys.remember_key,
    lifecycle_api.add_dates,
)


#: Held by writes under a condition, so that of two threads only one finds it met.
_one_at_a_time = threading.RLock()


class Endpoint(S3Response):  # type: ignore[misc]
    """moto's handler of S3's requests, between our gates and finishers."""

    call: Call
    headers: Any

    def _bucket_response(self, request: Any, full_url: str) -> Answer:
        return self._serve(super()._bucket_response, request, full_url, has_key=False)

    def _key_response(self, request: Any, full_url: str) -> Answer:
        return self._serve(super()._key_response, request, full_url, has_key=True)

    def _serve(self, moto: Callable[[Any, str], Any], request: Any, full_url: str, *, has_key: bool) -> Answer:
        self.call = call = Call.read(self, request, full_url, has_key=has_key)
        conditional = call.method != "GET" and ("If-Match" in call.headers or "If-None-Match" in call.headers)
        with _one_at_a_time if conditional else nullcontext():
            return self._answer(call, moto, request, full_url)

    def _answer(self, call: Call, moto: Callable[[Any, str], Any], request: Any, full_url: str) -> Answer:
        try:
            for gate in GATES:
                gate(call)
            own = OWN.get(call.name)
            answer = self._complete_answer(own(call) if own else moto(request, full_url))
            for finish in FINISHERS:
                answer = finish(call, answer)
        except S3Error as error:
            return error.answer(head=call.method == "HEAD")
        except S3ClientError as error:
            if call.method == "HEAD":  # moto would send a body
                return self.serialized(_error(error))[0], {}, ""
            raise
        if call.method in ("PUT", "POST", "DELETE") and call.bucket is not None:
            lifecycle.touch(call.bucket)
        return answer

    def _complete_answer(self, answer: Any) -> Answer:
        """Return status, headers and body; moto leaves out what is usual."""
        if isinstance(answer, (str, bytes)):
            return 200, {}, answer
        status, headers, body = answer
        return int(status), dict(headers), body

    def _authenticate_and_authorize_s3_action(
        self, bucket_name: str | None = None, key_name: str | None = None
    ) -> None:
        """Do nothing: our gate has asked IAM, under the action's right name."""

    def _handle_encoded_body(self, body: Any) -> bytes:
        """Return the content of a body in chunks, copied once."""
        source = io.BytesIO(body) if isinstance(body, bytes) else body
        pieces = []
        while size := int(source.readline().strip() or b"0", 16):
            pieces.append(source.read(size))
            source.readline()
        return b"".join(pieces)

    def _notification_config_from_body(self) -> dict[str, Any]:
        def read(body: str) -> dict[str, Any]:
            self.body = body
            found: dict[str, Any] = super(Endpoint, self)._notification_config_from_body()
            return found

        return events.read_configuration(read, self.call.body.decode())

    def _get_key(self, validate_storage_class: bool = True) -> Any:
        """Tags and ACL of archived objects can be read; only the object itself cannot."""
        return super()._get_key(validate_storage_class and self.call.name == "GetObject")

    def _get_checksum(self, response_headers: dict[str, Any]) -> tuple[str, str | None]:
        """Return the checksum that came with a body (it was checked), or the one asked for."""
        claim = integrity.claimed_checksum(self.call)
        algorithm = (self.headers.get("x-amz-sdk-checksum-algorithm") or "").upper()
        if claim is None and algorithm:
            claim = algorithm, digest(algorithm, self.call.body)
        if claim is None:
            return "", None
        response_headers[integrity.header(claim[0])] = claim[1]
        return claim

    def _key_response_put(self, query: dict[str, Any], key_name: str) -> Any:
        """Ask a copy for no checksum, which moto does of every upload to a bucket with a default retention."""
        if self.call.copy_source and "Content-Md5" not in self.headers:
            self.headers = CaseInsensitiveDict({**self.headers, "Content-Md5": "a copy"})
        return super()._key_response_put(query, key_name)

    def copy_object(self) -> Any:
        """Give the copy of an object that was uploaded in parts no checksum of parts, which it has not."""
        source = self.call.find(*self.call.copy_source) if self.call.copy_source else None
        status, headers, body = super().copy_object()
        if source is not None and source.checksum_type == "COMPOSITE":
            copy: Any = self.call.object
            copy.checksum_value = copy.checksum_algorithm = None
            body = re.sub(r"<Checksum(\w+)>.*?</Checksum\1>", "", body)
            headers["content-length"] = str(len(body))
        return status, headers, body

    def upload_part(self) -> Any:
        """Keep a part's checksum with it."""
        answer = super().upload_part()
        bucket = self.call.existing_bucket
        part = bucket.multiparts[self.call.query["uploadId"]].parts[int(self.call.query["partNumber"])]
        part.checksum_algorithm, part.checksum_value = self._get_checksum({})
        return answer


def _error(error: S3ClientError) -> Any:
    from moto.core.responses import ActionResult

    return ActionResult(error)
