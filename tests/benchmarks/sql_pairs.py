"""Pairs of SQL and operations, both ways on PostgreSQL: ``python -m tests.benchmarks.sql_pairs``.

Prints every pair that is said to commute and does not; 1 where there is one. A minute or two.
"""

import sys
from collections import Counter
from itertools import combinations

from migtui.core.verdict import Kind
from tests.support.databases import postgresql_database
from tests.support.truth import Truth, read, real_kind, set_up, verdict

BASE = (
    (
        'CreateModel("Author", [("id", models.AutoField(primary_key=True)), '
        '("name", models.CharField(max_length=20, db_index=True))])'
    ),
    (
        'CreateModel("Post", [("id", models.AutoField(primary_key=True)), '
        '("title", models.CharField(max_length=20)), ("stars", '
        'models.IntegerField(default=0)), ("author", '
        'models.ForeignKey("Author", models.CASCADE, related_name="posts"))], '
        'options={"unique_together": [("title","stars")]})'
    ),
    'AddIndex("Post", models.Index(fields=["title"], name="post_title_i"))',
    ('AddConstraint("Post", models.CheckConstraint(check=Q(stars__gte=0), name="post_stars_c"))'),
    'RunSQL("CREATE INDEX hand_i ON blog_post (stars)")',
    ('RunSQL("ALTER TABLE blog_post ADD CONSTRAINT hand_c CHECK (stars < 1000)")'),
    'RunSQL("CREATE VIEW hand_v AS SELECT title FROM blog_post")',
    ('RunSQL("CREATE FUNCTION hand_f() RETURNS integer AS $$ SELECT 1 $$ LANGUAGE sql")'),
    (
        "RunSQL(\"INSERT INTO blog_author (id, name) VALUES (1, 'x'); INSERT "
        "INTO blog_post (id, title, stars, author_id) VALUES (1, 't', 1, 1), "
        "(2, 'u', 2, 1)\")"
    ),
)
"""What there is at the fork."""
OPERATIONS = (
    'RunSQL("DROP INDEX hand_i")',
    'RunSQL("DROP INDEX IF EXISTS hand_i")',
    'RunSQL("ALTER INDEX hand_i RENAME TO other_i")',
    'RunSQL("DROP INDEX post_title_i")',
    'RunSQL("ALTER INDEX post_title_i RENAME TO other_i")',
    'RunSQL("ALTER TABLE blog_post DROP CONSTRAINT hand_c")',
    'RunSQL("ALTER TABLE blog_post DROP CONSTRAINT post_stars_c")',
    'RunSQL("ALTER TABLE blog_post RENAME CONSTRAINT hand_c TO other_c")',
    'RunSQL("DROP VIEW hand_v")',
    ('RunSQL("CREATE OR REPLACE VIEW hand_v AS SELECT title FROM blog_post WHERE stars > 1")'),
    'RunSQL("DROP FUNCTION hand_f()")',
    (
        'RunSQL("CREATE OR REPLACE FUNCTION hand_f() RETURNS integer AS $$ '
        'SELECT max(stars) FROM blog_post $$ LANGUAGE sql")'
    ),
    'RunSQL("ALTER TABLE blog_post ALTER COLUMN stars SET DEFAULT 5")',
    'RunSQL("ALTER TABLE blog_post ALTER COLUMN stars DROP NOT NULL")',
    'RunSQL("ALTER TABLE blog_post ALTER COLUMN title TYPE text")',
    'RunSQL("ALTER TABLE blog_post ADD COLUMN extra integer")',
    'RunSQL("ALTER TABLE blog_post DROP COLUMN title CASCADE")',
    'RunSQL("ALTER TABLE blog_post RENAME COLUMN title TO headline")',
    'RunSQL("ALTER TABLE blog_post RENAME TO posts")',
    'RunSQL("DROP TABLE blog_post CASCADE")',
    'RunSQL("TRUNCATE blog_post")',
    'RunSQL("UPDATE blog_post SET stars = stars + 1")',
    'RunSQL("DELETE FROM blog_author")',
    'RunSQL("DELETE FROM blog_post WHERE stars = 1")',
    "RunSQL(\"COMMENT ON TABLE blog_post IS 'a'\")",
    "RunSQL(\"COMMENT ON COLUMN blog_post.title IS 'a'\")",
    'RunSQL("CREATE UNIQUE INDEX title_u ON blog_post (title)")',
    'RunSQL("CREATE INDEX lower_i ON blog_post (lower(title))")',
    ('RunSQL("ALTER TABLE blog_post ADD CONSTRAINT more_c CHECK (length(title) > 0)")'),
    (
        'RunSQL("ALTER TABLE blog_post ADD CONSTRAINT fk_c FOREIGN KEY (stars) '
        'REFERENCES blog_author (id) NOT VALID")'
    ),
    'RunSQL("ALTER SEQUENCE blog_post_id_seq RENAME TO other_seq")',
    "RunSQL(\"SELECT setval('blog_post_id_seq', 100)\")",
    'RunSQL("ANALYZE blog_post")',
    'RunSQL("LOCK TABLE blog_post")',
    ("RunSQL(\"INSERT INTO blog_post (title, stars, author_id) VALUES ('n', 3, 1)\")"),
    (
        'RunSQL("INSERT INTO blog_post (title, stars, author_id) SELECT title '
        "|| '2', stars, author_id FROM blog_post\")"
    ),
    'RunSQL("CREATE TABLE extra_t AS SELECT * FROM blog_post")',
    'RunSQL("CREATE TABLE extra_t (id integer REFERENCES blog_post)")',
    'RemoveField("Post","title")',
    'RemoveField("Post","stars")',
    'AlterField("Post","title",models.TextField())',
    ('AlterField("Post","title",models.CharField(max_length=20,db_index=True))'),
    'AlterField("Post","title",models.CharField(max_length=20,unique=True))',
    'AlterField("Post","stars",models.BigIntegerField(default=0))',
    'AlterField("Post","stars",models.IntegerField(null=True))',
    'RenameField("Post","title","headline")',
    'RenameModel("Post","Entry")',
    'DeleteModel("Post")',
    'AlterModelTable("Post","entries")',
    'AlterUniqueTogether("Post",set())',
    'AlterUniqueTogether("Post",{("title","author")})',
    'RemoveIndex("Post","post_title_i")',
    'RenameIndex("Post",new_name="new_i",old_name="post_title_i")',
    'RemoveConstraint("Post","post_stars_c")',
    'AddField("Post","extra",models.IntegerField(null=True))',
    'AddField("Post","more",models.IntegerField(default=0))',
    'AddIndex("Post",models.Index(fields=["stars"],name="hand_i"))',
    'AddIndex("Post",models.Index(fields=["stars"],name="other_i"))',
    ('AddConstraint("Post",models.UniqueConstraint(fields=["title"],name="other_c"))'),
    'AlterField("Author","id",models.BigAutoField(primary_key=True))',
    ('AlterField("Post","author",models.ForeignKey("Author",models.SET_NULL,null=True))'),
    'RemoveField("Author","name")',
)
"""Each is a branch."""


def main() -> int:
    """Compare every pair whose operations run alone."""
    with postgresql_database() as database:
        set_up({"truth_postgresql": database})
        truth = Truth("truth_postgresql", BASE)
        branches = [[entry] for entry in OPERATIONS if truth.runs([entry])]
        outcomes = truth.orders(branches)
        truth.connection.close()
    base, found, wrong = read(BASE), Counter[tuple[Kind, Kind]](), 0
    for one, other in combinations(range(len(branches)), 2):
        real = real_kind(outcomes[one, other], outcomes[other, one])
        said = verdict([read(branches[one]), read(branches[other])], base).kind
        found[real, said] += 1
        if said is Kind.INDEPENDENT and real is not Kind.INDEPENDENT:
            wrong += 1
            sys.stdout.write(f"{real}, said to commute: {branches[one]} {branches[other]}\n")
    for (real, said), count in found.most_common():
        sys.stdout.write(f"{count:5} {real}, said to be {said}\n")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
