"""Readers are tallied by the topics they follow too, so that audiences need not be counted"""

from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

TALLY = """
create or replace function tally_readers() returns trigger language plpgsql as $$
begin
    if tg_op = 'TRUNCATE' then
        delete from reader_tally;
    elsif tg_op = 'INSERT' then
        insert into reader_tally ({key}, readers)
        select {key}, count(*) from became group by {key};
    elsif tg_op = 'DELETE' then
        insert into reader_tally ({key}, readers)
        select {key}, -count(*) from was group by {key};
    else
        insert into reader_tally ({key}, readers)
        select {key}, sum(n) from (
            select {key}, 1 as n from became union all select {key}, -1 from was
        ) as change group by {key} having sum(n) <> 0;
    end if;
    return null;
end
$$
"""


def count_anew(key: str) -> None:
    op.execute(TALLY.format(key=key))
    op.execute(
        f"insert into reader_tally ({key}, readers) "
        f"select {key}, count(*) from subscriber group by {key}"
    )


def upgrade() -> None:
    op.execute("lock table subscriber in share row exclusive mode")
    op.execute("delete from reader_tally")
    op.execute("alter table reader_tally add column topic_mask bigint not null")
    count_anew("state, cadence, topic_mask")
    op.execute(
        "create index ix_subscriber_paused_until on subscriber (paused_until) "
        "where paused_until is not null"
    )


def downgrade() -> None:
    op.execute("lock table subscriber in share row exclusive mode")
    op.execute("drop index ix_subscriber_paused_until")
    op.execute("delete from reader_tally")
    op.execute("alter table reader_tally drop column topic_mask")
    count_anew("state, cadence")
