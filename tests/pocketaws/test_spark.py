"""How a script of PySpark is started on this machine."""

from __future__ import annotations

import shlex

from pocketaws import spark


def settings(text: str) -> dict[str, str]:
    words = shlex.split(text)
    return dict(word.split("=", 1) for word in words if word.startswith("spark."))


def test_a_short_job_starts_quickly() -> None:
    found = settings(spark.submit_args())
    assert "TieredStopAtLevel=1" in found["spark.driver.extraJavaOptions"]
    assert found["spark.ui.enabled"] == "false"


def test_the_settings_of_a_job_win() -> None:
    wanted = spark.parse(["--conf", "spark.ui.enabled=true", "--conf", "spark.app.name=two words", "s3://b/job.py"])
    found = settings(wanted.variables()["PYSPARK_SUBMIT_ARGS"])
    assert (found["spark.ui.enabled"], found["spark.app.name"]) == ("true", "two words")
    assert "TieredStopAtLevel=1" in found["spark.driver.extraJavaOptions"]
