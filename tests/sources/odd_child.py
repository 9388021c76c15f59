"""A process that behaves as the file says that it is asked for."""

import os
import sys
import time

from pipeline.sources.apart import HELLO, receive, send


def main() -> None:
    send(sys.stdout.buffer, HELLO)
    while (data := receive(sys.stdin.buffer)) is not None:
        match data:
            case b"crash":
                os.abort()
            case b"hang":
                time.sleep(60)
            case b"half":
                sys.stdout.buffer.write((100).to_bytes(8, "big") + b"{")
                sys.stdout.buffer.flush()
                sys.exit()
        send(sys.stdout.buffer, {"size": len(data), "process": os.getpid()})


if __name__ == "__main__":
    main()
