"""Table of the rounds of losses_side_by_side.sh: medians over the rounds, their ratio, its range."""
import pathlib
import statistics
import sys


def rounds(folder, side):
    """{(loss, size): [one row of cells a round]}"""
    table = {}
    for path in sorted(pathlib.Path(folder).glob(f"*.{side}")):
        for line in path.read_text().splitlines()[2:]:
            name, size, *cells = (cell.strip() for cell in line.strip(" |").split("|"))
            table.setdefault((name, size), []).append(cells)
    return table


def main():
    here, torch = rounds(sys.argv[1], "net"), rounds(sys.argv[1], "torch")
    print("| loss | size | here, ms | PyTorch, ms | ratio | of the rounds | operators alone, ratio | passes of them |\n"
          "|---|---|---|---|---|---|---|---|")
    for case, rows in here.items():
        ours, theirs = ([float(row[0]) for row in side] for side in (rows, torch[case]))
        ratios = sorted(a / b for a, b in zip(ours, theirs))
        a, b = statistics.median(ours), statistics.median(theirs)
        operators = statistics.median(float(row[1]) for row in rows)
        print(f"| {case[0]} | {case[1]} | {a:.2f} | {b:.2f} | {a / b:.2f} | {ratios[0]:.2f} to {ratios[-1]:.2f} "
              f"| {operators / b:.2f} | {rows[0][4]} |")


if __name__ == "__main__":
    main()
