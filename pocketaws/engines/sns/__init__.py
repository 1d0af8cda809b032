"""SNS: topics that deliver to queues and functions, and to nothing outside this machine.

On AWS an endpoint of HTTP, an e-mail address or a phone gets messages once its owner has confirmed the subscription
(https://docs.aws.amazon.com/sns/latest/dg/sns-create-subscribe-endpoint-to-topic.html).  Nobody is there to confirm,
and moto would send to HTTP endpoints at once, from its own process; so such subscriptions are refused.

A message that one subscriber cannot get is published all the same; it goes to the subscription's dead-letter queue, or
is dropped (https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html).

What :func:`install` changes in moto:

- ``moto.sns.models.SNSBackend``: ``subscribe`` knows AWS's protocols and accepts those that are delivered, ``publish``
  refuses phone numbers;
- ``moto.sns.models.Subscription.publish``: a failed delivery is no failure of the publisher's.
"""

from __future__ import annotations

__all__ = ["install"]


def install() -> None:
    """Put this engine behind moto's SNS."""
    from pocketaws.engines.sns import deliveries, subscriptions

    subscriptions.install()
    deliveries.install()
