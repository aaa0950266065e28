"""Runs one contender's side: reads `{"do": "enqueue", "n": 1000}` from standard input, answers with seconds and CPU."""

from __future__ import annotations

import importlib
import json
import sys
import time


def main() -> None:
    contender = importlib.import_module(f"contenders.{sys.argv[1]}")
    for line in sys.stdin:
        asked = json.loads(line)
        function = getattr(contender, asked["do"], None)
        if function is None:
            print("null", flush=True)
            continue
        wall, cpu = time.perf_counter(), time.process_time()
        answer = function(*([asked["n"]] if "n" in asked else []))
        print(json.dumps({"answer": answer, "wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}), flush=True)


if __name__ == "__main__":
    main()
