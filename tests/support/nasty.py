"""An app whose migrations take every way that Django has to alter a table."""

import django

from tests.support.projects import migration

_ID = "('id', models.BigAutoField(primary_key=True))"
_SMALL_ID = "('id', models.AutoField(primary_key=True))"
_CHECK = "condition" if django.VERSION >= (5, 1) else "check"
_HEADER = """
import datetime, decimal, uuid
from django.db import connection
from django.db.models import F, Q
from django.db.models.functions import Lower, Upper
COLLATION = {"sqlite": "nocase", "postgresql": "C", "mysql": "utf8mb4_bin"}[connection.vendor]
TABLESPACE = "pg_default" if connection.vendor == "postgresql" else None
"""

Steps = dict[str, list[str]]


def _char(length: int, rest: str = "") -> str:
    return f"models.CharField(max_length={length}{rest})"


def _alter(model: str, field: str, to: str) -> str:
    return f"migrations.AlterField('{model}', '{field}', {to})"


def _fk(to: str = "nasty.Target", rest: str = "") -> str:
    return f"models.ForeignKey('{to}', models.CASCADE{rest})"


STEPS: Steps = {
    "initial": [
        f"""migrations.CreateModel('Target', [{_SMALL_ID},
            ('code', {_char(20, ", unique=True")}), ('n', models.PositiveIntegerField()),
            ('slug', models.SlugField()), ('kind', models.IntegerField(db_index=True))])""",
        f"migrations.CreateModel('Other', [{_ID}, ('name', {_char(9)})])",
        f"""migrations.CreateModel('Thing', [{_ID},
            ('target', {_fk()}), ('by_code', {_fk(rest=", to_field='code', related_name='+'")}),
            ('other', models.OneToOneField('nasty.Other', models.CASCADE)),
            ('tags', models.ManyToManyField('nasty.Other', related_name='+')),
            ('selves', models.ManyToManyField('self')),
            ('parent', models.ForeignKey('self', models.CASCADE, null=True)),
            ('label', {_char(30, ", unique=True")}), ('text', models.TextField(db_index=False)),
            ('a', models.IntegerField()), ('b', models.IntegerField(null=True)),
            ('c', models.PositiveSmallIntegerField(db_index=True)),
            ('data', models.JSONField(default=dict)), ('day', models.DateField(null=True))],
            options={{'unique_together': {{('a', 'b'), ('label', 'target')}}}})""",
        f"""migrations.AddConstraint('thing', models.CheckConstraint(
            {_CHECK}=Q(a__gte=0) & ~Q(label="it's 100% \\\\ \\"x\\""), name='a_check'))""",
        "migrations.AddIndex('thing', models.Index(fields=['a', '-b'], name='a_b'))",
    ],
    "types": [
        _alter("thing", "a", "models.BigIntegerField()"),
        _alter("thing", "b", "models.PositiveIntegerField(default=3)"),
        _alter("thing", "c", "models.IntegerField(db_index=True)"),
        _alter("thing", "c", "models.PositiveIntegerField(db_index=True)"),
        _alter("thing", "c", "models.SmallIntegerField(null=True)"),
        _alter("thing", "day", "models.DateTimeField(null=True)"),
        _alter("target", "n", _char(12)),
        _alter("target", "n", _char(12, ", db_index=True, null=True, default='x%s'")),
        _alter("target", "n", "models.TextField(default='a%')"),
        _alter("target", "slug", _char(9)),
        _alter("target", "slug", "models.SlugField(max_length=70)"),
    ],
    "unique": [
        _alter("thing", "label", _char(30)),
        _alter("thing", "label", _char(31, ", unique=True")),
        _alter("thing", "label", _char(31, ", db_index=True")),
        _alter("thing", "label", _char(31, ", db_index=True, unique=True")),
        _alter("thing", "label", _char(31, ", db_index=True")),
        _alter("thing", "label", _char(31)),
        _alter("thing", "c", "models.SmallIntegerField(null=True, unique=True)"),
        _alter("thing", "c", "models.SmallIntegerField(null=True)"),
    ],
    "referred_key": [_alter("target", "id", "models.BigAutoField(primary_key=True)")],
    "referred_code": [_alter("target", "code", _char(40, ", unique=True"))],
    "foreign_keys": [
        _alter("thing", "target", _fk(rest=", null=True")),
        _alter("thing", "target", _fk(rest=", null=True, unique=True")),
        _alter(
            "thing", "target", "models.OneToOneField('nasty.Target', models.SET_NULL, null=True)"
        ),
        _alter("thing", "target", _fk(rest=", null=True, db_constraint=False")),
        _alter("thing", "target", _fk(rest=", null=True, db_index=False")),
        _alter("thing", "target", _fk("nasty.Other", ", null=True, related_name='+'")),
        _alter("thing", "target", _fk(rest=", null=True")),
        _alter("thing", "other", _fk("nasty.Other")),
        _alter("thing", "parent", "models.BigIntegerField(null=True)"),
        _alter("thing", "parent", "models.ForeignKey('self', models.CASCADE, null=True)"),
        f"migrations.AddField('other', 'target', {_fk(rest=', null=True')})",
        f"migrations.AddField('other', 'twin', {_fk('nasty.Other', ', default=1')})",
    ],
    "renamed_fields": [
        "migrations.RemoveConstraint('thing', 'a_check')",
        "migrations.RemoveIndex('thing', 'a_b')",
        "migrations.RenameField('thing', 'label', 'title')",
        "migrations.RenameField('thing', 'target', 'goal')",
        "migrations.RenameField('thing', 'a', 'alpha')",
        "migrations.RenameField('target', 'code', 'key')",
        _alter("thing", "title", _char(33, ", db_column='heading', unique=True")),
        _alter("thing", "goal", _fk(rest=", null=True, db_column='goal_of'")),
        _alter("target", "key", _char(41, ", unique=True")),
    ],
    "renamed_models": [
        "migrations.RenameModel('Thing', 'Item')",
        "migrations.RenameModel('Target', 'Goal')",
        "migrations.AlterModelTable('item', 'Häuser')",
        _alter("item", "title", _char(33, ", db_column='heading'")),
        _alter("item", "other", "models.OneToOneField('nasty.Other', models.CASCADE)"),
        "migrations.AlterModelTable('item', 'nasty_item_with_a_name_that_is_really_quite_long_in_all')",
        _alter("goal", "id", "models.AutoField(primary_key=True)"),
    ],
    "together": [
        "migrations.AlterUniqueTogether('item', {('alpha', 'b'), ('b', 'c')})",
        "migrations.AlterUniqueTogether('item', {('goal', 'c')})",
        "migrations.AlterUniqueTogether('item', set())",
    ],
    "many_to_many": [
        "migrations.AlterField('item', 'tags', models.ManyToManyField('nasty.Goal', related_name='+'))",
        "migrations.AlterField('item', 'tags', models.ManyToManyField('nasty.Goal', related_name='t'))",
        """migrations.AlterField('item', 'tags', models.ManyToManyField(
            'nasty.Goal', related_name='t', db_table='tagged'))""",
        "migrations.RenameField('item', 'tags', 'marks')",
        "migrations.AddField('other', 'items', models.ManyToManyField('nasty.Item', related_name='o'))",
        f"""migrations.CreateModel('Link', [{_ID}, ('goal', {_fk("nasty.Goal")}),
            ('other', {_fk("nasty.Other")})])""",
        """migrations.AddField('goal', 'others', models.ManyToManyField(
            'nasty.Other', through='nasty.Link'))""",
        "migrations.RemoveField('other', 'items')",
    ],
    "constraints": [
        """migrations.AddConstraint('item', models.UniqueConstraint(
            fields=['b'], condition=Q(c__gt=1), name='some_b'))""",
        "migrations.AddConstraint('item', models.UniqueConstraint(Lower('title'), 'c', name='low'))",
        """migrations.AddConstraint('item', models.UniqueConstraint(
            fields=['c'], deferrable=models.Deferrable.DEFERRED, name='later_c'))""",
        "migrations.AddConstraint('item', models.UniqueConstraint(fields=['c'], include=['b'], name='inc'))",
        "migrations.AddConstraint('item', models.UniqueConstraint(fields=['goal', 'b'], name='goal_b'))",
        _alter("item", "c", "models.SmallIntegerField(null=True, unique=True)"),
        _alter("item", "c", "models.IntegerField(null=True)"),
        "migrations.RemoveConstraint('item', 'later_c')",
        "migrations.RemoveConstraint('item', 'goal_b')",
        "migrations.RemoveConstraint('item', 'low')",
    ],
    "indexes": [
        "migrations.AddIndex('item', models.Index(Upper('title'), F('c').desc(), name='up'))",
        "migrations.AddIndex('item', models.Index(fields=['title'], name='title_x', condition=Q(b=1)))",
        "migrations.AddIndex('item', models.Index(fields=['goal'], name='goal_x'))",
        "migrations.RenameIndex('item', new_name='goal_y', old_name='goal_x')",
        _alter(
            "item", "goal", _fk("nasty.Goal", ", null=True, db_column='goal_of', db_index=False")
        ),
        "migrations.RemoveIndex('item', 'goal_y')",
        "migrations.RemoveIndex('item', 'up')",
    ],
    "columns": [
        f"migrations.AddField('item', 'said', {_char(20, ', default=chr(39) + chr(92) + chr(37)')})",
        "migrations.AddField('item', 'blob', models.BinaryField(default=b'\\x00%'))",
        "migrations.AddField('item', 'price', models.DecimalField(max_digits=8, decimal_places=2,"
        " default=decimal.Decimal('1.50')))",
        "migrations.AddField('item', 'at', models.DateTimeField(auto_now_add=True))",
        "migrations.AddField('item', 'span', models.DurationField(default=datetime.timedelta(1)))",
        "migrations.AddField('item', 'uid', models.UUIDField(default=uuid.uuid4))",
        "migrations.AddField('item', 'on', models.BooleanField(default=True))",
        "migrations.AddField('item', 'ip', models.GenericIPAddressField(null=True))",
        "migrations.AddField('item', 'ratio', models.FloatField(default=0.5))",
        "migrations.AddField('item', 'one', models.IntegerField(default=1), preserve_default=False)",
        "migrations.AddField('item', 'more', models.JSONField(default=list))",
        _alter("item", "said", _char(20, ", null=True")),
        _alter("item", "said", _char(20, f", db_collation=COLLATION, default='x'")),
        _alter("item", "said", _char(20, ", db_index=True, db_collation=COLLATION, default='y'")),
        _alter("item", "more", "models.JSONField(null=True)"),
        "migrations.RemoveField('item', 'said')",
        "migrations.RemoveField('item', 'goal')",
        "migrations.RemoveField('item', 'marks')",
        "migrations.RemoveField('item', 'other')",
    ],
    "comments": [
        _alter("item", "one", 'models.IntegerField(db_comment="it\'s one")'),
        f"""migrations.CreateModel('Noted', [{_ID}, ('x', {_char(5, ", db_comment='x'")})],
            options={{'db_table_comment': "the table's", 'db_tablespace': TABLESPACE}})""",
        "migrations.AlterModelTableComment('noted', 'other')",
        f"migrations.AddField('noted', 'y', {_char(5, ', null=True, db_comment=chr(39)')})",
        _alter("noted", "y", _char(6, ", null=True, db_tablespace=TABLESPACE, db_index=True")),
    ],
    "keys": [
        f"migrations.CreateModel('Plain', [{_SMALL_ID}, ('word', {_char(8)}), ('m', models.IntegerField())])",
        _alter("plain", "id", "models.IntegerField(primary_key=True)"),
        _alter("plain", "id", "models.BigAutoField(primary_key=True)"),
        _alter("plain", "id", "models.SmallAutoField(primary_key=True)"),
        "migrations.RenameModel('Plain', 'Pure')",
        "migrations.RenameField('pure', 'id', 'number')",
        _alter("pure", "number", "models.BigAutoField(primary_key=True)"),
        _alter("pure", "word", _char(8, ", unique=True")),
        f"migrations.CreateModel('Named', [('word', {_char(8, ', primary_key=True')})])",
        f"migrations.AddField('noted', 'named', {_fk('nasty.Named', ', null=True')})",
        _alter("named", "word", _char(18, ", primary_key=True")),
        _alter("named", "word", "models.SlugField(primary_key=True)"),
    ],
    "heirs": [
        f"""migrations.CreateModel('Heir', [('noted_ptr', models.OneToOneField('nasty.Noted',
            models.CASCADE, parent_link=True, primary_key=True, auto_created=True)),
            ('own', {_char(5, ", unique=True")})], bases=('nasty.noted',))""",
        "migrations.CreateModel('Shade', [], options={'proxy': True}, bases=('nasty.noted',))",
        "migrations.AlterOrderWithRespectTo('link', 'goal')",
        "migrations.AlterOrderWithRespectTo('link', None)",
        "migrations.AlterModelOptions('link', {'verbose_name': 'x'})",
    ],
    "by_hand": [
        """migrations.RunSQL([("INSERT INTO nasty_other (id, name, twin_id) VALUES (%s, %s, 7)",
            [7, "it's 5%"]), "UPDATE nasty_other SET name = '%%' WHERE name LIKE '%'"], migrations.RunSQL.noop)""",
        """migrations.RunSQL("CREATE TABLE by_hand (id integer NOT NULL, name varchar(9));"
            "-- a comment; here\\nCREATE UNIQUE INDEX hand_idx ON by_hand (name);",
            "DROP TABLE by_hand")""",
        f"""migrations.SeparateDatabaseAndState(state_operations=[migrations.CreateModel('ByHand',
            [('id', models.IntegerField(primary_key=True)), ('name', {_char(9)})],
            options={{'db_table': 'by_hand'}})])""",
        "migrations.AlterModelTable('byhand', 'by_foot')",
        "migrations.AddIndex('byhand', models.Index(fields=['name'], name='foot_idx'))",
        f"""migrations.SeparateDatabaseAndState([{_alter("pure", "word", _char(8))}],
            [{_alter("pure", "word", _char(8))}])""",
    ],
    "deleted": [
        "migrations.RemoveField('noted', 'named')",
        "migrations.DeleteModel('Shade')",
        "migrations.DeleteModel('Heir')",
        "migrations.DeleteModel('Pure')",
    ],
}
if django.VERSION < (5, 1):
    STEPS["index_together"] = [
        f"""migrations.CreateModel('Pair', [{_ID}, ('x', models.IntegerField()),
            ('y', models.IntegerField()), ('z', {_fk("nasty.Other")})],
            options={{'index_together': {{('x', 'y'), ('z', 'y')}}}})""",
    ]
    STEPS["index_together_later"] = [
        "migrations.RenameField('pair', 'x', 'xx')",
        "migrations.RenameIndex('pair', new_name='x_y', old_fields=('xx', 'y'))",
        "migrations.AlterIndexTogether('pair', {('y', 'z')})",
        "migrations.AlterIndexTogether('pair', set())",
    ]
