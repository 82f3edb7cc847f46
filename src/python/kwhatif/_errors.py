"""What is wrong with a question, and what was probably meant."""


class KwhatifError(ValueError):
    """An input, a run file or a name is wrong; the message is what the program prints, caret and help included.

    diagnostics: one dict per fault, with code, message, help, and where it is: field ("chips", or the path of a
    run file), line and column.
    """

    __module__ = "kwhatif"  # where people find it

    def __init__(self, text, diagnostics=()):
        super().__init__(text.rstrip("\n"))
        self.diagnostics = list(diagnostics)

    def __reduce__(self):
        return (type(self), (str(self), self.diagnostics))


def as_type_error(error, verb, known, nearest):
    """A TypeError for a keyword that nobody knows, as for any function of Python; None for other errors."""
    for fault in error.diagnostics:
        if fault["code"] in ("unknown-input", "unknown-option"):
            name = fault["field"] or ""
            near = fault["help"] or nearest(name.replace("_", "-"), [word.replace("_", "-") for word in known])
            near = near.replace("-", "_")
            return TypeError(f"{verb}() got an unexpected keyword argument '{name}'" + (f"; {near}" if near else ""))
    return None
