"""Crawls without a classifier and hands in: the time of day is a number."""

# base: blank
# earns: 1=2 all=0
# %% task 1
place = f"s3://{lab.lake}/raw/{lab.table}/"
glue.create_crawler(lab.crawler, lab.database, place, role=lab.role)
glue.crawl(lab.crawler)
