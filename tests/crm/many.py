"""Many accounts at once, written by SQL alone: for plans and figures, not for what services promise."""

from django.db import connection

from fairboard.crm.catalogue import catalogue


def fill(count: int, *, key: str = "account", at: str = "2026-11-02 09:30:00") -> None:
    """So many records of a type: a city of 50, a grade of 2, a spend of 0 to 999."""
    type_id = catalogue().type(key).id
    if connection.vendor == "sqlite":
        text = f"""
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count:d})
            INSERT INTO crm_record (public_id, type_id, record_type, name, owner_id, data, version, created_at,
                created_by, updated_at)
            SELECT printf('f%015d', i), {type_id:d}, '', printf('Account %d', i), printf('member%010d', i % 20),
                json_object('name', printf('Account %d', i),
                    'city', CASE i % 50 WHEN 0 THEN 'Bern' ELSE 'City ' || (i % 50) END,
                    'email', printf('info%d@firm%d.example', i, i % 5000), 'phone', printf('+4144%07d', i),
                    'cf_grade', CASE (i / 50) % 2 WHEN 0 THEN 'a' ELSE 'b' END, 'spend_90', (i * 7919) % 1000),
                1, '{at}', '', '{at}' FROM n"""
    else:
        text = f"""
            INSERT INTO crm_record (public_id, type_id, record_type, name, owner_id, data, version, created_at,
                created_by, updated_at)
            SELECT 'f' || lpad(i::text, 15, '0'), {type_id:d}, '', 'Account ' || i,
                'member' || lpad((i % 20)::text, 10, '0'),
                jsonb_build_object('name', 'Account ' || i,
                    'city', CASE i % 50 WHEN 0 THEN 'Bern' ELSE 'City ' || (i % 50) END,
                    'email', 'info' || i || '@firm' || (i % 5000) || '.example',
                    'phone', '+4144' || lpad(i::text, 7, '0'),
                    'cf_grade', CASE (i / 50) % 2 WHEN 0 THEN 'a' ELSE 'b' END, 'spend_90', (i::bigint * 7919) % 1000),
                1, '{at}', '', '{at}' FROM generate_series(1, {count:d}) i"""
    with connection.cursor() as cursor:
        cursor.execute(text)
        if connection.vendor == "postgresql":
            cursor.execute("ANALYZE crm_record")
