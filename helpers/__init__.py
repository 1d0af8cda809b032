"""What the lessons import: small calls to AWS, one module a service, short enough to read with ``??``.

Begin with :mod:`helpers.session`; it decides which AWS the calls go to.
"""
