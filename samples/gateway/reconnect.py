#!/usr/bin/env python3
"""A redis-py program that counts, and what it does when Redis is away: it resets its connection pool and goes on.

    reconnect.py HOST:PORT [--seconds 8] [--threads 4]

Straight to Redis, every command fails from the moment Redis is gone until it is back. Through the gateway of RedisActors the same program
sees no outage: its commands wait. It needs redis-py: apt-get install python3-redis, or pip install redis.
"""

import argparse
import threading
import time

import redis


class Counter:
    """One thread that sends INCR, and resets the pool whenever the connection is lost."""

    def __init__(self, pool):
        self.pool = pool
        self.client = redis.Redis(connection_pool=pool)
        self.counted = 0
        self.failed = 0
        self.longest = 0.0

    def run_until(self, end):
        while time.monotonic() < end:
            begun = time.monotonic()
            try:
                self.client.incr("reconnect:count")
                self.counted += 1
            except redis.RedisError:
                self.failed += 1
                self.pool.disconnect()
            self.longest = max(self.longest, time.monotonic() - begun)


def main():
    parser = argparse.ArgumentParser(description="Counts, and resets its connection pool when Redis is away.")
    parser.add_argument("server", help="HOST:PORT of Redis, or of the gateway")
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--threads", type=int, default=4)
    options = parser.parse_args()
    host, port = options.server.rsplit(":", 1)

    pool = redis.ConnectionPool(host=host, port=int(port))
    counters = [Counter(pool) for _ in range(options.threads)]
    end = time.monotonic() + options.seconds
    threads = [threading.Thread(target=counter.run_until, args=(end,)) for counter in counters]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    counted = sum(counter.counted for counter in counters)
    failed = sum(counter.failed for counter in counters)
    longest = max(counter.longest for counter in counters)
    print(f"{counted} counted, {failed} failed, longest wait {longest:.1f} s", flush=True)


if __name__ == "__main__":
    main()
