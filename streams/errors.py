"""Every error Marsad raises on purpose.

MarsadError                     exit code 1
├── InputError                  2    what somebody gave is wrong: names field, value and remedy
│   ├── ArticleError                 an article that cannot be taken
│   ├── WatchlistError               a watchlist that cannot be loaded
│   │   └── QuerySyntaxError         ... because of its query: line and column
│   └── SettingError                 a setting that is not what it should be
├── BrokerError                 3    no broker, or one that cannot do what is asked
│   └── TopicMismatchError                topics differ from the table in streams.topics
└── DependencyError             4    an optional package is missing: names the extra
"""

from __future__ import annotations


class MarsadError(Exception):
    """The root. `exit_code` is what the command line exits with; `remedy` says what to do about it."""

    exit_code = 1

    def __init__(self, message: str, *, remedy: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message}; {self.remedy}" if self.remedy else self.message


class InputError(MarsadError):
    """Something given from outside is wrong."""

    exit_code = 2

    def __init__(
        self, message: str, *, field: str | None = None, value: object = None, remedy: str | None = None
    ) -> None:
        super().__init__(message, remedy=remedy)
        self.field = field
        self.value = value


class ArticleError(InputError):
    """An article that cannot be taken; on the stream it goes to news.rejected. `where` is file and line, if it has them."""

    where: str | None = None

    def at(self, where: str) -> ArticleError:
        """The same error, with where it happened."""
        self.where = where
        return self

    def __str__(self) -> str:
        return f"{self.where}: {super().__str__()}" if self.where else super().__str__()


class WatchlistError(InputError):
    """A watchlist that cannot be loaded; an older version of it stays in force."""


class QuerySyntaxError(WatchlistError):
    """A query that does not follow the grammar. `line` and `column` count from 1, in code points."""

    def __init__(self, message: str, *, line: int, column: int, remedy: str | None = None) -> None:
        super().__init__(f"line {line}, column {column}: {message}", field="query", remedy=remedy)
        self.line = line
        self.column = column


class SettingError(InputError):
    """A setting (environment, file or option) that is not what it should be."""


class BrokerError(MarsadError):
    """No broker, or one that cannot do what is asked."""

    exit_code = 3


class TopicMismatchError(BrokerError):
    """Topics on the broker differ from the table in streams.topics."""


class DependencyError(MarsadError):
    """An optional package is missing."""

    exit_code = 4
