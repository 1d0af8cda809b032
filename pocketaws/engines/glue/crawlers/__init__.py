"""Crawlers: what they find in S3 and in DynamoDB becomes tables of the catalog.

``records`` keeps crawlers and their runs, ``api`` answers operations, ``running`` moves their states, ``crawl`` does
the work: ``layout`` (folders to tables and partitions), ``classify`` (files to schemas), ``writing`` (tables to the
catalog).

Source: https://docs.aws.amazon.com/glue/latest/dg/add-crawler.html
"""

from __future__ import annotations
