"""Which column of a table holds what, by the headers that learning platforms write.

Canvas's gradebook has the same headers in every language (``Student``, ``ID``, ``SIS User ID``,
``SIS Login ID``, ``Section``, then the assignments; or ``LastName``, ``FirstName`` in the place of
``Student``). Moodle translates them: its grade export, its list of participants and the worksheet
of an assignment have those of the language packs that are listed here. A plain table names its
columns itself, in English, German or Chinese.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from autograder.grading.reading import named
from autograder.lms.decoding import TableError
from autograder.lms.tables import Table

CANVAS, MOODLE, PLAIN = "canvas", "moodle", "plain"
CANVAS_FIELDS = {
    "student": "sortable",
    "lastname": "last",
    "firstname": "first",
    "id": "lms",
    "sis user id": "number",
    "sis login id": "account",
    "section": "section",
}
# In the order of the languages: en, de, fr, es, it, pt, nl, zh_cn, ja, ru; then older spellings.
MOODLE_FIELDS = {
    "first": "First name|Vorname|Prénom|Nombre|Nome|Nome|Voornaam|名|名|Имя",
    "last": "Last name|Nachname|Nom de famille|Apellido(s)|Cognome|Apelido|Achternaam|姓|姓|"
    "Фамилия|Surname|Nom|Apellidos|Sobrenome",
    "number": "ID number|ID-Nummer|Numéro d'identification|Número de ID|Codice identificativo|"
    "Número de identificação (ID)|Nummer (ID)|学号|IDナンバ|Индивидуальный номер|IDナンバー",
    "account": "Username|Anmeldename|Nom d'utilisateur|Nombre de usuario|Username|"
    "Nome de utilizador|Gebruikersnaam|用户名|ユーザ名|Логин",
    "email": "Email address|E-Mail-Adresse|Adresse de courriel|Dirección de correo|"
    "Indirizzo email|E-mail|E-mailadres|电子邮件地址|メールアドレス|Адрес электронной почты|"
    "Endereço de email|Correo electrónico",
    "full": "Full name|Vollständiger Name|Nom complet|Nombre completo|Nome completo|"
    "Volledige naam|全名|フルネーム|Полное имя",
}
# What the worksheet of an assignment has besides.
WORKSHEET_FIELDS = {
    "record": "Identifier|ID|Identifiant|Identificador|Identificativo|Identificatie|标识符|"
    "Идентификатор",
    "grade": "Grade|Bewertung|Note|Calificación|Valutazione|Avaliação|Nota|Cijfer|成绩|評点|評定|"
    "Оценка",
    "most": "Maximum grade|Bestwertung|Note maximale|Calificación máxima|Valutazione massima|"
    "Nota máxima|Maximaal cijfer|最高分|最大評点|Максимальная оценка",
}
PLAIN_FIELDS = {
    "id": "id|student id|student|account|login|user|Kennung|Benutzername",
    "first": "given name|firstname|forename",
    "last": "family name|lastname",
    "full": "name|student name|display name|姓名",
    "email": "email|mail|e mail address|邮箱|电子邮箱|电子邮件",
    "lms": "lms user id|lms id|canvas id|moodle id",
}


@dataclass(frozen=True)
class Layout:
    """Whose table it is, and which column holds what.

    Attributes
    ----------
    kind : str
        ``canvas``, ``moodle`` or ``plain``.
    fields : dict
        The number of the column of each field that there is: id, account, number, lms, first,
        last, full, sortable (a name as "last, first"), email, section, record (Moodle's number of
        a participant), grade, most (the most points).
    """

    kind: str
    fields: dict[str, int] = field(default_factory=dict)

    def __getitem__(self, name: str) -> int | None:
        return self.fields.get(name)

    @property
    def is_worksheet(self) -> bool:
        """Whether it is the worksheet of one of Moodle's assignments."""
        return "most" in self.fields


def layout_of(table: Table) -> Layout:
    """Return which column of a table holds what.

    Raises
    ------
    TableError
        If no column says who a row is about.
    """
    header = [plain(name) for name in table.header]
    if {"id", "section"} <= set(header) and {"student", "lastname"} & set(header):
        return Layout(CANVAS, _places(header, CANVAS_FIELDS))
    moodle = _by_name(MOODLE_FIELDS)
    worksheet = _places(header, moodle | _by_name(WORKSHEET_FIELDS))
    if {"most", "grade"} <= worksheet.keys():
        if "last" not in worksheet and "first" in worksheet:  # Italian has one word for both
            worksheet["full"] = worksheet.pop("first")
        if {"record", "email", "full"} & worksheet.keys():
            return Layout(MOODLE, worksheet)
    found = _places(header, _by_name(PLAIN_FIELDS) | moodle)
    if "first" in found and "last" not in found and "full" in found:
        found["last"] = found.pop("full")
    if not {"id", "account", "number", "email", "full"} & found.keys():
        raise TableError(
            f"{table.path} has no column that says who a row is about, but "
            f"{named(table.header)}: it needs those of Canvas's gradebook or of Moodle's grades, "
            "or id, first_name, last_name, email."
        )
    is_plain = "id" in found or not {"first", "full"} & found.keys()
    return Layout(PLAIN if is_plain else MOODLE, found)


def plain(header: str) -> str:
    """Return the name of a column without what differs from one spelling to another."""
    return re.sub(r"[\s_-]+", " ", header.replace("’", "'")).strip(" :").casefold()


def _by_name(fields: dict[str, str]) -> dict[str, str]:
    return {plain(name): one for one, names in fields.items() for name in names.split("|")}


def _places(header: list[str], fields: dict[str, str]) -> dict[str, int]:
    """Return the first column of each field."""
    places: dict[str, int] = {}
    for column, name in enumerate(header):
        if name in fields:
            places.setdefault(fields[name], column)
    return places
