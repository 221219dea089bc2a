"""What migtui and its engine say to each other: dataclasses that both ends import.

A message is one line of JSON, made and read by ``codec`` after the annotations here; what is not
declared or used in these modules can't cross. A question is answered by any number of ``Progress``,
then its reply or ``Failed``, then ``Ended``; ``Stale`` asks for a new engine instead.

The only requests that write to a configured database are in ``lock``, ``migrate``, ``backup`` and
``rollback``; each of them is answered by what was done and, where it ends early, by a ``Trouble``.
"""
