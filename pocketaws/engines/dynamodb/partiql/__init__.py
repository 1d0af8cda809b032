"""PartiQL: SQL for DynamoDB, parsed whole and carried out by the same code as the other operations.

A statement is read by :mod:`statements` into the trees of :mod:`syntax`; that rests on :mod:`assignments`,
:mod:`conditions` with :mod:`functions`, :mod:`reader` and :mod:`tokens`.  :mod:`plans` finds the keys in a WHERE
clause; :mod:`reads` and :mod:`writes` carry statements out; :mod:`operations` holds ExecuteStatement,
BatchExecuteStatement and ExecuteTransaction.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.html
"""
