// A quick look at one person: offices, organisations; lock, password link, grant and end offices.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { z } from 'zod'
import type {
  departments,
  grantOffice,
  linkMade,
  officeRoles,
} from '#services/identity/contract.ts'
import { api } from '../api/client.ts'
import { asProblem } from '../api/problem.ts'
import { Button } from '../components/button.tsx'
import { Facts, Note, Tag } from '../components/card.tsx'
import { ConfirmButton } from '../components/confirm.tsx'
import { Dialog } from '../components/dialog.tsx'
import { SelectField } from '../components/field.tsx'
import { Form } from '../components/form.tsx'
import { Loaded, ProblemNote } from '../components/states.tsx'
import { Time } from '../components/value.tsx'
import { CITIES } from '../map/guangdong.ts'
import { useWords } from '../text/text.ts'
import { type Office, PEOPLE, type PersonRow } from './administration.ts'
import { roleName } from './words.ts'

type LinkMade = z.output<typeof linkMade>
type GrantOffice = z.input<typeof grantOffice>
type Departments = z.output<typeof departments>
type OfficeRole = (typeof officeRoles)[number]

const OFFICE_ROLES: readonly OfficeRole[] = [
  'official',
  'auditor',
  'system-admin',
  'security-admin',
  'audit-admin',
]

interface PersonDrawerProps {
  id: string
  mayChange: boolean
  onClose: () => void
}

export function PersonDrawer({ id, mayChange, onClose }: PersonDrawerProps) {
  const { t } = useWords()
  const query = useQuery({
    queryKey: [...PEOPLE, id],
    queryFn: ({ signal }) => api.get<PersonRow>(`/api/admin/people/${id}`, undefined, signal),
  })
  return (
    <Dialog drawer title={query.data?.name ?? t('人员', 'Person')} onClose={onClose}>
      <Loaded query={query} what={t('人员', 'the person')}>
        {(person) => (
          <div className="stack stack-loose">
            <PersonFacts person={person} />
            <Offices person={person} mayChange={mayChange} />
            {mayChange && (
              <>
                <Access person={person} />
                <Grant person={person} />
              </>
            )}
          </div>
        )}
      </Loaded>
    </Dialog>
  )
}

function PersonFacts({ person }: { person: PersonRow }) {
  const { t, of } = useWords()
  return (
    <Facts
      rows={[
        [t('账号', 'Login'), person.login ?? '—'],
        [t('注册时间', 'Since'), <Time key="since" at={person.createdAt} />],
        [
          t('状态', 'State'),
          person.locked ? (
            <Tag key="state" tone="wait">
              {t('已停用', 'locked')}
            </Tag>
          ) : (
            <Tag key="state" tone="good">
              {t('正常', 'active')}
            </Tag>
          ),
        ],
        [
          t('所属单位', 'Organisations'),
          person.memberships.length === 0 ? (
            '—'
          ) : (
            <ul key="organisations">
              {person.memberships.map((one) => (
                <li key={one.subjectId}>
                  {one.name}（{one.roles.map((role) => of(roleName(role))).join(t('、', ', '))}）
                </li>
              ))}
            </ul>
          ),
        ],
      ]}
    />
  )
}

/** Runs a change and reads the people anew. */
function useRefresh() {
  const client = useQueryClient()
  return () => client.invalidateQueries({ queryKey: PEOPLE })
}

function Offices({ person, mayChange }: { person: PersonRow; mayChange: boolean }) {
  const { t, of } = useWords()
  const refresh = useRefresh()
  const end = async (office: Office) => {
    await api.delete(`/api/admin/people/${person.id}/offices/${office.id}`)
    await refresh()
  }
  return (
    <section className="stack">
      <h3>{t('任职', 'Offices')}</h3>
      {person.offices.length === 0 && <p className="muted">{t('没有任职。', 'None.')}</p>}
      <ul className="items">
        {person.offices.map((office) => (
          <li key={office.id} className="item">
            <div>
              <p className="item-title">{of(roleName(office.role))}</p>
              <p className="muted small">
                {[office.department, office.area].filter(Boolean).join(' · ')} {t('自 ', 'since ')}
                <Time at={office.since} show="date" />
              </p>
            </div>
            {mayChange && (
              <ConfirmButton
                action={t('撤销', 'End')}
                label={t(`撤销${of(roleName(office.role))}`, `End ${of(roleName(office.role))}`)}
                title={t('撤销这项任职？', 'End this office?')}
                onConfirm={() => end(office)}
              >
                {t('撤销后权限立即失效。', 'Its rights end at once.')}
              </ConfirmButton>
            )}
          </li>
        ))}
      </ul>
    </section>
  )
}

