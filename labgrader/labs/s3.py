"""Lab 3.6: a lake to build, an upload to finish, a bucket to repair, deliveries to index, a link to hand over."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from labgrader.account import Account
from labgrader.briefs import Brief

__all__ = ["MODELS", "PART", "Model", "deliveries", "missing_part", "models", "place", "tell", "video"]

PART = 5 * 2**20
#: How each model fared: what was written in turn, and what happened then.
MODELS = ("fine", "deleted", "emptied", "emptied and deleted", "retired")
_TOWNS = ("Newark", "La Guardia", "Kennedy", "St. Louis", "Coeur d'Alene", "Dallas & Fort Worth", "Raleigh+Durham")


@dataclass(frozen=True)
class Model:
    """An object of the repaired bucket: its versions in turn, and whether it was deleted in the end."""

    key: str
    fate: str
    versions: tuple[bytes, ...]

    @property
    def is_deleted(self) -> bool:
        """Whether a delete marker lies on top."""
        return self.fate in ("deleted", "emptied and deleted", "retired")


def tell(brief: Brief) -> None:
    """Add the facts of this lab."""
    draw = brief.random("facts")
    brief.fact("lake", brief.name("lake"), "the bucket you make")
    brief.fact("key_alias", f"alias/{brief.name('lake-key')}", "the KMS key that encrypts the lake")
    brief.fact("partner", "".join(draw.choices("123456789", k=12)), "the AWS account of your partner")
    brief.fact("cool", draw.randint(31, 75), "days after which raw/ goes to Standard-IA")
    brief.fact("keep", draw.randint(20, 60), "days that a version under raw/ is kept once it is no longer current")
    brief.fact("abort", draw.randint(2, 9), "days after which an unfinished upload is given up")
    brief.fact("drop", brief.name("drop"), "the bucket with the unfinished upload")
    brief.fact("models", brief.name("models"), "the bucket to repair")
    brief.fact("queue", brief.name("arrivals"), "the queue you make")
    brief.fact("report", f"reports/q{draw.randint(1, 4)}-{draw.randint(100, 999)}.txt", "the object you hand over")
    brief.fact("minutes", draw.choice([20, 25, 35, 40, 50, 55]), "minutes that its link lives")


def place(brief: Brief, aws: Account) -> None:
    """Make key, drop and models; leave an upload unfinished; put deliveries and report into the inbox."""
    key = aws.client("kms").create_key(Description=f"lab {brief.lab}")["KeyMetadata"]["KeyId"]
    aws.client("kms").create_alias(AliasName=brief.key_alias, TargetKeyId=key)
    _leave_unfinished(brief, aws)
    _break_models(brief, aws)
    for name, content in deliveries(brief).items():
        aws.put(brief.inbox, f"deliveries/{name}", content)
    aws.put(brief.inbox, brief.report, f"Report {brief.report}, for your eyes only.")


@lru_cache(maxsize=4)
def _noise(seed: int, size: int) -> bytes:
    return Brief("3.6", seed=seed).random("noise").randbytes(size)


def video(brief: Brief) -> bytes:
    """Return what the upload is to hold: three parts, the last one short."""
    return _noise(brief.number, 2 * PART + brief.random("video").randint(100_000, 300_000))


def missing_part(brief: Brief) -> int:
    """Return the number of the part that never arrived."""
    return brief.random("missing").randint(1, 3)


def models(brief: Brief) -> list[Model]:
    """Return the bucket's objects and how each fared."""
    draw, found = brief.random("models"), []
    fates = [*MODELS, *draw.choices(MODELS[:4], k=6)]
    draw.shuffle(fates)
    for number, fate in enumerate(fates, start=1):
        good = [json.dumps({"weight": draw.randint(1, 10**6)}).encode() for _ in range(draw.randint(1, 3))]
        bad = [b"{}"] * draw.randint(1, 2) if "emptied" in fate else []
        found.append(Model(f"model-{number:02}.json", fate, (*good, *bad)))
    return found


def deliveries(brief: Brief) -> dict[str, str]:
    """Return the day's files: name -> content; not all are tables, and names hold what URLs must encode."""
    draw = brief.random("deliveries")
    found = {}
    for town in draw.sample(_TOWNS, 5):
        rows = [f"{draw.randint(1, 999)},{draw.randint(-20, 300)}" for _ in range(draw.randint(3, 40))]
        found[f"origin={town}/{draw.randint(1, 28):02}.csv"] = "\n".join(["flight,delay", *rows]) + "\n"
    for town in draw.sample(_TOWNS, 2):
        found[f"origin={town}/notes.txt"] = "nothing to count"
    return found


def _leave_unfinished(brief: Brief, aws: Account) -> None:
    client, content = aws.client("s3"), video(brief)
    aws.create_bucket(brief.drop)
    aws.put(brief.inbox, "camera.bin", content)
    old = client.create_multipart_upload(Bucket=brief.drop, Key="camera-old.bin")["UploadId"]
    client.upload_part(Bucket=brief.drop, Key="camera-old.bin", UploadId=old, PartNumber=1, Body=b"a first try")
    place: dict[str, Any] = {"Bucket": brief.drop, "Key": "camera.bin"}
    place["UploadId"] = client.create_multipart_upload(**place, ChecksumAlgorithm="SHA256")["UploadId"]
    for number in {1, 2, 3} - {missing_part(brief)}:
        part = content[(number - 1) * PART : number * PART]
        client.upload_part(**place, PartNumber=number, Body=part, ChecksumAlgorithm="SHA256")


def _break_models(brief: Brief, aws: Account) -> None:
    aws.create_bucket(brief.models, versioned=True)
    everything = models(brief)
    for model in everything:
        for content in model.versions:
            aws.put(brief.models, model.key, content)
        if model.is_deleted:
            aws.client("s3").delete_object(Bucket=brief.models, Key=model.key)
    retired = [model.key for model in everything if model.fate == "retired"]
    aws.put(brief.inbox, "retired.txt", "\n".join(retired) + "\n")
