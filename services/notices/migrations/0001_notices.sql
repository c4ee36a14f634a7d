-- Notices: what a person or an organisation is told, who has read it, and the mail that goes with it.

create table notices.notice (
  id uuid primary key,
  person uuid,
  subject uuid,
  kind text not null,
  -- Fills the holes of the text; the text itself lives in services/notices/templates.ts.
  params jsonb not null,
  -- A page of the portal.
  link text not null check (link ~ '^/(?!/)'),
  created_at timestamptz not null,
  check (num_nonnulls(person, subject) = 1)
);
create index notice_person on notices.notice (person, id desc) where person is not null;
create index notice_subject on notices.notice (subject, id desc) where subject is not null;

-- Members of an organisation each have their own mark on its notices.
create table notices.reading (
  reader uuid not null,
  notice uuid not null references notices.notice (id) on delete cascade,
  at timestamptz not null,
  primary key (reader, notice)
);
create index reading_notice on notices.reading (notice);

create table notices.preference (
  person uuid primary key,
  mail boolean not null,
  version int not null default 1
);

-- The address is looked up when the mail goes out; it is not kept here.
create table notices.mail (
  id uuid primary key,
  notice uuid not null references notices.notice (id) on delete cascade,
  person uuid not null,
  state text not null check (state in ('waiting', 'sending', 'sent', 'dead')),
  attempts int not null default 0,
  due_at timestamptz not null,
  failed_with text,
  settled_at timestamptz,
  unique (notice, person)
);
comment on column notices.mail.due_at is 'while sending: when another may take over';
create index mail_due on notices.mail (due_at) where state in ('waiting', 'sending');
create index mail_dead on notices.mail (id desc) where state = 'dead';
create index mail_person on notices.mail (person);

grant select, insert, delete on notices.notice to kapok_app;
grant select, insert, delete on notices.reading to kapok_app;
grant select, insert, update, delete on notices.preference to kapok_app;
grant select, insert, update, delete on notices.mail to kapok_app;