function Access({ person }: { person: PersonRow }) {
  const { t } = useWords()
  const refresh = useRefresh()
  const path = `/api/admin/people/${person.id}`
  const link = useMutation({ mutationFn: () => api.post<LinkMade>(`${path}/link`) })
  const verb = person.locked ? 'unlock' : 'lock'
  return (
    <section className="stack">
      <h3>{t('登录', 'Sign-in')}</h3>
      {link.error && <ProblemNote problem={asProblem(link.error)} />}
      {link.data && (
        <Note
          tone="good"
          live
          title={t('一次性链接（只显示这一次）', 'One-time link, shown only now')}
        >
          <code className="secret">{new URL(link.data.path, location.origin).href}</code>
          <p className="small">
            {t('有效至 ', 'Valid until ')}
            <Time at={link.data.expiresAt} />
          </p>
        </Note>
      )}
      <div className="row">
        <Button small busy={link.isPending} onClick={() => link.mutate()}>
          {t('生成重设口令的链接', 'Make a new-password link')}
        </Button>
        <ConfirmButton
          action={person.locked ? t('恢复账号', 'Unlock') : t('停用账号', 'Lock')}
          title={
            person.locked ? t('恢复账号？', 'Unlock?') : t('停用账号？', 'Lock this person out?')
          }
          onConfirm={async () => {
            await api.post(`${path}/${verb}`)
            await refresh()
          }}
        >
          {person.locked
            ? t('此人可以重新登录。', 'They can sign in again.')
            : t(
                '此人的会话立即结束，不能再登录；记录保留。',
                'Their sessions end at once; records stay.',
              )}
        </ConfirmButton>
      </div>
    </section>
  )
}

const departmentsQuery = {
  queryKey: ['departments'],
  queryFn: () => api.get<Departments>('/api/departments'),
  staleTime: Number.POSITIVE_INFINITY,
}

function Grant({ person }: { person: PersonRow }) {
  const { t, of } = useWords()
  const refresh = useRefresh()
  const departments = useQuery(departmentsQuery)
  const grant = useMutation({
    mutationFn: (body: GrantOffice) => api.post(`/api/admin/people/${person.id}/offices`, body),
    onSuccess: refresh,
  })
  const submit = (data: FormData) => {
    const departmentId = String(data.get('departmentId'))
    const area = String(data.get('area'))
    grant.mutate({
      role: String(data.get('role')) as OfficeRole,
      ...(departmentId ? { departmentId } : {}),
      ...(area ? { area } : {}),
    })
  }
  return (
    <section className="stack">
      <h3>{t('授予角色', 'Grant an office')}</h3>
      <Form
        label={t('授予角色', 'Grant an office')}
        problem={grant.error ? asProblem(grant.error) : null}
        onSubmit={submit}
      >
        <SelectField id="role" name="role" label={t('角色', 'Role')}>
          {OFFICE_ROLES.map((role) => (
            <option key={role} value={role}>
              {of(roleName(role))}
            </option>
          ))}
        </SelectField>
        <SelectField
          id="departmentId"
          name="departmentId"
          label={t('部门', 'Department')}
          hint={t('主管部门人员、审计人员须填。', 'Needed for officials and auditors.')}
        >
          <option value="">{t('不填', 'none')}</option>
          {departments.data?.items.map((one) => (
            <option key={one.id} value={one.id}>
              {one.name}
            </option>
          ))}
        </SelectField>
        <SelectField id="area" name="area" label={t('管辖区域', 'Area')}>
          <option value="">{t('不填', 'none')}</option>
          <option value="440000">{t('广东省', 'Guangdong')}</option>
          {CITIES.map((city) => (
            <option key={city.code} value={city.code}>
              {t(city.zh, city.en)}
            </option>
          ))}
        </SelectField>
        <Button type="submit" busy={grant.isPending}>
          {t('授予', 'Grant')}
        </Button>
        {grant.isSuccess && <p role="status">{t('已授予。', 'Granted.')}</p>}
      </Form>
    </section>
  )
}
