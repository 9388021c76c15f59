"""How many bad inputs are generated: the same few in every test run, others and more with `make fuzz`."""

import os

from hypothesis import HealthCheck, settings

TIMES = int(os.environ.get("CORRIDOR_FUZZ", "1"))  # so many times as many
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]


def examples(count: int) -> settings:
    """`count` examples of a test, always the same; in a longer run that many times `TIMES`, new each time."""
    return settings(
        max_examples=count * TIMES, deadline=None, derandomize=TIMES == 1, suppress_health_check=SLOW, database=None
    )
