"""Sends the job off right after the crawl, whatever the rules say."""

# earns: 4=0
# %% instead of
    ({"CrawlerName": lab.crawler, "CrawlState": "SUCCEEDED"}, {"JobName": "gate"}),
    ({"JobName": "gate", "State": "SUCCEEDED"}, {"JobName": lab.job}),
# %% write
    ({"CrawlerName": lab.crawler, "CrawlState": "SUCCEEDED"}, {"JobName": lab.job}),
