"""A process that behaves as the file says that it is asked for."""

import json
import os
import sys
import time


def main() -> None:
    print("ready", flush=True)
    while size := sys.stdin.buffer.readline():
        match data := sys.stdin.buffer.read(int(size)):
            case b"crash":
                os.abort()
            case b"hang":
                time.sleep(60)
            case b"half":
                print('{"size": 4', end="", flush=True)
                sys.exit()
        print(json.dumps({"size": len(data), "process": os.getpid()}), flush=True)


if __name__ == "__main__":
    main()
