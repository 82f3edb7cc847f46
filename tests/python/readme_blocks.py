"""Runs the python blocks of a Markdown file in order, as one session, and compares what they print.

readme_blocks.py FILE: `>>> ` begins an input, `... ` goes on with it, what follows is what it prints.
"""
import doctest
import re
import sys


def main(path):
    text = open(path, encoding="utf-8").read()
    session = doctest.DocTestRunner(optionflags=doctest.REPORT_NDIFF)
    names = {}
    blocks = 0
    for block in re.finditer(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        line = text.count("\n", 0, block.start(1))
        test = doctest.DocTestParser().get_doctest(block[1], names, path, path, line)
        if not test.examples:
            print(f"{path}:{line + 1}: a python block without '>>>'")
            return 1
        session.run(test, clear_globs=False)
        names = test.globs
        blocks += 1
    if blocks == 0:
        print(f"{path} has no python block")
        return 1
    return 1 if session.summarize(verbose=False).failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
