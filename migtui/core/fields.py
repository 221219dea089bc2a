"""What a field's expression in a migration brings along: relations, columns, tables, references."""

from dataclasses import dataclass, field

from migtui.core.effects import FIELD, MODEL, Resource
from migtui.core.expressions import Call, Constant, Expression, Reference, Unreadable, as_string
from migtui.core.lookups import UnseenError, fields_in

RELATIONS = frozenset(
    {"ForeignKey", "OneToOneField", "ManyToManyField", "ParentalKey", "TreeForeignKey",
     "ParentalManyToManyField", "TreeOneToOneField", "TreeManyToManyField"}
)  # fmt: skip
TEXTS = frozenset(
    {"CharField", "TextField", "SlugField", "EmailField", "URLField", "FileField", "ImageField",
     "FilePathField"}
)  # fmt: skip
"""Fields whose rows get the empty string where no value is given."""
SETTINGS = "django.conf.settings."


@dataclass(frozen=True, slots=True)
class FieldFacts:
    """A field of a migration.

    Attributes:
        expression: As in the file.
        target: The label of the model that it points to, in lower case; None for no relation.
        through: The label of the model of a many-to-many table that has one of its own.
        to_field: The field of the target that it points to, where it says so.
        is_many: Whether it has a table and no column.
        db_column: As written.
        db_table: As written, of a many-to-many field.
        fields: Fields of its own model that it is made from, by a GeneratedField or the like.
        null: Whether it may be NULL.
        unique: Whether its values are unique.
        default: As written, of ``default`` or ``db_default``.
        related_name: As written.
        on_delete: The last part of its name; None where there is none, or it is not a name.
    """

    expression: Expression
    target: str | None = None
    through: str | None = None
    to_field: str | None = None
    is_many: bool = False
    db_column: str | None = None
    db_table: str | None = None
    fields: frozenset[str] = frozenset()
    null: bool = False
    unique: bool = False
    default: Expression | None = None
    related_name: str | None = None
    on_delete: str | None = None

    def refers(self, plane: str, model: str) -> frozenset[Resource]:
        """The resources that the field names, when it is one of ``model``."""
        found = {Resource(plane, model, FIELD, name) for name in self.fields}
        for label in (self.target, self.through):
            if label is not None:
                found.add(Resource(plane, label, MODEL))
        if self.target is not None and self.to_field is not None:
            found.add(Resource(plane, self.target, FIELD, self.to_field))
        return frozenset(found)

    def reverse_names(self, owner: str) -> frozenset[str]:
        """What the relation of a model is called at its target, in code and in lookups."""
        app_label, _, short = owner.partition(".")
        related = (self.related_name or "").replace("%(class)s", short)
        related = related.replace("%(app_label)s", app_label).lower()
        return frozenset({related} if related else {short, f"{short}_set"})

    def columns(self, name: str) -> frozenset[str]:
        """The names that its column may have in the table; two where the class is not Django's."""
        if self.is_many:
            return frozenset()
        if self.db_column is not None:
            return frozenset({self.db_column.lower()})
        return frozenset({f"{name}_id" if self.target is not None else name})

    def relation_table(self, table: str, name: str) -> str | None:
        """The table that the database makes for a many-to-many field, None where there is none."""
        if not self.is_many or self.through is not None:
            return None
        return (self.db_table or f"{table}_{name}").strip('"').lower()


@dataclass(frozen=True, slots=True)
class Definition:
    """The definition of a field, as one operation gives it.

    Attributes:
        expression: As in the file.
        facts: What it brings along.
        preserve_default: Whether its default stays after the operation.
    """

    expression: Expression
    facts: FieldFacts = field(compare=False)
    preserve_default: bool = True

    @property
    def target(self) -> str | None:
        """The label of the model that it points to."""
        return self.facts.target


def read_field(expression: Expression | None, model: str) -> FieldFacts:
    """What a field brings along.

    Args:
        expression: ``models.ForeignKey(to="blog.author", ...)``, say.
        model: The label of the model that it is a field of.

    Raises:
        UnseenError: What it points to can't be read.
    """
    if isinstance(expression, Unreadable) and _is_automatic(expression.text):
        return FieldFacts(expression=expression, unique=True)
    if not isinstance(expression, Call) or not _is_class(expression):
        raise UnseenError("has a field that only running it would tell")
    keywords = dict(expression.keywords)
    if "**" in keywords:
        raise UnseenError("has a field whose arguments only running it would tell")
    name = expression.name
    is_many = "ManyToMany" in name or "through" in keywords or name == "TaggableManager"
    to = keywords.get("to")
    if to is None and expression.arguments and (name in RELATIONS or is_many):
        to = expression.arguments[0]
    default = keywords.get("default") or keywords.get("db_default")
    return FieldFacts(
        expression=expression,
        target=None if to is None else read_label(to, model),
        through=_through(keywords.get("through"), model),
        to_field=_lower(keywords.get("to_field")),
        is_many=is_many,
        db_column=as_string(keywords.get("db_column")),
        db_table=as_string(keywords.get("db_table")),
        fields=_own_fields(expression),
        null=keywords.get("null") == Constant(value=True) or is_many,
        unique=name == "OneToOneField"
        or Constant(value=True) in (keywords.get("unique"), keywords.get("primary_key")),
        default=default,
        related_name=as_string(keywords.get("related_name")),
        on_delete=_on_delete(expression),
    )


def _is_class(call: Call) -> bool:
    """Whether what is called is an imported class, not a function that gives some field."""
    return "." in call.path and call.name[:1].isupper()


def _is_automatic(text: str) -> bool:
    """Whether the source of a field is that of a primary key whose class a setting decides."""
    return "auto_created=True" in text and "primary_key=True" in text and "to=" not in text


def read_label(expression: Expression, model: str) -> str:
    """The label of a model that a field points to, in lower case.

    Args:
        expression: ``"blog.Author"``, ``"Author"``, ``"self"``, ``settings.AUTH_USER_MODEL``.
        model: The label of the model that speaks.

    Raises:
        UnseenError: It can't be read.
    """
    if isinstance(expression, Reference) and expression.path.startswith(SETTINGS):
        return "settings." + expression.path.removeprefix(SETTINGS)
    if isinstance(expression, Call) and expression.path == "swapper.get_model_name":
        names = [as_string(argument) or "" for argument in expression.arguments]
        if len(names) == 2 and all(names):  # noqa: PLR2004 - app label and model
            return f"settings.{names[0]}_{names[1]}_MODEL".upper().replace("SETTINGS", "settings")
    text = as_string(expression)
    if text is None:
        raise UnseenError("points to a model that only running it would tell")
    if text == "self":
        return model
    return text.lower() if "." in text else f"{model.partition('.')[0]}.{text.lower()}"


def _on_delete(expression: Call) -> str | None:
    given = expression.keyword("on_delete")
    if given is None and len(expression.arguments) > 1:
        given = expression.arguments[1]
    return given.path.rpartition(".")[2] if isinstance(given, Reference) else None


def _through(expression: Expression | None, model: str) -> str | None:
    if expression is None or expression == Constant(None):
        return None
    return read_label(expression, model)


def _lower(expression: Expression | None) -> str | None:
    text = as_string(expression)
    return None if text is None else text.lower()


def _own_fields(expression: Call) -> frozenset[str]:
    """Fields of the same model: of a generated, a composite or an order field."""
    match expression.name:
        case "GeneratedField":
            return fields_in(expression.keyword("expression"))
        case "CompositePrimaryKey":
            names = (as_string(argument) for argument in expression.arguments)
            return frozenset(name.lower() for name in names if name is not None)
        case _:
            return frozenset()
