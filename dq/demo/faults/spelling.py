"""How people misspell, shorten and respell names, addresses and numbers."""

from __future__ import annotations

from dq.demo.lexicon import LANGUAGES, latin, words

__all__ = ["initials", "latin_name", "nickname", "respelt_phone", "swapped", "typo"]

_NICKNAMES = {
    "Александр": "Саша",
    "Алексей": "Лёша",
    "Анастасия": "Настя",
    "Анна": "Аня",
    "Владимир": "Вова",
    "Дмитрий": "Дима",
    "Евгений": "Женя",
    "Екатерина": "Катя",
    "Елена": "Лена",
    "Иван": "Ваня",
    "Ирина": "Ира",
    "Мария": "Маша",
    "Михаил": "Миша",
    "Наталья": "Наташа",
    "Николай": "Коля",
    "Ольга": "Оля",
    "Павел": "Паша",
    "Светлана": "Света",
    "Сергей": "Серёжа",
    "Татьяна": "Таня",
    "Юлия": "Юля",
    "Юрий": "Юра",
    "Виктория": "Вика",
    "Константин": "Костя",
    "Роман": "Рома",
    "Олександр": "Сашко",
    "Олексій": "Олекса",
    "Дмитро": "Діма",
    "Катерина": "Катя",
    "Олена": "Лена",
    "Іван": "Ваня",
    "Марія": "Маруся",
    "Микола": "Коля",
    "Тетяна": "Таня",
    "Наталія": "Наталя",
    "Христина": "Христя",
    "Вікторія": "Віка",
    "Юлія": "Юля",
    "Володимир": "Вова",
    "Юрій": "Юрко",
    "Andrew": "Andy",
    "Benjamin": "Ben",
    "Catherine": "Kate",
    "Charles": "Charlie",
    "Christopher": "Chris",
    "Daniel": "Dan",
    "David": "Dave",
    "Edward": "Ed",
    "Jessica": "Jess",
    "James": "Jim",
    "Margaret": "Peggy",
    "Matthew": "Matt",
    "Michael": "Mike",
    "Patrick": "Pat",
    "Peter": "Pete",
    "Rebecca": "Becky",
    "Robert": "Bob",
    "Stephen": "Steve",
    "Thomas": "Tom",
    "Victoria": "Vicky",
    "William": "Bill",
    "Rachel": "Rach",
    "Natalie": "Nat",
    "Oliver": "Ollie",
}


def typo(text: str, number: int) -> str:
    """One letter inside the longest word left out, doubled or swapped with the next."""
    word = max(text.split() or [text], key=len)
    if len(word) < 4:
        return f"{text}{text[-1:]}"
    place = 1 + number % (len(word) - 2)
    if number % 3 == 0:
        wrong = word[:place] + word[place + 1 :]
    elif number % 3 == 1:
        wrong = word[:place] + word[place] + word[place:]
    else:
        wrong = word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    if wrong == word:
        wrong = word[:place] + word[place] + word[place:]
    return text.replace(word, wrong, 1)


def nickname(first: str) -> str | None:
    """What friends call somebody, if it is another name."""
    return _NICKNAMES.get(first)


def initials(first: str, middle: str | None, last: str) -> str:
    """Surname and initials."""
    tail = f" {middle[0]}." if middle else ""
    return f"{last} {first[0]}.{tail}"


def swapped(first: str, last: str) -> str:
    """The two names the other way round."""
    return f"{first} {last}"


def latin_name(text: str, language: int) -> str:
    """A name in Latin letters, as in a passport or on a card of a foreign trade fair."""
    vocabulary = words(LANGUAGES[language])
    return " ".join(latin(word, vocabulary).capitalize() for word in text.split())


def respelt_phone(number: int) -> str:
    """A whole number, written with a plus, blanks and dashes."""
    digits = str(number)
    return f"+{digits[:-7]} {digits[-7:-4]}-{digits[-4:-2]}-{digits[-2:]}"
