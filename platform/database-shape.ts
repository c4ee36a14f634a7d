// What a backup must know of our schemas, from the catalogue: tables, columns, sequences, guards.
import type pg from 'pg'

export interface TableShape {
  schema: string
  table: string
  /** In order; without generated columns and those that mean nothing in another cluster. */
  columns: string[]
  /** For a partition: of which table (quoted), and for which values. */
  partition: { of: string; bound: string } | null
}

/** A column or table whose comment starts with this is not part of a backup. */
const NOT_IN_BACKUP = 'kapok:not-in-backup'

const OURS = `n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'public')`

/** Every table of every schema of ours; of a partitioned table its partitions. */
export async function readTables(client: pg.ClientBase): Promise<TableShape[]> {
  const { rows } = await client.query<TableShape>(
    `select n.nspname as schema, c.relname as table, coalesce((
       select array_agg(a.attname::text order by a.attnum) from pg_attribute a
       where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
         and coalesce(col_description(c.oid, a.attnum), '') not like $1 || '%'), '{}') as columns,
       case when c.relispartition then json_build_object(
         'of', (select format('%I.%I', pn.nspname, p.relname) from pg_inherits i
                join pg_class p on p.oid = i.inhparent
                join pg_namespace pn on pn.oid = p.relnamespace
                where i.inhrelid = c.oid),
         'bound', pg_get_expr(c.relpartbound, c.oid)) end as partition
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind = 'r' and ${OURS}
       and coalesce(obj_description(c.oid, 'pg_class'), '') not like $1 || '%'
     order by 1, 2`,
    [NOT_IN_BACKUP],
  )
  return rows
}

export interface SequenceValue {
  /** Quoted, with its schema. */
  name: string
  value: string
  /** Whether `value` was already given out. */
  called: boolean
}

/** The position of every sequence of ours. */
export async function readSequences(client: pg.ClientBase): Promise<SequenceValue[]> {
  const { rows } = await client.query<{ name: string }>(
    `select format('%I.%I', n.nspname, c.relname) as name
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind = 'S' and ${OURS} order by 1`,
  )
  const values: SequenceValue[] = []
  for (const { name } of rows) {
    const found = await client.query<{ value: string; called: boolean }>(
      `select last_value::text as value, is_called as called from ${name}`,
    )
    values.push({ name, ...found.rows[0]! })
  }
  return values
}

/** Statements that take away what hinders loading tables in any order, and that bring it back. */
export interface Loosening {
  before: string[]
  after: string[]
}

/**
 * Foreign keys and triggers of ours. The keys are added again, and thereby checked, after loading;
 * triggers have done their work when the rows were first written.
 */
export async function readLoosening(client: pg.ClientBase): Promise<Loosening> {
  const keys = await client.query<{ drop: string; add: string }>(
    `select format('alter table %s drop constraint %I', k.conrelid::regclass, k.conname) as drop,
       format('alter table %s add constraint %I %s', k.conrelid::regclass, k.conname,
         pg_get_constraintdef(k.oid)) as add
     from pg_constraint k join pg_namespace n on n.oid = k.connamespace
     where k.contype = 'f' and k.conparentid = 0 and ${OURS} order by 1`,
  )
  const triggers = await client.query<{ disable: string; enable: string }>(
    `select format('alter table %s disable trigger %I', t.tgrelid::regclass, t.tgname) as disable,
       format('alter table %s enable %strigger %I', t.tgrelid::regclass,
         case t.tgenabled when 'A' then 'always ' when 'R' then 'replica ' else '' end,
         t.tgname) as enable
     from pg_trigger t join pg_class c on c.oid = t.tgrelid
     join pg_namespace n on n.oid = c.relnamespace
     where not t.tgisinternal and t.tgparentid = 0 and t.tgenabled <> 'D' and ${OURS} order by 1`,
  )
  return {
    before: [...keys.rows.map((key) => key.drop), ...triggers.rows.map((row) => row.disable)],
    after: [...triggers.rows.map((row) => row.enable), ...keys.rows.map((key) => key.add)],
  }
}