if django.VERSION >= (5, 0):
    from_lower = "models.GeneratedField(expression=Lower('w'), output_field={}, db_persist=True)"
    STEPS["generated"] = [
        f"""migrations.CreateModel('Made', [{_ID}, ('w', {_char(9, ", db_default='it%'")}),
            ('low', {from_lower.format(_char(9))}), ('d', models.IntegerField(db_default=5))])""",
        _alter("made", "d", "models.IntegerField(db_default=6)"),
        _alter("made", "d", "models.IntegerField(null=True)"),
        _alter("made", "d", "models.BigIntegerField(db_default=7)"),
        "migrations.AddField('made', 'e', models.IntegerField(db_default=models.Value(3) + 4))",
        f"migrations.AddField('made', 'f', {_char(9, ', db_default=Upper(models.Value(chr(97)))')})",
        "migrations.RemoveField('made', 'low')",
        "migrations.RemoveField('made', 'e')",
    ]
if django.VERSION >= (5, 2):
    STEPS["composite"] = [
        f"""migrations.CreateModel('Both', [
            ('pk', models.CompositePrimaryKey('x', 'y', primary_key=True, blank=True, editable=False)),
            ('x', models.IntegerField()), ('y', {_fk("nasty.Other")}), ('z', {_char(4)})])""",
        _alter("both", "z", _char(5, ", unique=True")),
        "migrations.RenameModel('Both', 'Pair2')",
        f"""migrations.AddConstraint('pair2', models.CheckConstraint(
            {_CHECK}=Q(x__gt=1), name='x_gt', violation_error_message='a'))""",
        f"""migrations.AlterConstraint('pair2', 'x_gt', models.CheckConstraint(
            {_CHECK}=Q(x__gt=1), name='x_gt', violation_error_message='b'))""",
    ]

