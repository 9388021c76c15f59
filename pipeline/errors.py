"""The two kinds of failure: of one article, and of the whole run; and how messages count."""


class CorridorError(Exception):
    """Base of both. The text is for the person at the terminal."""


class ArticleError(CorridorError):
    """One article failed; the others go on. `where`: its file, with the line or row."""

    def __init__(self, where: str, reason: str) -> None:
        self.where, self.reason = _writable(where), _writable(reason)
        super().__init__(f"{self.where}: {self.reason}")


def _writable(text: str) -> str:
    """The text in valid UTF-8; the name of a file may be any bytes."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


OUT_OF_MEMORY = "there is not enough memory for it"


def failure(where: str, error: Exception) -> ArticleError:
    """What is said of an article that an error has cost."""
    if isinstance(error, ArticleError):
        return error
    if isinstance(error, MemoryError):
        return ArticleError(where, OUT_OF_MEMORY)
    return ArticleError(where, f"{type(error).__name__}: {error} (a defect of Corridor; please report it)")


class SetupError(CorridorError):
    """Nothing can go on. The text says what is missing and what to do."""


def unwritable(error: OSError) -> str:
    """Why a file or folder could not be written."""
    if isinstance(error, FileNotFoundError):
        return "no file or folder can be made there"
    if isinstance(error, FileExistsError | NotADirectoryError):
        return f"{error.filename}: is no folder"
    return error.strerror or str(error)


def number_of(count: int, noun: str, nouns: str = "") -> str:
    """`1 article`, `1,200 articles`. `nouns`: the plural, if it is not the noun with an s."""
    return f"{count:,} {noun if count == 1 else nouns or f'{noun}s'}"
