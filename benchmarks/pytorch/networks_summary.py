"""Table of the rounds of networks_side_by_side.sh: medians over the rounds of each round's median, and their ratios."""
import pathlib
import re
import statistics
import sys


def numbers(path, what):
    return [float(number) for number in re.findall(rf"{what} (\d+(?:\.\d+)?)", path.read_text())]


def main():
    folder = pathlib.Path(sys.argv[1])
    print("| network | kernels on, ms | off, ms | PyTorch, ms | on / PyTorch | off / PyTorch "
          "| best: on, off, PyTorch | peak MB: on, off, PyTorch | session, ms |\n|---|---|---|---|---|---|---|---|---|")
    for name in ("ultraface", "ssdlite", "retinanet"):
        sides = [folder / f"{name}.{side}" for side in ("kernels-on", "kernels-off", "torch")]
        on, off, torch = (statistics.median(numbers(side, "median")) for side in sides)
        best = ", ".join(f"{min(numbers(side, 'best')):.0f}" for side in sides)
        peak = ", ".join(f"{statistics.median(numbers(side, 'peak memory')):.0f}" for side in sides)
        session = statistics.median(numbers(sides[0], "session"))
        print(f"| {name} | {on:.0f} | {off:.0f} | {torch:.0f} | {on / torch:.2f} | {off / torch:.2f} "
              f"| {best} | {peak} | {session:.0f} |")


if __name__ == "__main__":
    main()