POSTGRESQL: Steps = {
    "extensions": [
        "postgres.CreateExtension('hstore')",
        "postgres.BtreeGistExtension()",
        "postgres.TrigramExtension()",
        "postgres.CITextExtension()",
        "postgres.TrigramExtension()",
        "postgres.CreateCollation('loose', provider='icu', locale='und-u-ks-level2',"
        " deterministic=False)",
        "postgres.CreateCollation('strict', locale='C')",
    ],
    "fields": [
        f"""migrations.CreateModel('Row', [{_ID},
            ('loose', {_char(9, ", db_collation='loose', unique=True")}),
            ('strict', {_char(9, ", db_collation='strict', db_index=True")}),
            ('words', fields.ArrayField({_char(9)}, default=list)),
            ('span', fields.DateTimeRangeField()), ('h', fields.HStoreField(default=dict)),
            ('ints', fields.IntegerRangeField(null=True)),
            ('room', models.IntegerField(unique=True)), ('text', models.TextField(db_index=True))])""",
    ],
    "row": [
        """migrations.AddConstraint('row', ExclusionConstraint(name='no_overlap', expressions=[
            ('span', fields.RangeOperators.OVERLAPS), ('room', fields.RangeOperators.EQUAL)],
            condition=Q(room__gt=3)))""",
        f"migrations.AlterField('row', 'words', fields.ArrayField({_char(19)}, default=list))",
        "migrations.AlterField('row', 'words', fields.ArrayField(models.TextField(), size=3))",
        "migrations.AlterField('row', 'text', models.IntegerField(db_index=True))",
        "migrations.AlterField('row', 'text', models.IntegerField())",
        "migrations.AlterField('row', 'text', models.TextField(unique=True))",
        f"migrations.AlterField('row', 'strict', {_char(9, ', db_collation=chr(67)')})",
        f"migrations.AlterField('row', 'loose', {_char(8, ', db_collation=chr(67), unique=True')})",
        "migrations.AddIndex('row', GinIndex(fields=['words'], name='words_gin'))",
        "migrations.AddIndex('row', GinIndex(OpClass('strict', name='gin_trgm_ops'), name='trgm'))",
        "migrations.AddIndex('row', BTreeIndex(fields=['room'], name='room_btree', fillfactor=50))",
        "migrations.AddIndex('row', HashIndex(fields=['room'], name='room_hash'))",
        "migrations.AddIndex('row', BrinIndex(fields=['room'], name='room_brin', pages_per_range=9))",
        "migrations.AlterField('row', 'room', models.IntegerField(db_index=True))",
        "migrations.AlterField('row', 'room', models.IntegerField())",
        f"""postgres.AddConstraintNotValid('row', models.CheckConstraint(
            {_CHECK}=Q(room__lt=9), name='few'))""",
        "migrations.RemoveIndex('row', 'words_gin')",
        "migrations.RemoveConstraint('row', 'no_overlap')",
    ],
    "valid": [
        "postgres.ValidateConstraint('row', 'few')",
        "migrations.RemoveField('row', 'room')",
        "migrations.RemoveField('row', 'span')",
        "postgres.RemoveCollation('strict', locale='C')",
    ],
    "concurrently": [
        "postgres.AddIndexConcurrently('row', models.Index(fields=['text'], name='text_c'))",
        "postgres.RemoveIndexConcurrently('row', 'text_c')",
    ],
}
_POSTGRESQL_HEADER = """
from django.contrib.postgres import fields, operations as postgres
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.indexes import (
    BrinIndex, BTreeIndex, GinIndex, GistIndex, HashIndex, OpClass)
"""


def nasty_migrations(vendor: str) -> dict[str, str]:
    """Files by path, of the app ``nasty`` and, for PostgreSQL, of ``rows``."""
    files = {}
    for app_label, steps, header in (
        ("nasty", STEPS, _HEADER),
        ("rows", POSTGRESQL if vendor == "postgresql" else {}, _HEADER + _POSTGRESQL_HEADER),
    ):
        previous: list[tuple[str, str]] = []
        for number, (step, operations) in enumerate(steps.items(), start=1):
            name = f"{number:04}_{step}"
            source = migration(*operations, dependencies=previous, header=header)
            if step == "concurrently":
                source = source.replace("    operations", "    atomic = False\n    operations")
            files[f"{app_label}/migrations/{name}.py"] = source
            previous = [(app_label, name)]
    return files
