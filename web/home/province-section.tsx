// The 21 cities: a drawing and, always beside it, the table that says the same.
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Button } from '../components/button.tsx'
import { ScrollRegion } from '../components/scroll-region.tsx'
import { Loaded } from '../components/states.tsx'
import { sitesQuery } from '../compute/compute.ts'
import { CITIES, type City, MAP_APPROVAL_NUMBER } from '../map/guangdong.ts'
import { ProvinceMap } from '../map/province-map.tsx'
import { type CityFigures, regionsQuery } from '../map/regions.ts'
import { count, decimal } from '../text/format.ts'
import { preferences } from '../text/preferences.ts'
import { useWords } from '../text/text.ts'
import { type SiteFigures, sitesByCity } from './site-figures.ts'

export function ProvinceSection() {
  const { t } = useWords()
  const query = useQuery(regionsQuery)
  return (
    <section className="province" aria-label={t('全省各市', 'The cities of the province')}>
      <Loaded query={query} what={t('各市数据', 'city figures')}>
        {({ items }) => <Province cities={items} />}
      </Loaded>
    </section>
  )
}

function Province({ cities }: { cities: readonly CityFigures[] }) {
  const { t } = useWords()
  const [view, setView] = useState<'outline' | 'tiles'>(firstView)
  const [selected, setSelected] = useState<string | null>(null)
  const sites = sitesByCity(useQuery(sitesQuery).data?.items ?? [])
  const figures = new Map(cities.map((city) => [city.area, city.organisations]))
  const total = [...figures.values()].reduce((sum, figure) => sum + figure, 0)
  const nameOf = (city: City) => t(city.zh.replace(/市$/, ''), city.en)
  const sentence =
    total === 0
      ? t('尚无单位登记。', 'No organisation is registered yet.')
      : t(
          `全省已登记单位 ${count(total)} 家，颜色越深数量越多。`,
          `${count(total)} organisations are registered; the darker a city, the more it has.`,
        )
  return (
    <>
      <div className="map-and-table">
        <figure>
          <ProvinceMap
            view={view}
            figures={figures}
            marked={sites}
            selected={selected}
            onSelect={setSelected}
            nameOf={nameOf}
            label={t(`广东省 21 市示意图。${sentence}`, `Sketch of the 21 cities. ${sentence}`)}
          />
        </figure>
        <CityTable
          figures={figures}
          sites={sites}
          selected={selected}
          onSelect={setSelected}
          nameOf={nameOf}
        />
      </div>
      <CityDetail code={selected} figures={figures} sites={sites} nameOf={nameOf} />
      <div className="row row-apart small muted">
        <p>
          {sentence} {sites.size > 0 && t('圆点为算力站点。', 'A dot is a compute site. ')}
          {t(
            '示意图，不作为划界依据。审图号：',
            'A sketch, no basis for boundaries. Map approval number: ',
          )}
          {MAP_APPROVAL_NUMBER ?? t('待填', 'to be filled in')}
        </p>
        <Button
          small
          kind="quiet"
          onClick={() => setView(view === 'outline' ? 'tiles' : 'outline')}
        >
          {view === 'outline' ? t('换成方格图', 'Show as tiles') : t('换成轮廓图', 'Show outlines')}
        </Button>
      </div>
    </>
  )
}

/** Names do not fit into the outlines of a narrow screen, nor large ones into any. */
function firstView(): 'outline' | 'tiles' {
  const narrow = matchMedia('(max-width: 40rem)').matches
  return narrow || preferences().mode === 'large' ? 'tiles' : 'outline'
}

interface CityProps {
  figures: ReadonlyMap<string, number>
  sites: ReadonlyMap<string, readonly SiteFigures[]>
  nameOf: (city: City) => string
}

interface CityTableProps extends CityProps {
  selected: string | null
  onSelect: (code: string | null) => void
}

function CityTable({ figures, sites, selected, onSelect, nameOf }: CityTableProps) {
  const { t } = useWords()
  const ordered = [...CITIES].sort(
    (a, b) =>
      (figures.get(b.code) ?? 0) - (figures.get(a.code) ?? 0) || a.code.localeCompare(b.code),
  )
  return (
    <ScrollRegion className="city-table" label={t('各市数据表', 'Table of the cities')}>
      <table className="table">
        <caption className="visually-hidden">
          {t('各市已登记单位数与空闲卡数', 'Organisations and free cards per city')}
        </caption>
        <thead>
          <tr>
            <th scope="col">{t('市', 'City')}</th>
            <th scope="col" className="number">
              {t('单位（家）', 'Registered')}
            </th>
            <th scope="col" className="number">
              {t('空闲卡', 'Free cards')}
            </th>
          </tr>
        </thead>
        <tbody>
          {ordered.map((city) => (
            <tr
              key={city.code}
              className={selected === city.code ? 'row-selected' : undefined}
              onMouseEnter={() => onSelect(city.code)}
            >
              <th scope="row">
                <button
                  type="button"
                  aria-pressed={selected === city.code}
                  onClick={() => onSelect(city.code)}
                  onFocus={() => onSelect(city.code)}
                >
                  {nameOf(city)}
                </button>
              </th>
              <td className="number">{count(figures.get(city.code) ?? 0)}</td>
              <td className="number">
                <FreeCards sites={sites.get(city.code)} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  )
}

/** Real cards as the figure; simulated ones beside it, marked. */
function FreeCards({ sites }: { sites: readonly SiteFigures[] | undefined }) {
  const { t } = useWords()
  if (!sites) return <span className="muted">—</span>
  const sum = (of: (site: SiteFigures) => number) =>
    sites.reduce((total, site) => total + of(site), 0)
  const simulated = sum((site) => site.simulated)
  return (
    <>
      {count(sum((site) => site.free))}
      {simulated > 0 && (
        <span className="note-line muted tiny">
          {t(`模拟卡 ${count(simulated)}`, `simulated ${count(simulated)}`)}
        </span>
      )}
    </>
  )
}

function useSiteWords() {
  const { t, of } = useWords()
  return ({ name, free, simulated, processors, price }: SiteFigures): string => {
    const parts = [
      processors === null && t(`空闲 ${count(free)} 卡`, `${count(free)} free cards`),
      simulated > 0 && t(`模拟卡 ${count(simulated)}`, `${count(simulated)} simulated`),
      processors !== null &&
        t(`处理器槽位空闲 ${count(processors)}`, `${count(processors)} free processor slots`),
      price !== null &&
        t(`每卡时 ¥${decimal(price, 2)} 起`, `from ¥${decimal(price, 2)} a card-hour`),
    ].filter(Boolean)
    return `${of(name)}${t('：', ': ')}${parts.join(t('、', ', '))}`
  }
}

function CityDetail({ code, figures, sites, nameOf }: CityProps & { code: string | null }) {
  const { t } = useWords()
  const siteWords = useSiteWords()
  const city = CITIES.find((one) => one.code === code)
  const here = (code && sites.get(code)) || []
  const words = here.map(siteWords).join(t('；', '; '))
  return (
    <p className="small city-detail" aria-live="polite">
      {city
        ? t(
            `${nameOf(city)}：已登记单位 ${count(figures.get(city.code) ?? 0)} 家，${words || '尚无算力站点'}。`,
            `${nameOf(city)}: ${count(figures.get(city.code) ?? 0)} organisations, ${words || 'no site yet'}.`,
          )
        : t(
            '把指针移到一个市，或在表中选择，查看该市情况。',
            'Point at a city, or choose one in the table.',
          )}
    </p>
  )
}
