// Quotas of a cluster for its operator to set: the province, cities, and organisations page by page.
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { Button } from '../components/button.tsx'
import { Dialog } from '../components/dialog.tsx'
import { SelectField } from '../components/field.tsx'
import { PagedList, usePages } from '../components/list.tsx'
import { Loaded } from '../components/states.tsx'
import { CITIES } from '../map/guangdong.ts'
import { count } from '../text/format.ts'
import { useWords } from '../text/text.ts'
import { type QueuePlace, type QuotaTree, quotasKey, quotaTreeQuery } from './compute.ts'
import { LoweringTag } from './queue-tree.tsx'
import { type Place, QuotaBar } from './quota-bar.tsx'
import { QuotaForm } from './quota-form.tsx'

export function ClusterQuotas({ clusterId }: { clusterId: string }) {
  const { t } = useWords()
  const query = useQuery(quotaTreeQuery(clusterId))
  const [chosen, setChosen] = useState<Place | null>(null)
  return (
    <Loaded query={query} what={t('配额', 'the quotas')}>
      {(tree) => (
        <div className="stack">
          <p className="small">
            <Link to="/compute/queues" search={{ cluster: clusterId }}>
              {t('看整棵配额树', 'See the whole tree')}
            </Link>
          </p>
          <ul className="items">
            {tree.cohorts.map((cohort) => (
              <PlaceItem key={cohort.area} place={cohort} of={tree.cards} onChoose={setChosen} />
            ))}
          </ul>
          <OtherCity tree={tree} onChoose={setChosen} />
          <h3>{t('单位', 'Organisations')}</h3>
          <QueueItems tree={tree} onChoose={setChosen} />
          {chosen && <QuotaDialog tree={tree} place={chosen} onClose={() => setChosen(null)} />}
        </div>
      )}
    </Loaded>
  )
}

interface ChooseProps {
  tree: QuotaTree
  onChoose: (place: Place) => void
}

function QueueItems({ tree, onChoose }: ChooseProps) {
  const { t } = useWords()
  const { id } = tree.cluster
  const pages = usePages<QueuePlace>(quotasKey(id), `/api/compute/clusters/${id}/queues`, {
    limit: 20,
  })
  const empty = (
    <p className="muted">
      {t(
        '还没有单位在这里用过；首次报价时按默认的可借份额建立。',
        'Nobody has used it yet; quotas begin with the first quote.',
      )}
    </p>
  )
  return (
    <PagedList pages={pages} what={t('单位', 'the organisations')} empty={empty}>
      {(queues) => (
        <ul className="items">
          {queues.map((queue) => (
            <PlaceItem key={queue.id} place={queue} of={tree.cards} onChoose={onChoose} />
          ))}
        </ul>
      )}
    </PagedList>
  )
}

interface PlaceItemProps {
  place: Place
  of: number
  onChoose: (place: Place) => void
}

function PlaceItem({ place, of: cards, onChoose }: PlaceItemProps) {
  const { t, of } = useWords()
  const name = place.name ? of(place.name) : t('个人用户', 'A person')
  const borrowing = place.borrowing === null ? t('不限', 'any') : count(place.borrowing)
  return (
    <li className="stack">
      <div className="row row-apart">
        <span>{name}</span>
        <Button
          small
          aria-label={t(`调整${name}的配额`, `Change the quota of ${name}`)}
          onClick={() => onChoose(place)}
        >
          {t('调整', 'Change')}
        </Button>
      </div>
      <QuotaBar place={place} of={cards} />
      <p className="muted small">
        {t(
          `名义 ${count(place.nominal)} + 可借 ${borrowing}，已用 ${count(place.used)} 卡`,
          `Nominal ${count(place.nominal)} + borrowing ${borrowing}, ${count(place.used)} used`,
        )}
      </p>
      {place.lowering && (
        <p>
          <LoweringTag />
        </p>
      )}
    </li>
  )
}

/** A city with which nothing was agreed yet and in which nobody has used the cluster. */
function OtherCity({ tree, onChoose }: ChooseProps) {
  const { t } = useWords()
  const known = new Set(tree.cohorts.map(({ area }) => area))
  const others = CITIES.filter(({ code }) => !known.has(code))
  if (others.length === 0) return null
  const choose = (code: string) => {
    const city = others.find((one) => one.code === code)
    if (!city) return
    onChoose({
      ...NOTHING,
      area: code,
      parent: tree.cohorts[0]!.area,
      name: { zh: city.zh, en: city.en },
    })
  }
  return (
    <SelectField
      label={t('为其他市设配额', 'Set a quota for another city')}
      value=""
      onChange={({ target }) => choose(target.value)}
    >
      <option value="">{t('选择一个市', 'Choose a city')}</option>
      {others.map(({ code, zh, en }) => (
        <option key={code} value={code}>
          {t(zh, en)}
        </option>
      ))}
    </SelectField>
  )
}

const NOTHING = {
  own: false,
  nominal: 0,
  borrowing: null,
  lending: null,
  used: 0,
  borrowed: 0,
  lent: 0,
  waiting: 0,
  waitingCards: 0,
  share: 0,
  lowering: false,
  version: 0,
  nominalAgreed: false,
  queues: 0,
}

interface QuotaDialogProps {
  tree: QuotaTree
  place: Place
  onClose: () => void
}

function QuotaDialog({ tree, place, onClose }: QuotaDialogProps) {
  const { t, of } = useWords()
  const name = place.name ? of(place.name) : t('个人用户', 'a person')
  return (
    <Dialog title={t(`${name}的配额`, `Quota of ${name}`)} onClose={onClose}>
      <QuotaForm clusterId={tree.cluster.id} place={place} onDone={onClose} />
    </Dialog>
  )
}
